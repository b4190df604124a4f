// mesh/executor/turn.h
//
// How a run waits for its turn: for a place of the server, and for an agent
// that can take the task. Both waits end early when the client cancels, the
// deadline passes or the server stops.
#pragma once

#include <expected>
#include <set>
#include <string>

#include "mesh/executor/workshop.h"

namespace meshai::mesh {

/// Why a run ends: with an ending to write, or (without) in silence, because
/// the log is not its own any more or the server stops.
struct Verdict {
    std::optional<task::Body> ending{};
};

/// Whether the run has to end now, whatever it does. `where` tells the client
/// of a passed deadline what the task was waiting for.
std::optional<Verdict> interruption(const Workshop& shop, const Run& run, std::string_view where);

/// The same, for a run that waits: first it stores the answers that clients gave meanwhile.
Async<std::optional<Verdict>> attend(Workshop& shop, Run& run, std::string where);

/// An agent with a place taken on it.
struct Seat {
    Agent agent{};
    std::string queue_key{};  ///< of the agent's queue
    task::Routed routed{};
    bool is_announced = false;  ///< the decision is in the log already
};

/// Waits until the run has a place of the server.
Async<std::optional<Verdict>> wait_for_place(Workshop& shop, std::shared_ptr<Run> run, bool is_urgent);

/// Reads the task's request where the run does not hold it.
Async<std::optional<Verdict>> load_request(Workshop& shop, Run& run);

/// Chooses an agent that `tried` does not hold and takes a place on it; waits
/// in the agent's queue where all that fit are busy. Then the run has a place
/// of the server as well.
Async<std::expected<Seat, Verdict>> find_seat(Workshop& shop, std::shared_ptr<Run> run,
                                              std::set<AgentId> tried);

/// The place on the agent goes to whoever waits for it.
void leave_seat(Workshop& shop, const Run& run, const Seat& seat);

task::Failed failed(const Error& error, json::object details = {});

/// How often a waiting run looks for another agent without being woken.
inline constexpr Duration kAgentPoll = std::chrono::seconds(5);

}  // namespace meshai::mesh
