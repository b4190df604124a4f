// wire/meshai/ask.h
//
// What a client asks for, whichever door it came through: the arguments of the
// tool mesh_execute and the three body forms of POST /api/v1/tasks, read into
// one value. Members of a wrong type are refused by name; null counts as
// absent; members nobody knows are ignored. Whether a routing strategy or an
// agent exists is for others to say. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace meshai::wire::guide {

inline constexpr std::size_t kListItemsMax = 16;   ///< capabilities, agents
inline constexpr std::size_t kWordBytesMax = 256;  ///< one of them; task_type, workflow, a strategy, an id
inline constexpr std::size_t kTaskTextBytesMax = 4U << 20U;
inline constexpr std::int64_t kTimeoutSecondsMax = 24 * 60 * 60;
inline constexpr std::int64_t kRetriesMax = 10;

/// What the task and all its children together may use.
struct BudgetAsk {
    std::optional<std::int64_t> tokens{};
    std::optional<double> cost{};
    std::optional<std::int64_t> calls{};
    std::optional<std::int64_t> depth{};
    std::optional<std::int64_t> wall_time_seconds{};
};

inline constexpr std::int64_t kBudgetMax = 1'000'000'000'000;  ///< of tokens and calls
inline constexpr std::int64_t kBudgetDepthMax = 8;

struct TaskAsk {
    json::value input;  ///< string or object
    std::string task_type;
    std::vector<std::string> capabilities;
    std::vector<std::string> agents;
    std::string workflow;
    std::string routing_strategy;  ///< as written; either vocabulary
    std::string preferred_framework;
    json::object context;
    json::object parameters;
    json::value instructions;  ///< null, string or object
    std::optional<std::int64_t> timeout_seconds;
    std::optional<std::int64_t> max_retries;
    std::optional<BudgetAsk> budget{};
    std::string on_disconnect;  ///< "", "continue", "cancel" or "grace"
    std::string recovery;       ///< "", "auto", "rerun" or "fail"
    std::string correlation_id;
    std::string affinity;  ///< key of sticky_session
    std::optional<std::string> idempotency_key;
    bool stream = false;  ///< of POST /api/v1/execute
};

/// The arguments of mesh_execute; `task` is needed.
Result<TaskAsk> parse_mesh_execute(const json::object& arguments);

/// A body of POST /api/v1/tasks or /api/v1/execute: `input`, or else `payload`, or else `task`.
Result<TaskAsk> parse_task_body(const json::object& body);

/// A body of POST /api/v1/continue.
struct ContinueAsk {
    std::string task_id;
    json::value instructions;  ///< string or object
    bool stream = false;
};
Result<ContinueAsk> parse_continue_body(const json::object& body);

/// The entry of mesh_execute in a list of tools.
json::object mesh_execute_tool();

inline constexpr std::string_view kMeshExecute = "mesh_execute";

}  // namespace meshai::wire::guide
