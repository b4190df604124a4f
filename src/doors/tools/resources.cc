#include "doors/tools/resources.h"

#include <fmt/format.h>

#include "doors/rest/agent_json.h"
#include "doors/rest/task_json.h"
#include "doors/tools/places.h"
#include "doors/workflows/workflow_json.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kJson = "application/json";

Error no_such(const std::string& uri) {
    return {Code::NotFound, fmt::format("There is no resource {}.", valid_utf8(utf8_prefix(uri, 200)))};
}

ReadResource json_contents(std::string uri, const json::value& value) {
    wire::mcp::ResourceContents contents;
    contents.uri = std::move(uri);
    contents.mime_type = kJson;
    contents.text = to_text(value);
    return {{std::move(contents)}, {}};
}

json::array all_agents(Means means, const TenantId& tenant) {
    means.registry.sweep();
    json::array list;
    for (const auto& agent : every_agent(means, tenant)) list.push_back(agent_json(agent));
    return list;
}

Async<ReadOutcome> read_task(Means means, Context& context, TaskId id, std::string uri) {
    auto view = co_await means.tasks.view(context.caller().tenant, id);
    if (!view) co_return view.error();
    auto status = status_json(id, *view);
    if (to_text(status).size() > kResourceBytesMax) {
        // Too large for one answer: everything but the result, which has a URL of its own.
        status.erase("result");
        status.erase("input");
        status["truncated"] = true;
    }
    co_return json_contents(std::move(uri), status);
}

Async<ReadOutcome> read_events(Means means, Context& context, TaskId id, std::string uri) {
    json::array list;
    std::size_t bytes = 0;
    Seq after{0};
    bool is_whole = true;
    while (list.size() < kResourceEventsMax && bytes < kResourceBytesMax) {
        auto events =
            co_await means.tasks.read(context.caller().tenant, id, after, kResourceEventsMax - list.size());
        if (!events) co_return events.error();
        if (events->empty()) break;
        for (const auto& event : *events) {
            auto one = event_json(id, event);
            bytes += to_text(one).size();
            is_whole = bytes <= kResourceBytesMax;
            if (!is_whole) break;
            list.push_back(std::move(one));
        }
        after = events->back().seq;
    }
    if (list.size() == kResourceEventsMax) is_whole = false;
    json::object out{{"task_id", id.value}, {"events", std::move(list)}};
    // What is not here is read in pages.
    if (!is_whole) out["events_url"] = "/api/v1/tasks/" + id.value + "/events";
    co_return json_contents(std::move(uri), out);
}

wire::mcp::ResourceTemplate described(std::string uri, std::string name, std::string title,
                                      std::string about) {
    wire::mcp::ResourceTemplate one;
    one.uri_template = std::move(uri);
    one.name = std::move(name);
    one.title = std::move(title);
    one.description = std::move(about);
    one.mime_type = kJson;
    return one;
}

}  // namespace

std::vector<wire::mcp::Resource> all_resources(const Means& means, const TenantId& tenant) {
    wire::mcp::Resource agents;
    agents.uri = kAgentsUri;
    agents.name = "agents-registry";
    agents.title = "Agent Registry";
    agents.description = "Every agent of the mesh with its capabilities and health";
    agents.mime_type = kJson;
    std::vector<wire::mcp::Resource> all{std::move(agents)};
    for (const auto& kept : means.library.list(tenant)) {
        wire::mcp::Resource workflow;
        workflow.uri = std::string(kWorkflowUriPrefix) + kept->definition.name;
        workflow.name = "workflow-" + kept->definition.name;
        workflow.title = "Workflow " + kept->definition.name;
        workflow.description = kept->definition.description;
        workflow.mime_type = kJson;
        all.push_back(std::move(workflow));
    }
    return all;
}

std::vector<wire::mcp::ResourceTemplate> all_templates() {
    return {described("meshai://agents/{id}", "agent", "Agent", "One agent, by id or name"),
            described("meshai://workflow/{name}", "workflow", "Workflow",
                      "What a workflow does, its agents and parameters, and its definition"),
            described("meshai://tasks/{id}", "task", "Task", "One of your tasks: state, progress, result"),
            described("meshai://tasks/{id}/events", "task-events", "Events of a Task",
                      "Everything that happened in one of your tasks, in order")};
}

Async<ReadOutcome> read_resource(Means means, Context& context, std::string uri) {
    if (!context.principal().may(auth::kScopeRead))
        co_return Error{Code::PermissionDenied, "Reading resources needs the scope mcp:read."};
    const auto place = place_of(uri);
    if (!place) co_return no_such(uri);
    if (place->what == Place::What::AllAgents)
        co_return json_contents(uri, all_agents(means, context.caller().tenant));
    if (place->what == Place::What::Agent) {
        auto agent = means.registry.get(context.caller().tenant, place->id);
        if (!agent) co_return no_such(uri);
        co_return json_contents(uri, agent_json(*agent));
    }
    if (place->what == Place::What::Workflow) {
        const auto kept = means.library.find(context.caller().tenant, place->id);
        if (!kept) co_return no_such(uri);
        co_return json_contents(uri, workflow_json(*kept));
    }
    const TaskId id{place->id};
    auto summary = co_await means.tasks.summary(context.caller(), id);
    if (!summary && summary.error().code == Code::NotFound) co_return no_such(uri);
    if (!summary) co_return summary.error();
    if (place->what == Place::What::TaskEvents)
        co_return co_await read_events(means, context, id, std::move(uri));
    co_return co_await read_task(means, context, id, std::move(uri));
}

Async<Result<wire::mcp::Completion>> complete_argument(Means means, Context& context,
                                                       wire::mcp::CompletionRequest request) {
    wire::mcp::Completion completion;
    const auto offer = [&](const std::string& value) {
        if (!value.starts_with(request.value)) return;
        if (completion.values.size() < wire::mcp::kCompletionValuesMax)
            completion.values.push_back(value);
        else
            completion.has_more = true;
    };
    if (!request.is_prompt && request.argument == "name" &&
        std::string_view(request.ref).starts_with(kWorkflowUriPrefix))
        for (const auto& kept : means.library.list(context.caller().tenant)) offer(kept->definition.name);
    if (request.is_prompt || request.argument != "id") co_return completion;
    if (std::string_view(request.ref).starts_with(kAgentUriPrefix)) {
        for (const auto& agent : means.registry.routable(context.caller().tenant)) offer(agent.spec.name);
        co_return completion;
    }
    if (!std::string_view(request.ref).starts_with(kTaskUriPrefix)) co_return completion;
    task::Filter newest;
    newest.limit = wire::mcp::kCompletionValuesMax;
    auto tasks = co_await means.tasks.list(context.caller(), newest);
    if (!tasks) co_return tasks.error();
    for (const auto& summary : *tasks) offer(summary.id.value);
    co_return completion;
}

}  // namespace meshai::doors
