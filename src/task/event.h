// task/event.h
//
// The events of a task, in the words of the domain. Together, in order, they
// are the task: adapters append them, doors encode them, and every state is
// computed from them (view.h). Pure values; no JSON-RPC, no HTTP, no agent.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/result.h"

namespace meshai::task {

/// What happens to a task when the client that waits for it goes away.
enum class OnDisconnect { Continue, Cancel, Grace };

/// What to do with a task that was running when the server ended.
enum class Recovery { Auto, Rerun, Fail };  ///< Auto: rerun where the agent is idempotent or nothing was sent

/// What a task and all its children together may use. Absent: not bounded. How
/// long they may take is the task's timeout.
struct Budget {
    std::optional<std::int64_t> tokens{};  ///< in and out
    std::optional<double> cost{};          ///< in the operator's currency
    std::optional<std::int64_t> calls{};   ///< of agents and their models, repeated ones too
    std::optional<int> depth{};            ///< levels of children below the task
    friend bool operator==(const Budget&, const Budget&) = default;
};

/// Whose child a task is. Empty for a task that a client submitted.
struct Lineage {
    TaskId parent{};
    TaskId root{};                  ///< the first of them all, which a client submitted
    std::string step{};             ///< of the parent, whose work this is
    int depth = 0;                  ///< 1 for a child of the root
    std::vector<TaskId> budgets{};  ///< ancestors with a budget, the root first: on these it draws
    friend bool operator==(const Lineage&, const Lineage&) = default;
};

/// What a client asked for.
struct Request {
    json::value input;      ///< string or object, as the client sent it
    std::string task_type;  ///< "chat", "analysis", "code", "creative", anything; may be empty
    std::vector<std::string> capabilities;  ///< required; empty means: detect
    std::vector<std::string> agents;        ///< wanted by id or name, best first; may be empty
    std::vector<std::string> avoided;       ///< ids of agents that wait for it: taken by name only
    std::string routing_strategy;           ///< canonical name, "capability_match" by default
    std::string preferred_framework;
    json::object context;
    json::object parameters;
    json::value instructions;       ///< of the task; null, string or object
    std::optional<Millis> timeout;  ///< whole time from submission to end; absent: the server's default
    int retries_max = 3;            ///< 0..10
    OnDisconnect on_disconnect = OnDisconnect::Continue;
    Recovery recovery = Recovery::Auto;
    std::string parent_task_id;  ///< of a continued task; may be empty
    std::string correlation_id;  ///< the client's own; may be empty
    std::string affinity;        ///< key of sticky_session: user, session or conversation id; may be empty
    std::string conversation;    ///< of which this task is a turn; may be empty
    json::value workflow{};      ///< the definition that the task runs, whole; null: one agent does the task
    std::optional<Budget> budget{};
    Lineage lineage{};
    std::string trace{};  ///< W3C traceparent that the client sent; may be empty

    /// Nobody is chosen for a composite task: its steps are tasks of their own.
    bool is_composite() const { return !workflow.is_null(); }
};

struct Submitted {
    Request request;
    Subject subject;
    WallTime deadline;  ///< the task ends as failed (TIMEOUT) when this has passed
};

/// One agent that routing looked at, and why it was ranked where it was.
struct Candidate {
    AgentId agent;
    double score = 0;
    std::string reason;
};

struct Routed {
    AgentId agent;
    std::string agent_name;
    std::string strategy;
    std::vector<std::string> capabilities;  ///< that the agent had to have
    bool fallback = false;                  ///< a wanted agent was not available
    std::string reason;                     ///< one sentence
    std::vector<Candidate> candidates;      ///< best first, at most kCandidatesMax
};

inline constexpr std::size_t kCandidatesMax = 8;

/// A run begins. attempt is 1 for the first; a rerun says why.
struct Started {
    int attempt = 1;
    AgentId agent;
    std::string agent_name;
    std::string reason;  ///< empty for attempt 1
};

struct Progress {
    std::string message;
    std::optional<double> percent;  ///< 0..100, never below the one before
    std::string step;               ///< may be empty
    AgentId agent;                  ///< may be empty
    json::object details;           ///< what the agent added; may be empty
};

/// A piece of the answer as it is produced. The pieces of one attempt, joined,
/// are the text of the answer so far.
struct Output {
    std::string text;
    int attempt = 1;
};

struct Usage {
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    double cost = 0;  ///< in the operator's currency
    friend bool operator==(const Usage&, const Usage&) = default;
    Usage& operator+=(const Usage& more) {
        input_tokens += more.input_tokens;
        output_tokens += more.output_tokens;
        cost += more.cost;
        return *this;
    }
};

/// A step of the task begins. Its name is a path ("review/draft"): what stands
/// before the last '/' is the step it is part of. A step that is tried again
/// starts again with the next attempt.
struct StepStarted {
    std::string step;
    AgentId agent{};     ///< that is wanted for it; may be empty
    std::string type{};  ///< "agent", "map", "wait", "delegation" …
    TaskId child{};      ///< the task that does it; empty for a step the task does itself
    int attempt = 1;
};
struct StepFinished {
    std::string step;
    AgentId agent{};       ///< that did it; may be empty
    std::string status{};  ///< "completed", "failed", "cancelled" or "skipped"
    TaskId child{};
    int attempt = 1;
    Usage usage{};         ///< of the child and all its children
    std::string error{};   ///< stable name of the code, where it failed
    std::string reason{};  ///< one sentence, where it did not complete
    json::value result{};  ///< if it has at most kStepResultBytesMax; else the child's log has it
};

/// One agent to another, or a person: `kind` says what it is to the other.
struct AgentMessage {
    AgentId from;
    AgentId to;
    json::value content;
    std::string kind{};  ///< "handover", "question" or "answer"; empty: just words
};
/// The task waits for an answer of its client. A key stands for one question in
/// one task; a later attempt that needs the answer too may ask it again.
struct InputRequired {
    std::string key;
    json::value question;
    std::optional<WallTime> expires_at{};  ///< then the house answers: see kExpired
};
struct InputGiven {
    std::string key;
    json::value answer;
    Subject by;
};

/// The answer {"action": "cancel"} of this subject says that nobody answered in time.
inline constexpr std::string_view kExpired = "expired";

/// What a child of the task said, passed on: the parent's log alone shows a
/// client the work of all. `body` is Started, Progress, Output, StepStarted,
/// StepFinished or AgentMessage.
struct Relayed {
    std::string step;   ///< the path of the step that said it, "review/draft"
    TaskId child;       ///< of this task, through which it came
    Seq seq;            ///< of the newest event of that child's log that is passed on
    json::object body;  ///< as `encode` writes it; read it with `body_of`
};

/// A call of an agent's model is over and the attempt goes on: what it has used
/// is known before the next one. Completed.usage has the attempt's whole.
struct Spent {
    Usage usage;
    int attempt = 1;
};

struct Completed {
    json::value result;  ///< string or object, the agent's answer
    Usage usage;
    AgentId agent;
    int attempt = 1;
};
struct Failed {
    Code code = Code::Internal;
    std::string message;
    json::object details;
    json::object partial{};  ///< what is done already, by step; at most kPartialBytesMax
};
struct Cancelled {
    std::string by;  ///< subject, "client disconnected", "deadline" …
    std::string why;
};

using Body =
    std::variant<Submitted, Routed, Started, Progress, Output, StepStarted, StepFinished, AgentMessage,
                 InputRequired, InputGiven, Relayed, Spent, Completed, Failed, Cancelled>;

struct Event {
    Seq seq;
    EventId id;
    WallTime at;
    Body body;
};

/// "submitted", "routed", … : the stable name of the kind.
std::string_view kind(const Body& body);

/// Completed, failed or cancelled: nothing follows.
bool is_last(const Body& body);

/// The name of the workflow that the task runs; empty for a task of one agent.
std::string workflow_name(const Request& request);

/// Whether a parent passes events of this kind on, and the event that it passes on.
bool is_relayed(const Body& body);
Relayed relay(std::string step, TaskId child, Seq seq, const Body& body);

/// What was said. Corrupt where `body` is not what `relay` made.
Result<Body> body_of(const Relayed& relayed);

/// Bounds of what a client may ask and an agent may write.
inline constexpr std::size_t kInputBytesMax = 4U << 20U;
inline constexpr std::size_t kMessageBytesMax = 8U << 10U;
inline constexpr std::size_t kConversationBytesMax = 256;
/// A longer piece is several events. JSON makes at most six bytes of one, so that a piece always fits into
/// one frame of a stream.
inline constexpr std::size_t kOutputPieceBytesMax = 8U << 10U;
inline constexpr std::size_t kOutputBytesMax = 16U << 20U;  ///< of one attempt, all pieces
inline constexpr std::size_t kResultBytesMax = 16U << 20U;
inline constexpr std::size_t kDetailsBytesMax = 16U << 10U;  ///< of `details`, as JSON
inline constexpr std::size_t kStepPathBytesMax = 512;
inline constexpr std::size_t kStepResultBytesMax = 8U << 10U;
inline constexpr std::size_t kPartialBytesMax = 1U << 20U;  ///< as JSON
inline constexpr std::size_t kStepsMax = 4096;              ///< that a task starts, repeated ones too
inline constexpr int kLineageDepthMax = 8;                  ///< of tasks below tasks
inline constexpr std::size_t kQuestionsMax = 256;           ///< keys of one task, answered or not
inline constexpr std::size_t kQuestionKeyBytesMax = 128;
inline constexpr std::size_t kQuestionBytesMax = 256U << 10U;  ///< as JSON
inline constexpr std::size_t kAnswerBytesMax = 256U << 10U;    ///< as JSON
inline constexpr std::uint64_t kEventsMax = 200'000;           ///< of one task

/// The stored form of a body: one line of JSON {"kind":…,…}. `decode` accepts
/// what `encode` made, of this and of older versions; Code::Corrupt otherwise.
std::string encode(const Body& body);
Result<Body> decode(std::string_view bytes);

}  // namespace meshai::task
