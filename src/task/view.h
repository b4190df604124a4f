// task/view.h
//
// What a task looks like after some of its events: the fold of the log.
// Nothing else may set the state of a task. Pure values.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "task/steps.h"

namespace meshai::task {

enum class State { Pending, Routing, Executing, InputRequired, Completed, Failed, Cancelled };

/// "pending", "routing", "executing", "input_required", "completed", "failed", "cancelled".
std::string_view state_name(State state);
std::optional<State> state_of(std::string_view name);
bool is_final(State state);

/// A question that the task has asked its client.
struct Inquiry {
    json::value question{};
    std::optional<json::value> answer{};
    /// The attempt that runs waits for the answer. An unanswered question of an
    /// attempt that is over is closed, but its answer is still taken: a later
    /// attempt that asks the same finds it.
    bool is_open = false;
    std::optional<WallTime> expires_at{};
    Subject answered_by{};
};
using Inquiries = std::map<std::string, Inquiry>;

/// The inquiries after one more event; other kinds of event change nothing. A pure
/// function. Whoever asks and whoever answers goes by this.
void apply(Inquiries& inquiries, const Body& body);

/// Whether the attempt that runs waits for an answer.
bool has_open(const Inquiries& inquiries);

struct View {
    State state = State::Pending;
    Seq last;  ///< number of the newest event seen
    Submitted submitted;
    std::optional<Routed> routed;  ///< the newest decision
    int attempt = 0;               ///< 0 before the first run
    AgentId agent;                 ///< of the newest run
    std::string agent_name;
    double percent = 0;   ///< highest seen
    std::string message;  ///< newest progress message
    std::string text;     ///< output of the newest attempt so far, at most kOutputBytesMax
    Inquiries inquiries;  ///< all questions so far, by key
    Steps steps{};        ///< of the task and, as far as they were passed on, of its children
    std::optional<Completed> completed;
    std::optional<Failed> failed;
    std::optional<Cancelled> cancelled;
    WallTime submitted_at{};
    WallTime started_at{};   ///< of attempt 1; zero before
    WallTime finished_at{};  ///< zero before the end
    WallTime updated_at{};
    std::uint64_t output_bytes = 0;  ///< of the newest attempt
};

/// The view after one more event. A pure function: the same events give the same view.
View apply(View view, const Event& event);

}  // namespace meshai::task
