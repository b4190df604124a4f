// doors/tools/make_tool.h
//
// What the tools of the product have in common: what they are given, how an
// entry of the toolbox is made of words and schemas, and the form of an answer:
// structured, and the same as JSON text for clients that read only text (F6).
#pragma once

#include "doors/toolbox/toolbox.h"
#include "mesh/executor/executor.h"
#include "mesh/library/library.h"
#include "mesh/registry/registry.h"

namespace meshai::doors {

/// The parts of the server that tools use. All outlive the toolbox and are thread-safe.
struct Means {
    task::TaskLog& tasks;
    mesh::TaskExecutor& executor;
    mesh::Registry& registry;
    mesh::WorkflowLibrary& library;
    Clock& clock;
    Random& random;
    std::string public_url;  ///< "https://mesh.example"; empty: not known
};

/// What a client reads about a tool before it calls it. Schemas are JSON text.
struct ToolWords {
    std::string_view name;
    std::string_view title;
    std::string_view description;
    std::string_view input;
    std::string_view output;
    wire::mcp::ToolHints hints{};
    std::string_view scope;
    wire::mcp::TaskSupport tasks = wire::mcp::TaskSupport::Forbidden;
};

using ToolCall = Async<CallOutcome> (*)(Means means, Context& context, json::object arguments);

/// The schemas of `words` must be JSON: they stand in our own code.
ToolEntry make_tool(const Means& means, const ToolWords& words, ToolCall call);

/// A tool that only looks: asking twice changes nothing.
inline constexpr wire::mcp::ToolHints kReadOnly{.read_only = true, .open_world = false};

/// A tool that has agents work: each call is new work, with effects outside of the mesh.
inline constexpr wire::mcp::ToolHints kRunsAgents{
    .read_only = false, .destructive = false, .idempotent = false, .open_world = true};

/// What wire/meshai/frames.h writes about a task, ended or not, as a schema.
inline constexpr std::string_view kTaskOutput = R"({"type": "object", "properties": {
    "task_id": {"type": "string", "description": "For get_task_status, get_task_result and cancel_task"},
    "status": {"type": "string", "enum": ["pending", "routing", "executing", "input_required", "completed",
        "failed", "cancelled"], "description": "One that is not over goes on; ask for it by its task_id"},
    "conversation_id": {"type": "string", "description": "Of a turn of stream_chat: give it with the next"},
    "data": {"type": "object", "description": "The answer, when completed; a plain text stands in text"},
    "error": {"type": "object", "description": "Why the task failed or was cancelled",
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        "required": ["code", "message"]},
    "agent_id": {"type": "string"},
    "duration_ms": {"type": "integer", "minimum": 0},
    "status_url": {"type": "string"}, "stream_url": {"type": "string"}, "result_url": {"type": "string"}},
    "required": ["task_id", "status"]})";

/// `value` as structured content and as text.
wire::mcp::ToolResult structured_result(json::object value);

/// Lists of strings in arguments have passed the schema already; absent is empty.
std::vector<std::string> strings_of(const json::object& arguments, std::string_view key);

/// Every agent that the tenant can use, those that are offline too; at most kQueryLimitMax.
std::vector<mesh::Agent> every_agent(const Means& means, const TenantId& tenant);

/// A failure as a member of a result: {code, message}.
json::object error_json(const Error& error);

/// A result of a task, if it has at most `bytes_max` as JSON; a larger one is named:
/// {truncated, bytes, preview, result_url}.
json::value bounded_result(const TaskId& id, const json::value& result, std::size_t bytes_max);

/// JSON of one result in an answer about one task, and in an answer about many.
inline constexpr std::size_t kOneResultBytesMax = 1U << 20U;
inline constexpr std::size_t kEachResultBytesMax = 64U << 10U;

std::vector<ToolEntry> execute_tools(const Means& means);
std::vector<ToolEntry> agent_tools(const Means& means);
std::vector<ToolEntry> task_tools(const Means& means);
std::vector<ToolEntry> batch_tools(const Means& means);
std::vector<ToolEntry> chat_tools(const Means& means);
std::vector<ToolEntry> workflow_tools(const Means& means);
std::vector<ToolEntry> search_tools(const Means& means);
std::vector<ToolEntry> server_tools(const Means& means);

}  // namespace meshai::doors
