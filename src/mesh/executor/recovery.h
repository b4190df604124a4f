// mesh/executor/recovery.h
//
// What to do with a task that has no ending and no server: the one that had it
// ended while it waited or ran. At start that is this server in its earlier
// life; later it may be another one of the same store. Decided from the task's
// log alone, page by page.
#pragma once

#include "mesh/executor/workshop.h"

namespace meshai::mesh {

/// What recovery needs to know of a task, folded from its log.
struct Remains {
    Seq last{};
    WallTime deadline{};
    task::Recovery policy = task::Recovery::Auto;
    Millis timeout{};  ///< asked for; zero: the server's default
    int attempt = 0;   ///< 0: no agent was ever asked
    AgentId agent{};
    std::string agent_name{};
    double percent = 0;
    task::Inquiries inquiries{};  ///< an answer that was given stays given
    task::Steps steps{};          ///< what was begun is gone on with
    task::Lineage lineage{};
    Subject subject{};
    std::string conversation{};  ///< of which it is a turn
    bool is_composite = false;
    bool is_waited_for = false;
    bool has_budget = false;
    bool is_finished = false;
};

Remains fold(Remains remains, const task::Event& event);

/// An ending, or nothing: the task is run (again). `is_idempotent` is absent
/// where nobody knows the agent any more.
std::optional<task::Body> decide(const Remains& remains, std::optional<bool> is_idempotent, WallTime now);

/// Attempts after which a task that never got to an ending is not begun again:
/// it may be what ends the server.
inline constexpr int kAttemptsMax = 16;

/// The same for a composite task, which is begun again with every start of the server.
inline constexpr int kCompositeAttemptsMax = 10'000;

/// Takes up what nobody has, and what this server had. At start.
Async<Status> recover_own(std::shared_ptr<Workshop> shop);

/// Says that this server is there, and takes up what servers had that are gone.
/// Until the floors close.
Async<void> watch_servers(std::shared_ptr<Workshop> shop);

}  // namespace meshai::mesh
