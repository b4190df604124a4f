// workflow/definition.h
//
// A workflow as a value: its steps, what each does, when, and what the whole
// gives. Read from JSON (a file, a client, the family's payload after
// compile.h), written back in one normal form. Every problem of a text is named
// by its place, "steps[2].step.task". Whether the parts fit together (order,
// references, agents) is asked in check.h. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace meshai::workflow {

// Bounds. Each is said in the message that refuses what goes beyond it.
inline constexpr std::size_t kDefinitionBytesMax = 256U << 10U;  ///< as JSON
inline constexpr std::size_t kStepsMax = 200;                    ///< of a definition, nested ones too
inline constexpr std::size_t kNestingMax = 8;                    ///< steps within steps
inline constexpr std::size_t kIdBytesMax = 64;
inline constexpr std::size_t kTitleBytesMax = 256;
inline constexpr std::size_t kDescriptionBytesMax = 4U << 10U;
inline constexpr std::size_t kTagsMax = 32;
inline constexpr std::size_t kAgentsMax = 32;  ///< wanted by one step
inline constexpr std::size_t kCapabilitiesMax = 32;
inline constexpr std::size_t kMapItemsMax = 1'000;
inline constexpr int kMapWidthDefault = 4;
inline constexpr int kMapWidthMax = 64;
inline constexpr int kRetryAttemptsMax = 10;
inline constexpr Millis kBackoffDefault{500};
inline constexpr Millis kBackoffMax{3'600'000};
inline constexpr Millis kTimeoutMax{30LL * 86'400'000};
inline constexpr Millis kWaitMax{366LL * 86'400'000};
inline constexpr std::size_t kProblemsMax = 100;  ///< a text with more has these and the number of the others

/// One thing that is wrong, and where: "steps[2].step.task"; empty is the definition itself.
struct Problem {
    std::string place;
    std::string what;
    friend bool operator==(const Problem&, const Problem&) = default;
};

using meshai::to_text;  // of JSON: the next one would hide it
/// "steps[2].step.task: is empty".
std::string to_text(const Problem& problem);

/// All problems as one error, the first few in words: "The workflow has 3 problems: …".
inline constexpr std::size_t kProblemsInWords = 8;
Error to_error(std::span<const Problem> problems);

struct Step;

enum class Output { Text, Json, List };  ///< how the answer of an agent is read; compile.h has the readers

/// An agent does a task.
struct AgentWork {
    json::value task;                 ///< template: string or object
    std::vector<std::string> agents;  ///< wanted by id or name, best first; `agent` is a list of one
    std::vector<std::string> capabilities;
    std::string routing_strategy;  ///< as written; empty: the server's default
    json::value instructions;      ///< null, string or object; no template
    json::object parameters;
    json::value context;  ///< template, or null
    Output output = Output::Text;
    friend bool operator==(const AgentWork&, const AgentWork&) = default;
};

/// A graph of its own; its result is {id: result}.
struct Parallel {
    std::vector<Step> steps;
    friend bool operator==(const Parallel&, const Parallel&) = default;
};

/// One step for each item of a list; its result is the list of the results.
struct Map {
    std::string over;        ///< expression that gives the list
    std::vector<Step> step;  ///< exactly one
    int width = kMapWidthDefault;
    friend bool operator==(const Map&, const Map&) = default;
};

/// One of two graphs; its result is the result of the one that was taken (`result_of` in graph.h).
struct Condition {
    std::string if_;  ///< expression
    std::vector<Step> then;
    std::vector<Step> else_;
    friend bool operator==(const Condition&, const Condition&) = default;
};

/// A durable timer: exactly one of the two.
struct Wait {
    std::optional<Millis> for_;
    std::string until;  ///< RFC 3339, or an expression that gives one
    friend bool operator==(const Wait&, const Wait&) = default;
};

enum class OnTimeout { Fail, Reject, Approve };
enum class OnReject { Fail, Continue };

/// A person says yes or no, and may fill in a form. Its result is {"approved", "content", "by"}.
struct Approval {
    json::value message;  ///< template, a string
    json::object schema;  ///< flat form of an elicitation; may be empty
    OnTimeout on_timeout = OnTimeout::Fail;
    OnReject on_reject = OnReject::Fail;
    friend bool operator==(const Approval&, const Approval&) = default;
};

/// Another workflow, as a child.
struct Call {
    std::string workflow;  ///< "name" or "name@3"
    json::value input;     ///< template, or null
    friend bool operator==(const Call&, const Call&) = default;
};

enum class Strategy { Sequential, Parallel, Collaborative, Hierarchical };

/// Several agents at one task; compile.h makes a definition of it, which runs as a child.
struct Collaboration {
    Strategy strategy = Strategy::Collaborative;
    std::vector<std::string> agents;
    std::vector<std::string> capabilities;
    std::string manager;  ///< agent that splits and joins; empty: the first of `agents`
    json::value task;     ///< template: string or object
    friend bool operator==(const Collaboration&, const Collaboration&) = default;
};

using Work = std::variant<AgentWork, Parallel, Map, Condition, Wait, Approval, Call, Collaboration>;

/// "agent", "parallel", "map", "condition", "wait", "approval", "workflow", "collaboration".
std::string_view type_name(const Work& work);
std::string_view name_of(Strategy strategy);  ///< "sequential", …
std::optional<Strategy> strategy_of(std::string_view name);

struct Retry {
    int attempts = 0;  ///< after the first
    Millis backoff = kBackoffDefault;
    friend bool operator==(const Retry&, const Retry&) = default;
};

/// What a failed step means for the whole.
struct OnError {
    enum class Then { Fail, Continue, Fallback };
    Then then = Then::Fail;
    std::string fallback;  ///< agent that is asked instead, by id or name
    friend bool operator==(const OnError&, const OnError&) = default;
};

struct Step {
    std::string id;  ///< [a-z0-9_-]{1,64}, unique in the definition
    std::string title;
    std::vector<std::string> after;  ///< ids of the same list of steps
    std::string when;                ///< expression; false skips the step; empty: always
    Retry retry;
    std::optional<Millis> timeout;
    OnError on_error;
    Work work;
    friend bool operator==(const Step&, const Step&) = default;
};

/// What the whole may use; absent means no bound of its own.
struct Budget {
    std::optional<std::int64_t> tokens;
    std::optional<double> cost;
    std::optional<std::int64_t> calls;
    std::optional<int> depth;
    std::optional<Millis> wall_time;
    friend bool operator==(const Budget&, const Budget&) = default;
};

enum class OnDisconnect { Continue, Cancel, Grace };

struct Definition {
    std::string name;  ///< may be empty in one that is submitted and not kept
    std::string description;
    std::string category;
    std::vector<std::string> tags;
    std::optional<int> version;  ///< given by the server
    json::value input_schema;    ///< null, or a JSON Schema
    std::optional<Millis> timeout;
    std::optional<Budget> budget;
    std::optional<OnDisconnect> on_disconnect;
    std::vector<Step> steps;
    std::optional<json::value> result;  ///< template; absent: the result of the last steps
    friend bool operator==(const Definition&, const Definition&) = default;
};

/// What a text is read to: a definition, or everything that is wrong with it.
using Read = std::expected<Definition, std::vector<Problem>>;
Read read(const json::value& value);

/// The same with one error (Code::InvalidArgument).
Result<Definition> parse(const json::value& value);

/// The normal form, without what is at its default: parse(to_json(d)) == d.
json::object to_json(const Definition& definition);
json::object to_json(const Step& step);

/// The steps within a step: of a parallel, the one of a map, of both branches of a condition.
std::vector<const Step*> children(const Step& step);

/// Whether `text` can be the id of a step or the name of a workflow.
bool is_id(std::string_view text);

/// "500ms", "30s", "10m", "2h", "7d", or seconds as a number; nothing if it is none of them.
std::optional<Millis> duration_of(const json::value& value);
std::string duration_text(Millis time);

/// RFC 3339: "2026-01-31T09:00:00Z", "2026-01-31T10:00:00.5+01:00"; nothing if it is none.
std::optional<WallTime> time_of(std::string_view text);

}  // namespace meshai::workflow
