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

/// What a client asked for.
struct Request {
    json::value input;      ///< string or object, as the client sent it
    std::string task_type;  ///< "chat", "analysis", "code", "creative", anything; may be empty
    std::vector<std::string> capabilities;  ///< required; empty means: detect
    std::vector<std::string> agents;        ///< wanted by id or name, best first; may be empty
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

struct StepStarted {
    std::string step;
    AgentId agent;
};
struct StepFinished {
    std::string step;
    AgentId agent;
    std::string status;
};
struct AgentMessage {
    AgentId from;
    AgentId to;
    json::value content;
};
/// The task waits for an answer of its client. A key stands for one question in
/// one task; a later attempt that needs the answer too may ask it again.
struct InputRequired {
    std::string key;
    json::value question;
};
struct InputGiven {
    std::string key;
    json::value answer;
    Subject by;
};

struct Usage {
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    double cost = 0;  ///< in the operator's currency
    friend bool operator==(const Usage&, const Usage&) = default;
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
};
struct Cancelled {
    std::string by;  ///< subject, "client disconnected", "deadline" …
    std::string why;
};

using Body = std::variant<Submitted, Routed, Started, Progress, Output, StepStarted, StepFinished,
                          AgentMessage, InputRequired, InputGiven, Completed, Failed, Cancelled>;

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
inline constexpr std::size_t kQuestionsMax = 32;             ///< keys of one task, answered or not
inline constexpr std::size_t kQuestionKeyBytesMax = 128;
inline constexpr std::size_t kQuestionBytesMax = 256U << 10U;  ///< as JSON
inline constexpr std::size_t kAnswerBytesMax = 256U << 10U;    ///< as JSON
inline constexpr std::uint64_t kEventsMax = 200'000;           ///< of one task

/// The stored form of a body: one line of JSON {"kind":…,…}. `decode` accepts
/// what `encode` made, of this and of older versions; Code::Corrupt otherwise.
std::string encode(const Body& body);
Result<Body> decode(std::string_view bytes);

}  // namespace meshai::task
