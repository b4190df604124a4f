#include "wire/mcp/revision_2025_11_25.h"

#include "wire/mcp/members.h"
#include "wire/mcp/task_members.h"

namespace meshai::wire::mcp {
namespace {

std::string_view name_of_support(TaskSupport support) {
    switch (support) {
        case TaskSupport::Forbidden:
            return "forbidden";
        case TaskSupport::Optional:
            return "optional";
        case TaskSupport::Required:
            return "required";
    }
    return "forbidden";
}

// MCP 2025-11-25, tasks, Task Status: "failed: The associated request did not
// complete successfully. For tool calls specifically, this includes cases where
// the tool call result has isError set to true."
TaskStatus core_status(const Task& task) {
    if (task.status != TaskStatus::Completed || !task.ending) return task.status;
    const bool failed = !task.ending->has_value() || (*task.ending)->is_error;
    return failed ? TaskStatus::Failed : TaskStatus::Completed;
}

}  // namespace

Features Codec20251125::features() const {
    auto features = Codec20250618::features();
    features.priming_event = true;
    features.elicitation_url = true;
    features.core_tasks = true;
    features.input_errors_are_results = true;
    return features;
}

json::object Codec20251125::capabilities(const ServerAbilities& abilities) const {
    auto written = Codec20250618::capabilities(abilities);
    if (abilities.tasks) put_tasks(written);
    return written;
}

void Codec20251125::put_tasks(json::object& capabilities) const {
    json::object tools;
    tools["call"] = json::object{};
    json::object requests;
    requests["tools"] = std::move(tools);
    json::object tasks;
    tasks["list"] = json::object{};
    tasks["cancel"] = json::object{};
    tasks["requests"] = std::move(requests);
    capabilities["tasks"] = std::move(tasks);
}

json::object Codec20251125::implementation(const Implementation& server) const {
    auto written = Codec20250618::implementation(server);
    put(written, "description", server.description);
    put(written, "websiteUrl", server.website_url);
    put_icons(written, server.icons);
    return written;
}

json::object Codec20251125::tool(const Tool& tool) const {
    auto written = Codec20250618::tool(tool);
    put_icons(written, tool.icons);
    put(written, "execution", execution(tool));
    return written;
}

// Absent means forbidden (K1), so only the other two are said.
json::object Codec20251125::execution(const Tool& tool) const {
    json::object written;
    if (tool.tasks != TaskSupport::Forbidden) written["taskSupport"] = name_of_support(tool.tasks);
    return written;
}

json::object Codec20251125::resource(const Resource& resource) const {
    auto written = Codec20250618::resource(resource);
    put_icons(written, resource.icons);
    return written;
}

json::object Codec20251125::resource_template(const ResourceTemplate& one) const {
    auto written = Codec20250618::resource_template(one);
    put_icons(written, one.icons);
    return written;
}

json::object Codec20251125::prompt(const Prompt& prompt) const {
    auto written = Codec20250618::prompt(prompt);
    put_icons(written, prompt.icons);
    return written;
}

json::object Codec20251125::task(const Task& task) const {
    return task_members(task, core_status(task), {.ttl = "ttl", .poll_interval = "pollInterval"});
}

json::object Codec20251125::task_created(const Task& created) const {
    json::object written;
    written["task"] = task(created);
    return written;
}

}  // namespace meshai::wire::mcp
