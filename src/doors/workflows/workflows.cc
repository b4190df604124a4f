#include "doors/workflows/workflows.h"

#include <fmt/format.h>

#include <algorithm>

#include "doors/rest/create.h"
#include "doors/rest/follow.h"
#include "doors/rest/task_json.h"
#include "doors/submit/submit.h"
#include "doors/workflows/workflow_json.h"
#include "wire/meshai/ask.h"
#include "workflow/check.h"
#include "workflow/compile.h"
#include "workflow/schema.h"

namespace meshai::doors {
namespace {

constexpr int kUnprocessable = 422;
constexpr std::size_t kListedWorkflows = 50;

bool has_tag(const workflow::Definition& definition, const std::string& tag) {
    return std::ranges::find(definition.tags, tag) != definition.tags.end();
}

Async<void> list_workflows(Call& call) {
    const auto limit = query_number(call, "limit", kListedWorkflows, 1, mesh::kWorkflowsPerTenantMax);
    if (!limit) co_return co_await answer_error(call, limit.error());
    const auto category = call.query("category");
    const auto tag = call.query("tag");
    json::array list;
    for (const auto& kept : call.house.library.list(call.caller.tenant)) {
        if (category && kept->definition.category != *category) continue;
        if (tag && !has_tag(kept->definition, *tag)) continue;
        if (list.size() < *limit) list.push_back(workflow_line(*kept));
    }
    co_await answer_json(call, 200, json::object{{"workflows", std::move(list)}});
}

Async<void> get_workflow(Call& call) {
    const auto name = call.path_value("name");
    const auto kept = call.house.library.find(call.caller.tenant, name);
    if (!kept) co_return co_await answer_error(call, Error{Code::NotFound, "No such workflow."});
    auto body = workflow_json(*kept);
    json::array versions;
    for (const auto& one : call.house.library.versions(call.caller.tenant, kept->definition.name))
        versions.emplace_back(one->definition.version.value_or(1));
    body["versions"] = std::move(versions);
    co_await answer_json(call, 200, std::move(body));
}

Async<void> answer_problems(Call& call, const std::vector<workflow::Problem>& problems) {
    co_await answer_error(call, workflow::to_error(problems), kUnprocessable);
}

/// What is kept must be right in itself; which agents there are is asked when it runs.
std::vector<workflow::Problem> problems_of(Call& call, const workflow::Definition& definition) {
    workflow::Known known;
    known.workflow = [&call](std::string_view name) -> std::optional<workflow::Definition> {
        const auto kept = call.house.library.find(call.caller.tenant, name);
        return kept ? std::optional(kept->definition) : std::nullopt;
    };
    return workflow::check(definition, known);
}

/// Agents and capabilities that nobody has today.
std::vector<workflow::Problem> missing_now(const Call& call, const workflow::Definition& definition) {
    const auto& tenant = call.caller.tenant;
    workflow::Known known;
    known.agent = [&call, &tenant](std::string_view name) {
        return call.house.registry.get(tenant, std::string(name)).has_value();
    };
    known.capability = [offered = call.house.registry.capabilities(tenant)](std::string_view name) {
        return std::ranges::find(offered, agents::normal_capability(name)) != offered.end();
    };
    return workflow::check(definition, known);
}

Async<void> keep(Call& call, json::object body) {
    auto read = workflow::read(std::move(body));
    if (!read) co_return co_await answer_problems(call, read.error());
    if (auto problems = problems_of(call, *read); !problems.empty())
        co_return co_await answer_problems(call, problems);
    auto kept = co_await call.house.library.put(call.caller.tenant, call.caller.subject, std::move(*read));
    if (!kept) co_return co_await refuse_body(call, kept.error());
    net::http::Response response{201, {{"Content-Type", "application/json"}}, to_text(workflow_json(**kept))};
    response.headers.add("Location", "/api/v1/workflows/" + (*kept)->definition.name);
    co_await answer(call, std::move(response));
}

/// What a task takes beside its input. A workflow may take nothing, which a task may not.
Result<wire::guide::TaskAsk> ask_of_run(json::object body) {
    json::value input = body.contains("input") ? body["input"] : json::object{};
    if (!input.is_object() && !input.is_string())
        return Error{Code::InvalidArgument, "\"input\" must be an object or a text."};
    body["input"] = "a run";
    auto ask = wire::guide::parse_task_body(body);
    if (ask) ask->input = std::move(input);
    return ask;
}

/// The family's body is a run of steps that are given with it.
Async<void> run_given(Call& call, json::object body) {
    auto ask = ask_of_run(body);
    if (!ask) co_return co_await refuse_body(call, ask.error());
    auto definition = workflow::from_family(body);
    if (!definition) co_return co_await answer_problems(call, definition.error());
    auto request = request_of(*ask);
    if (!request) co_return co_await refuse_body(call, request.error());
    request->workflow = workflow::to_json(*definition);
    auto made = co_await make_task(call, std::move(*request), find_string(body, "idempotency_key"));
    if (!made) co_return;
    if (wants_stream(call) || find_bool(body, "stream").value_or(false))
        co_return co_await answer_made(call, std::move(*made), true);
    const auto& id = made->submission.id;
    net::http::Response response{201, {{"Content-Type", "application/json"}}, to_text(submitted_json(id))};
    response.headers.add("Location", "/api/v1/tasks/" + id.value);
    co_await answer(call, std::move(response));
}

Async<void> post_workflow(Call& call) {
    auto body = co_await body_object(call);
    if (!body) co_return;
    if (body->contains("workflow_type")) co_return co_await run_given(call, std::move(*body));
    co_await keep(call, std::move(*body));
}

Async<void> put_workflow(Call& call) {
    auto body = co_await body_object(call);
    if (!body) co_return;
    const auto name = call.path_value("name");
    const auto said = find_string(*body, "name");
    if (said && *said != name)
        co_return co_await answer_error(
            call, Error{Code::InvalidArgument, "name: differs from the one in the path."}, kUnprocessable);
    (*body)["name"] = name;
    co_await keep(call, std::move(*body));
}

Async<void> remove_workflow(Call& call) {
    auto name = call.path_value("name");
    auto removed = co_await call.house.library.remove(call.caller.tenant, name);
    if (!removed) co_return co_await answer_error(call, removed.error());
    co_await answer_json(call, 200, json::object{{"status", "removed"}, {"name", name}});
}

Async<void> check_workflow(Call& call) {
    auto body = co_await body_object(call);
    if (!body) co_return;
    auto read = workflow::read(std::move(*body));
    auto problems = read ? problems_of(call, *read) : read.error();
    if (read && problems.empty()) {
        // Whether somebody is there to do it may change until it runs: it is said, and is no problem.
        co_return co_await answer_json(call, 200,
                                       json::object{{"valid", true},
                                                    {"problems", json::array{}},
                                                    {"missing", problems_json(missing_now(call, *read))}});
    }
    co_await answer_json(call, 200, json::object{{"valid", false}, {"problems", problems_json(problems)}});
}

Async<void> get_schema(Call& call) {
    co_await answer(call, net::http::Response{200,
                                              {{"Content-Type", "application/schema+json"}},
                                              std::string(workflow::definition_schema_text())});
}

Async<void> run_workflow(Call& call) {
    auto body = co_await body_object(call);
    if (!body) co_return;
    const auto name = call.path_value("name");
    if (!call.house.library.find(call.caller.tenant, name))
        co_return co_await answer_error(call, Error{Code::NotFound, "No such workflow."});
    auto ask = ask_of_run(*body);
    if (!ask) co_return co_await refuse_body(call, ask.error());
    auto request = request_of(*ask);
    if (!request) co_return co_await refuse_body(call, request.error());
    request->workflow = json::string(name);
    const bool is_stream = ask->stream || wants_stream(call);
    auto made = co_await make_task(call, std::move(*request), std::move(ask->idempotency_key));
    if (made) co_await answer_made(call, std::move(*made), is_stream);
}

constexpr std::string_view kTag = "workflows";

std::vector<Route> routes_of_all() {
    const std::vector<Parameter> filters = {{"category", "query", "string", "Of this category only"},
                                            {"tag", "query", "string", "With this tag only"},
                                            {"limit", "query", "integer", "At most so many; 50 by default"}};
    return {
        {"GET",
         "/api/v1/workflows",
         auth::kScopeRead,
         list_workflows,
         {.name = "listWorkflows",
          .tag = kTag,
          .summary = "The workflows that can be run by name",
          .gives = "WorkflowList",
          .parameters = filters,
          .failures = {400}}},
        {"GET",
         "/v1/workflows",
         auth::kScopeRead,
         list_workflows,
         {.name = "listWorkflowsAlias",
          .tag = "mcp",
          .summary = "The workflows that can be run by name",
          .gives = "WorkflowList",
          .parameters = filters,
          .failures = {400}}},
        {"POST",
         "/api/v1/workflows",
         auth::kScopeExecute,
         post_workflow,
         {.name = "postWorkflow",
          .tag = kTag,
          .summary = "Keep a definition as the next version of its name; or, with workflow_type, run steps",
          .takes = "WorkflowRequest",
          .status = 201,
          .gives = "WorkflowOrTask",
          .failures = {400, 409, 413, 422, 503}}},
        {"POST",
         "/api/v1/workflows/check",
         auth::kScopeRead,
         check_workflow,
         {.name = "checkWorkflow",
          .tag = kTag,
          .summary = "What is wrong with a definition, each with its place",
          .takes = "WorkflowDefinition",
          .gives = "WorkflowCheck",
          .failures = {400, 413}}},
        {"GET",
         "/api/v1/workflows/schema",
         auth::kScopeRead,
         get_schema,
         {.name = "getWorkflowSchema",
          .tag = kTag,
          .summary = "The JSON Schema of a definition",
          .media = "application/schema+json"}},
    };
}

std::vector<Route> routes_of_one() {
    return {
        {"GET",
         "/api/v1/workflows/{name}",
         auth::kScopeRead,
         get_workflow,
         {.name = "getWorkflow",
          .tag = kTag,
          .summary = "One workflow, whole; name@3 is its version 3",
          .gives = "Workflow",
          .failures = {404}}},
        {"PUT",
         "/api/v1/workflows/{name}",
         auth::kScopeExecute,
         put_workflow,
         {.name = "putWorkflow",
          .tag = kTag,
          .summary = "Keep a definition as the next version",
          .takes = "WorkflowDefinition",
          .status = 201,
          .gives = "Workflow",
          .failures = {400, 409, 413, 422}}},
        {"DELETE",
         "/api/v1/workflows/{name}",
         auth::kScopeExecute,
         remove_workflow,
         {.name = "removeWorkflow",
          .tag = kTag,
          .summary = "Forget a workflow that you put; what runs goes on",
          .gives = "Removed",
          .failures = {403, 404}}},
        {"POST",
         "/api/v1/workflows/{name}/run",
         auth::kScopeExecute,
         run_workflow,
         {.name = "runWorkflow",
          .tag = kTag,
          .summary = "Run a workflow: its result, or (Accept) its events",
          .takes = "WorkflowRun",
          .gives = "TaskStatus",
          .failures = {400, 404, 409, 413, 422, 503}}},
    };
}

}  // namespace

std::vector<Route> workflow_routes() {
    auto routes = routes_of_all();
    std::ranges::move(routes_of_one(), std::back_inserter(routes));
    return routes;
}

}  // namespace meshai::doors
