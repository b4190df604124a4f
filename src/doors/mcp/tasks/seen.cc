#include "doors/mcp/tasks/seen.h"

namespace meshai::doors::mcp {

namespace rpc = wire::jsonrpc;

std::expected<TaskId, rpc::Fault> named_task(const Asked& asked) {
    const auto id = find_string(asked.request.params, "taskId");
    if (id) return TaskId{*id};
    return std::unexpected(
        rpc::Fault{rpc::kInvalidParams, "\"taskId\" is needed: a string.", asked.request.id.as_json()});
}

rpc::Fault fault_of_task(const Asked& asked, const Error& error) {
    if (error.code != Code::NotFound && error.code != Code::Gone)
        return rpc::fault_of(error, asked.request.id.as_json());
    return {rpc::kInvalidParams, "There is no such task.", asked.request.id.as_json(), Code::NotFound};
}

Async<std::expected<SeenTask, rpc::Fault>> see_task(Asked asked) {
    auto id = named_task(asked);
    if (!id) co_return std::unexpected(std::move(id.error()));
    auto seen = co_await asked.house.tasks.summary(asked.context.caller(), *id);
    if (!seen) co_return std::unexpected(fault_of_task(asked, seen.error()));
    auto view = co_await asked.house.tasks.view(asked.context.caller().tenant, *id);
    if (!view) co_return std::unexpected(fault_of_task(asked, view.error()));
    co_return SeenTask{std::move(*id), std::move(*view)};
}

rpc::Fault extension_needed(const Asked& asked) {
    json::object extensions;
    extensions[wire::mcp::kTasksExtension] = json::object{};
    json::object lacking;
    lacking["extensions"] = std::move(extensions);
    return lacking_capability_fault(asked.codec, std::move(lacking), asked.request);
}

Answer result_answer(const Asked& asked, const TaskId& id, const task::View& view) {
    auto result = asked.toolbox.result_of(id, view);
    if (result) return asked.codec.tool_result(*result);
    auto fault = std::move(result.error());
    fault.id = asked.request.id.as_json();
    return fault;
}

}  // namespace meshai::doors::mcp
