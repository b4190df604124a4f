#include <fmt/format.h>

#include "doors/mcp/core/methods.h"
#include "doors/mcp/desk.h"
#include "doors/mcp/tasks/tasks.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;
using wire::mcp::ToolResult;

std::expected<json::object, rpc::Fault> read_arguments(const Asked& asked) {
    const auto* arguments = find(asked.request.params, "arguments");
    if (!arguments) return json::object{};
    if (const auto* object = arguments->if_object()) return *object;
    return std::unexpected(bad_params(asked, "\"arguments\" must be an object."));
}

}  // namespace

ToolResult error_result(const Error& error) {
    const auto code = code_name(error.code);
    const auto message = valid_utf8(error.message);
    ToolResult result;
    result.content.push_back(wire::mcp::Text{fmt::format("{}: {}", code, message)});
    // Clients hold structuredContent against the tool's output schema, that of a
    // failure too, and throw: the code stands where no schema judges it.
    result.extra["error"] = json::object{{"code", code}, {"message", message}};
    result.is_error = true;
    return result;
}

Async<std::expected<CallOutcome, rpc::Fault>> run_tool(Asked asked) {
    const auto name = needed_string(asked, asked.request.params, "name");
    if (!name) co_return std::unexpected(name.error());
    const auto* tool = asked.house.mcp.tools().find(*name);
    if (!tool) {
        // F7: "Unknown tools" are an error of the protocol, not a failed tool.
        auto fault = bad_params(asked, fmt::format("Unknown tool: {}", valid_utf8(utf8_prefix(*name, 100))));
        co_return std::unexpected(std::move(fault));
    }
    if (auto fault = check_task_wish(asked, tool->entry->tool)) co_return std::unexpected(std::move(*fault));
    auto arguments = read_arguments(asked);
    if (!arguments) co_return std::unexpected(arguments.error());
    if (auto fine = tool->arguments.check(*arguments); !fine) {
        // F7: a model that reads what was wrong can call again; a protocol error it never sees.
        if (asked.codec.features().input_errors_are_results) co_return CallOutcome(fine.error());
        co_return std::unexpected(bad_params(asked, fine.error().message));
    }
    co_return co_await tool->entry->call(asked.context, std::move(*arguments));
}

Async<Answer> call_tool(Asked asked) {
    auto outcome = co_await run_tool(asked);
    if (!outcome) co_return std::move(outcome.error());
    if (const auto* started = std::get_if<StartedTask>(&*outcome))
        co_return co_await finish_call(asked, *started);
    if (const auto* result = std::get_if<ToolResult>(&*outcome)) co_return asked.codec.tool_result(*result);
    if (const auto* error = std::get_if<Error>(&*outcome))
        co_return asked.codec.tool_result(error_result(*error));
    if (auto* fault = std::get_if<rpc::Fault>(&*outcome)) co_return std::move(*fault);
    co_return Paused{};
}

}  // namespace meshai::doors::mcp
