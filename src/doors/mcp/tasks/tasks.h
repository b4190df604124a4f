// doors/mcp/tasks/tasks.h
//
// Tasks of the log as MCP knows them, in both forms: the core of 2025-11-25
// (the client asks for a task) and the extension io.modelcontextprotocol/tasks
// of 2026-07-28 (the server decides). Dispatch calls this for the methods of
// tasks and for every call of a tool that became work of the log: such a call
// is answered with a task, or followed to its end. Every task of the caller is
// shown, however it was begun; nothing is kept here beside the log. One executor.
//
// Whoever gets a Paused from `finish_call` answers with the context's questions
// and runs the same call again with the answers. The run finds its task again by
// Context::idempotency_key(), which in the stateless era is therefore the same in
// every round of one call (a key of the call's own, sealed into its requestState,
// where the client sent none).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doors/mcp/core/dispatch.h"

namespace meshai::doors::mcp {

/// Whether `method` is a method of tasks that this codec's revision has (K2, K8):
/// get, result, list, cancel in the core; get, update, cancel in the extension.
bool is_task_method(const wire::mcp::Codec& codec, std::string_view method);

/// The scope that a method of tasks needs (K9).
std::string_view scope_of_task_method(std::string_view method);

/// Serves a method of tasks, whose scope and capability dispatch has checked.
Async<Answer> serve_task_method(Asked asked);

/// Before a tool's handler runs: whether the call may be, or must be, a task.
/// -32601 where the core form says so (K2), -32021 where the extension is needed
/// and not declared (K3), -32602 for a malformed `task` of the core form.
std::optional<wire::jsonrpc::Fault> check_task_wish(const Asked& asked, const wire::mcp::Tool& tool);

/// After the handler has started a task: answers with the task, where the
/// client asked for one or declared the extension; else follows it to its end,
/// with progress and with the task's questions, for at most kAnswerWaitMax where
/// the client does not want progress. The answer is whole.
Async<Answer> finish_call(Asked asked, StartedTask started);

/// Tasks that one subscription may name (L3).
inline constexpr std::size_t kWatchedTasksMax = 256;

/// What a stream of subscriptions/listen needs of its tasks. Only tasks that the
/// caller may see are watched; the others are left out without a word (L1).
class TaskWatch {
  public:
    virtual ~TaskWatch() = default;

    /// The ids that are watched: the honoured part of `taskIds`.
    virtual const std::vector<std::string>& ids() const = 0;

    /// The DetailedTask of each task whose status, status message or questions
    /// changed since the last call (K11); of every task at the first call. These are
    /// the params of notifications/tasks. Call it when the signal has rung and at
    /// least every store::kWatchPoll. A task that has ended is told once and then forgotten.
    virtual Async<std::vector<json::object>> take() = 0;
};

/// Begins to watch; `signal` rings when something may have changed. A fault over
/// kWatchedTasksMax (-32602), and for a client without the extension (-32021, K7).
Async<std::expected<std::unique_ptr<TaskWatch>, wire::jsonrpc::Fault>> watch_tasks(
    Asked asked, std::vector<std::string> ids, Signal signal);

}  // namespace meshai::doors::mcp
