#include "doors/submit/submit.h"

#include <fmt/format.h>

#include "mesh/router/router.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kStrategies =
    "capability_match, performance, cost_optimized, round_robin, sticky_session, least_loaded; or, for how "
    "agents work together, sequential, parallel, collaborative, hierarchical";

task::OnDisconnect on_disconnect_of(std::string_view word) {
    if (word == "cancel") return task::OnDisconnect::Cancel;
    if (word == "grace") return task::OnDisconnect::Grace;
    return task::OnDisconnect::Continue;
}

task::Recovery recovery_of(std::string_view word) {
    if (word == "rerun") return task::Recovery::Rerun;
    if (word == "fail") return task::Recovery::Fail;
    return task::Recovery::Auto;
}

// One member carries two vocabularies: which agent, and how several work together.
Status read_strategy(const std::string& word, task::Request& request) {
    request.routing_strategy = mesh::strategy_name(mesh::Strategy::CapabilityMatch);
    if (word.empty()) return {};
    if (const auto strategy = mesh::strategy_of(word)) {
        request.routing_strategy = mesh::strategy_name(*strategy);
        return {};
    }
    if (!mesh::is_collaboration(word))
        return Error{Code::InvalidArgument,
                     fmt::format("\"routing_strategy\" must be one of {}.", kStrategies)};
    // Several agents at one task are a workflow, which the mesh makes of the word.
    request.workflow = json::object{{"strategy", word}};
    return {};
}

void take_budget(const wire::guide::BudgetAsk& ask, task::Request& request) {
    task::Budget budget{ask.tokens, ask.cost, ask.calls, {}};
    if (ask.depth) budget.depth = static_cast<int>(*ask.depth);
    if (budget != task::Budget{}) request.budget = budget;
    if (!ask.wall_time_seconds) return;
    const Millis most = std::chrono::seconds(*ask.wall_time_seconds);
    request.timeout = std::min(request.timeout.value_or(most), most);
}

}  // namespace

Result<task::Request> request_of(const wire::guide::TaskAsk& ask) {
    task::Request request;
    request.input = ask.input;
    request.task_type = ask.task_type;
    request.capabilities = ask.capabilities;
    request.agents = ask.agents;
    request.preferred_framework = ask.preferred_framework;
    request.context = ask.context;
    request.parameters = ask.parameters;
    request.instructions = ask.instructions;
    request.correlation_id = ask.correlation_id;
    request.affinity = ask.affinity;
    request.on_disconnect = on_disconnect_of(ask.on_disconnect);
    request.recovery = recovery_of(ask.recovery);
    if (ask.timeout_seconds) request.timeout = std::chrono::seconds(*ask.timeout_seconds);
    if (ask.budget) take_budget(*ask.budget, request);
    if (ask.max_retries) request.retries_max = static_cast<int>(*ask.max_retries);
    if (auto read = read_strategy(ask.routing_strategy, request); !read) return read.error();
    if (!ask.workflow.empty()) request.workflow = json::string(ask.workflow);
    return request;
}

bool resumes(const Call& call) {
    return !call.header("Last-Event-ID").value_or("").empty();
}

Status check_resume(const Call& call, const std::optional<std::string>& key) {
    if (key || !resumes(call)) return {};
    return Error{
        Code::InvalidArgument,
        "Last-Event-ID goes on with a task only together with the Idempotency-Key of its first call; or "
        "read GET /api/v1/tasks/{task_id}/stream."};
}

Async<Result<task::Submission>> submit_task(Call& call, task::Request request,
                                            std::optional<std::string> key) {
    auto& executor = call.house.executor;
    auto submitted = co_await executor.submit(call.caller, std::move(request), std::move(key));
    if (!submitted || !submitted->is_new || !resumes(call)) co_return submitted;
    auto cancelled =
        co_await executor.cancel(call.caller, submitted->id, "it was to go on with a task that is gone");
    if (!cancelled)
        call.house.log.warn("a task that nobody wanted could not be cancelled",
                            {{"task", submitted->id.value}, {"cause", cancelled.error().message}});
    co_return Error{Code::Gone,
                    "No task of this Idempotency-Key is there to go on with; call without Last-Event-ID."};
}

Result<std::optional<std::string>> idempotency_key(const Call& call,
                                                   const std::optional<std::string>& in_body) {
    const auto& headers = call.http.head().headers;
    const auto in_header = headers.get("Idempotency-Key");
    if (!in_header && headers.count("Idempotency-Key") > 1)
        return Error{Code::InvalidArgument, "The header field Idempotency-Key must stand there once."};
    if (in_header && in_body && *in_header != *in_body)
        return Error{Code::InvalidArgument,
                     "The header field Idempotency-Key and the member \"idempotency_key\" differ; send one."};
    if (!in_header) return in_body;
    if (in_header->empty() || in_header->size() > task::kIdempotencyKeyBytesMax)
        return Error{Code::InvalidArgument,
                     fmt::format("An idempotency key has 1 to {} bytes.", task::kIdempotencyKeyBytesMax)};
    return std::optional<std::string>(*in_header);
}

}  // namespace meshai::doors
