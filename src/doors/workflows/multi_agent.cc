// POST /multi-agent/execute: the family's call for several agents at one task.
#include "doors/rest/create.h"
#include "doors/rest/task_json.h"
#include "doors/stream/stream.h"
#include "doors/submit/submit.h"
#include "doors/workflows/workflows.h"
#include "mesh/router/router.h"
#include "wire/meshai/ask.h"
#include "wire/meshai/frames.h"
#include "workflow/compile.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kUsual = "collaborative";

// A pass over what the others did is no agent's own result.
bool is_joint(std::string_view path) {
    return path == workflow::kSynthesisStep || path == workflow::kJoinStep || path == workflow::kSplitStep;
}

Async<json::value> whole_result(Call& call, const task::StepView& step) {
    if (!step.finished->result.is_null()) co_return step.finished->result;
    auto view = co_await call.house.tasks.view(call.caller.tenant, step.finished->child);
    if (!view || !view->completed) co_return json::value(nullptr);
    if (to_text(view->completed->result).size() > kEachAgentBytesMax)
        co_return json::object{{"truncated", true},
                               {"result_url", wire::guide::result_url(step.finished->child)}};
    co_return view->completed->result;
}

std::string name_for(const Call& call, const AgentId& id, const json::object& taken) {
    const auto agent = call.house.registry.get(call.caller.tenant, id.value);
    auto name = agent ? agent->spec.name : id.value;
    for (int i = 2; taken.contains(name); ++i)
        name = (agent ? agent->spec.name : id.value) + "#" + std::to_string(i);
    return name;
}

Async<json::object> results_by_agent(Call& call, const task::Steps& steps) {
    json::object results;
    for (const auto& [path, step] : steps) {
        const bool has_result =
            step.finished && step.finished->status == "completed" && !step.finished->child.empty();
        if (!has_result || is_joint(path) || results.size() >= kAgentResultsMax) continue;
        auto result = co_await whole_result(call, step);
        results[name_for(call, step.finished->agent, results)] = json::object{{"result", std::move(result)}};
    }
    co_return results;
}

json::value summary_of(const json::value& result) {
    return result.is_string() ? result : json::value(to_text(result));
}

/// Its clients take any member named "error", even null, for a failure: there is none here.
Async<void> answer_results(Call& call, TaskId id, task::View view) {
    json::object body{{"task_id", id.value}, {"status", task::state_name(view.state)}};
    body["agent_results"] = co_await results_by_agent(call, view.steps);
    if (view.completed) body["summary"] = summary_of(view.completed->result);
    co_await answer_json(call, task::is_final(view.state) ? 200 : 202, std::move(body));
}

Async<void> execute_together(Call& call) {
    auto body = co_await body_object(call);
    if (!body) co_return;
    auto ask = wire::guide::parse_mesh_execute(*body);
    if (!ask) co_return co_await refuse_body(call, ask.error());
    if (!mesh::is_collaboration(ask->routing_strategy)) ask->routing_strategy = kUsual;
    auto request = request_of(*ask);
    if (!request) co_return co_await refuse_body(call, request.error());
    auto made = co_await make_task(call, std::move(*request), std::move(ask->idempotency_key));
    if (!made) co_return;
    const auto id = made->submission.id;
    Followed what{id, made->policy};
    auto view = co_await wait_for_end(call, std::move(what), call.house.clock.in(kMultiAgentWaitMax));
    if (!view && call.http.is_peer_gone()) co_return;
    if (!view) co_return co_await answer_error(call, view.error());
    if (view->failed) co_return co_await answer_error(call, Error{view->failed->code, view->failed->message});
    if (view->cancelled)
        co_return co_await answer_error(call, Error{Code::Cancelled, "The task was cancelled."});
    co_await answer_results(call, id, std::move(*view));
}

}  // namespace

std::vector<Route> multi_agent_routes() {
    return {{"POST",
             "/multi-agent/execute",
             auth::kScopeExecute,
             execute_together,
             {.name = "executeTogether",
              .tag = "workflows",
              .summary = "Several agents at one task; the answer of each, and of all together",
              .takes = "MultiAgentRequest",
              .gives = "MultiAgentResult",
              .failures = {400, 409, 413, 422, 502, 503}}}};
}

}  // namespace meshai::doors
