#include "wire/mcp/revision_2026_07_28.h"

#include "wire/mcp/members.h"
#include "wire/mcp/task_members.h"

namespace meshai::wire::mcp {
namespace {

constexpr TaskWords kWords{.ttl = "ttlMs", .poll_interval = "pollIntervalMs"};

// MCP 2026-07-28, Error Codes: -32020 to -32099 are the specification's own;
// a server sends only those that it defines (B6).
constexpr int kReservedFirst = -32020;
constexpr int kReservedLast = -32099;

bool is_reserved_without_meaning(int number) {
    return number <= kReservedFirst && number >= kReservedLast && number != kHeaderMismatch &&
           number != kMissingClientCapability && number != kUnsupportedVersion;
}

// ext-tasks, Task Status: "completed … includes tool calls that returned results
// with isError: true. failed … MUST NOT be used for non-JSON-RPC errors."
TaskStatus flat_status(const Task& task) {
    const bool is_over = task.status == TaskStatus::Completed || task.status == TaskStatus::Failed;
    if (!is_over || !task.ending) return task.status;
    return task.ending->has_value() ? TaskStatus::Completed : TaskStatus::Failed;
}

json::object first_of_all(std::string_view type, json::object rest) {
    json::object written;
    written["resultType"] = type;
    for (auto& member : rest) written[member.key()] = std::move(member.value());
    return written;
}

// A failure whose story is not known any more is still an error object.
jsonrpc::Fault failure_of(const Task& task) {
    if (task.ending && !task.ending->has_value()) return task.ending->error();
    return {jsonrpc::kInternalError, task.status_message.empty() ? "The task failed." : task.status_message,
            nullptr, Code::Internal};
}

json::object written_questions(const Questions& questions) {
    json::object written;
    for (const auto& [key, question] : questions) written[key] = to_json(question, Revision::R2026_07_28);
    return written;
}

}  // namespace

Features Codec20260728::features() const {
    auto features = Codec20251125::features();
    features.priming_event = false;
    features.core_tasks = false;
    features.tasks_extension = true;
    features.resource_not_found_is_invalid_params = true;
    return features;
}

void Codec20260728::put_tasks(json::object& capabilities) const {
    json::object extensions;
    extensions[kTasksExtension] = json::object{};
    capabilities["extensions"] = std::move(extensions);
}

// Whether a call becomes a task is the server's decision here (K3); tools say nothing of it.
json::object Codec20260728::execution(const Tool&) const {
    return {};
}

json::object Codec20260728::input_schema(const json::object& schema) const {
    return object_schema(schema);
}

std::optional<json::object> Codec20260728::output_schema(const json::object& schema) const {
    return schema;
}

std::optional<json::value> Codec20260728::structured(const json::value& value) const {
    return value;
}

// A result that says its type already ("task", "input_required") keeps it (N7).
json::object Codec20260728::complete(json::object result, const Implementation& server) const {
    auto written = first_of_all("complete", std::move(result));
    auto& meta = written["_meta"];
    if (!meta.is_object()) meta.emplace_object();
    meta.get_object()[kMetaServerInfo] = implementation(server);
    return written;
}

json::object Codec20260728::cacheable(json::object result, const CacheHint& cache) const {
    result["ttlMs"] = std::max<std::int64_t>(0, cache.ttl.count());
    result["cacheScope"] = cache.is_public ? "public" : "private";
    return result;
}

json::object Codec20260728::task(const Task& task) const {
    const auto status = flat_status(task);
    auto written = task_members(task, status, kWords);
    if (status == TaskStatus::InputRequired) {
        written["inputRequests"] = written_questions(task.questions);
    } else if (status == TaskStatus::Completed) {
        // "The structure matches the result type of the original request", and
        // results of this revision say their type.
        const bool is_known = task.ending && task.ending->has_value();
        written["result"] = first_of_all("complete", tool_result(is_known ? **task.ending : ToolResult{}));
    } else if (status == TaskStatus::Failed) {
        written["error"] = jsonrpc::error_message(fault(failure_of(task))).at("error");
    }
    return written;
}

json::object Codec20260728::task_created(const Task& task) const {
    return first_of_all("task", task_members(task, flat_status(task), kWords));
}

jsonrpc::Fault Codec20260728::fault(jsonrpc::Fault fault) const {
    fault = Codec20251125::fault(std::move(fault));
    if (is_reserved_without_meaning(fault.number)) fault.number = jsonrpc::kInternalError;
    return fault;
}

}  // namespace meshai::wire::mcp
