#include <algorithm>

#include "doors/mcp/tasks/follow.h"
#include "doors/mcp/tasks/seen.h"
#include "doors/mcp/tasks/shown.h"
#include "doors/mcp/tasks/tasks.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;
using wire::mcp::TaskSupport;

bool has_core_tasks(const Asked& asked) {
    return asked.codec.features().core_tasks && asked.toolbox.abilities().tasks;
}

bool has_extension(const Asked& asked) {
    return asked.codec.features().tasks_extension && asked.toolbox.abilities().tasks;
}

TaskSupport support_of_called(const Asked& asked) {
    const auto name = find_string(asked.request.params, "name");
    const auto& tools = asked.toolbox.tools();
    const auto found =
        std::ranges::find_if(tools, [&](const ToolEntry& entry) { return name && entry.tool.name == *name; });
    return found == tools.end() ? TaskSupport::Forbidden : found->tool.tasks;
}

// MCP 2025-11-25, tasks: the client asks by `task` among the params (K1). In the
// extension "the server decides", and a `task` of old is ignored (K3, K8).
bool becomes_task(const Asked& asked) {
    if (support_of_called(asked) == TaskSupport::Forbidden) return false;
    if (has_extension(asked)) return asked.context.client().tasks_extension;
    return has_core_tasks(asked) && find(asked.request.params, "task");
}

rpc::Fault fault(const Asked& asked, int number, std::string message) {
    return {number, std::move(message), asked.request.id.as_json()};
}

// {"ttl": 60000}: what the client wishes; how long a task is kept, the operator decides.
std::optional<rpc::Fault> check_task_member(const Asked& asked, const json::value& wish) {
    const auto* object = wish.if_object();
    if (!object) return fault(asked, rpc::kInvalidParams, "\"task\" must be an object.");
    const auto* ttl = find(*object, "ttl");
    if (!ttl || ttl->is_null()) return std::nullopt;
    const auto number = find_number(*object, "ttl");
    if (!number || *number < 0)
        return fault(asked, rpc::kInvalidParams, "\"ttl\" of \"task\" must be a number of milliseconds.");
    return std::nullopt;
}

std::optional<rpc::Fault> check_core_wish(const Asked& asked, const wire::mcp::Tool& tool) {
    const auto* wish = find(asked.request.params, "task");
    if (!wish && tool.tasks == TaskSupport::Required)
        return fault(asked, rpc::kMethodNotFound,
                     "The tool " + tool.name + " must be called as a task: send \"task\" with the params.");
    if (!wish) return std::nullopt;
    if (tool.tasks == TaskSupport::Forbidden)
        return fault(asked, rpc::kMethodNotFound, "The tool " + tool.name + " cannot be called as a task.");
    return check_task_member(asked, *wish);
}

Async<Answer> answer_with_task(Asked asked, TaskId id) {
    auto view = co_await asked.house.tasks.view(asked.context.caller().tenant, id);
    if (!view) co_return rpc::fault_of(view.error(), asked.request.id.as_json());
    co_return asked.codec.task_created(shown_task(asked.toolbox, asked.house.tasks_kept, id, *view));
}

// H13: closing the stream of a call is its cancellation in the stateless era, and
// H12: it is not before, where the client's own wish alone counts.
task::OnDisconnect policy_of(const Asked& asked, const StartedTask& started) {
    const bool is_stateless = era_of(asked.codec.revision()) == wire::mcp::Era::Stateless;
    return is_stateless ? task::OnDisconnect::Cancel : started.policy;
}

FollowWish wish_of(const Asked& asked, const StartedTask& started) {
    FollowWish wish{started.id};
    wish.telling = started.tells_output ? Telling::ProgressAndOutput : Telling::Progress;
    if (!asked.context.wants_progress()) wish.until = asked.house.clock.in(kAnswerWaitMax);
    return wish;
}

Async<Answer> answer_with_result(Asked asked, StartedTask started) {
    const auto& tenant = asked.context.caller().tenant;
    auto& executor = asked.house.executor;
    asked.context.follows(started.id);
    auto attachment = executor.attach(tenant, started.id, policy_of(asked, started));
    auto outcome = co_await follow_task(asked.house, asked.context, wish_of(asked, started));
    if (const auto* error = std::get_if<Error>(&outcome))
        co_return rpc::fault_of(*error, asked.request.id.as_json());

    // A client that is answered before the end leaves with the task's handle, or
    // with its questions, which is not the same as leaving the task.
    const auto kept = executor.attach(tenant, started.id, task::OnDisconnect::Continue);
    attachment.reset();
    if (std::holds_alternative<Paused>(outcome)) co_return Paused{};
    co_return result_answer(asked, started.id, std::get<task::View>(outcome));
}

}  // namespace

std::optional<rpc::Fault> check_task_wish(const Asked& asked, const wire::mcp::Tool& tool) {
    if (has_core_tasks(asked)) return check_core_wish(asked, tool);
    // K3: "never to a client that did not declare it on this request."
    if (has_extension(asked) && tool.tasks == TaskSupport::Required &&
        !asked.context.client().tasks_extension)
        return extension_needed(asked);
    return std::nullopt;
}

Async<Answer> finish_call(Asked asked, StartedTask started) {
    if (becomes_task(asked)) return answer_with_task(asked, std::move(started.id));
    return answer_with_result(asked, std::move(started));
}

}  // namespace meshai::doors::mcp
