#include "doors/rest/create.h"

#include "doors/approval/link.h"
#include "doors/rest/follow.h"
#include "doors/rest/task_json.h"
#include "doors/submit/submit.h"
#include "doors/toolbox/trace.h"

namespace meshai::doors {
namespace {

constexpr int kUnprocessable = 422;

}  // namespace

Async<void> refuse_body(Call& call, Error error) {
    const int status = error.code == Code::InvalidArgument ? kUnprocessable : status_of(error.code);
    co_await answer_error(call, std::move(error), status);
}

Async<std::optional<Made>> make_task(Call& call, task::Request request, std::optional<std::string> in_body) {
    auto key = idempotency_key(call, in_body);
    if (!key) {
        co_await answer_error(call, key.error());
        co_return std::nullopt;
    }
    if (auto fine = check_resume(call, *key); !fine) {
        co_await answer_error(call, fine.error());
        co_return std::nullopt;
    }
    Made made;
    request.trace = traceparent_in(trace_of({}, call.http.head().headers));
    auto submission = co_await submit_task(call, std::move(request), std::move(*key));
    if (!submission) {
        co_await refuse_body(call, submission.error());
        co_return std::nullopt;
    }
    if (!submission->is_new) call.extra.set("Idempotency-Replayed", "true");
    made.policy = submission->on_disconnect();
    made.submission = std::move(*submission);
    co_return made;
}

namespace {

struct Read {
    wire::guide::TaskAsk ask;
    task::Request request;
};

// The body of a creating call. When nothing comes back, the answer is given already.
Async<std::optional<Read>> read_task(Call& call) {
    auto body = co_await body_object(call);
    if (!body) co_return std::nullopt;
    auto ask = wire::guide::parse_task_body(*body);
    if (!ask) {
        co_await refuse_body(call, ask.error());
        co_return std::nullopt;
    }
    auto request = request_of(*ask);
    if (!request) {
        co_await refuse_body(call, request.error());
        co_return std::nullopt;
    }
    co_return Read{std::move(*ask), std::move(*request)};
}

Async<void> answer_created(Call& call, TaskId id, json::object body) {
    net::http::Response response{201, {{"Content-Type", "application/json"}}, to_text(body)};
    response.headers.add("Location", "/api/v1/tasks/" + id.value);
    co_await answer(call, std::move(response));
}

Async<void> stream_new(Call& call, Made made) {
    auto id = made.submission.id;
    auto after = co_await resume_place(call, id);
    if (!after) co_return co_await answer_error(call, after.error());
    GuideEncoder encoder(id, *after, std::nullopt, links_for(call));
    Followed what{std::move(id), made.policy};
    co_await stream_task(call, std::move(what), encoder);
}

Async<void> create_task(Call& call) {
    auto read = co_await read_task(call);
    if (!read) co_return;
    auto made = co_await make_task(call, std::move(read->request), std::move(read->ask.idempotency_key));
    if (!made) co_return;
    co_await answer_created(call, made->submission.id, submitted_json(made->submission.id));
}

Async<void> create_task_stream(Call& call) {
    auto read = co_await read_task(call);
    if (!read) co_return;
    auto made = co_await make_task(call, std::move(read->request), std::move(read->ask.idempotency_key));
    if (!made) co_return;
    co_await stream_new(call, std::move(*made));
}

// One JSON answer with the result, or the task's handle when that takes too long.
Async<void> answer_when_finished(Call& call, Made made) {
    const auto& id = made.submission.id;
    Followed what{id, made.policy};
    auto view = co_await wait_for_end(call, std::move(what), call.house.clock.in(kAnswerWaitMax));
    if (!view && call.http.is_peer_gone()) co_return;
    if (!view) co_return co_await answer_error(call, view.error());
    co_await answer_json(call, task::is_final(view->state) ? 200 : 202, status_json(id, *view));
}

Async<void> execute(Call& call) {
    auto read = co_await read_task(call);
    if (!read) co_return;
    const bool is_stream = read->ask.stream || wants_stream(call);
    auto made = co_await make_task(call, std::move(read->request), std::move(read->ask.idempotency_key));
    if (!made) co_return;
    co_await answer_made(call, std::move(*made), is_stream);
}

}  // namespace

Async<void> answer_made(Call& call, Made made, bool is_stream) {
    if (is_stream) co_return co_await stream_new(call, std::move(made));
    co_await answer_when_finished(call, std::move(made));
}

namespace {

// The child asks the same agent first, and knows what was asked and answered before.
task::Request child_of(const TaskId& parent, const task::View& view, json::value instructions) {
    auto request = view.submitted.request;
    json::object previous;
    previous["task_id"] = parent.value;
    previous["input"] = request.input;
    previous["status"] = task::state_name(view.state);
    previous["result"] = view.completed ? view.completed->result : json::value(view.text);
    request.context["previous_task"] = std::move(previous);
    request.input = std::move(instructions);
    request.parent_task_id = parent.value;
    request.correlation_id.clear();
    if (!view.agent.empty()) request.agents.insert(request.agents.begin(), view.agent.value);
    if (request.agents.size() > wire::guide::kListItemsMax) request.agents.resize(wire::guide::kListItemsMax);
    return request;
}

Async<void> continue_task(Call& call) {
    auto body = co_await body_object(call);
    if (!body) co_return;
    auto ask = wire::guide::parse_continue_body(*body);
    if (!ask) co_return co_await refuse_body(call, ask.error());
    auto parent = task_id_of(ask->task_id);
    if (!parent) co_return co_await answer_error(call, parent.error());
    auto seen = co_await call.house.tasks.summary(call.caller, *parent);
    if (!seen) co_return co_await answer_error(call, seen.error());
    auto view = co_await call.house.tasks.view(call.caller.tenant, *parent);
    if (!view) co_return co_await answer_error(call, view.error());

    auto request = child_of(*parent, *view, std::move(ask->instructions));
    auto made = co_await make_task(call, std::move(request), find_string(*body, "idempotency_key"));
    if (!made) co_return;
    if (ask->stream || wants_stream(call)) co_return co_await stream_new(call, std::move(*made));
    auto answered = submitted_json(made->submission.id);
    answered["parent_task_id"] = parent->value;
    co_await answer_created(call, made->submission.id, std::move(answered));
}

constexpr Parameter kKey = {"Idempotency-Key", "header", "string", "Calls with the same key are one task"};
constexpr Parameter kLastId = {"Last-Event-ID", "header", "string", "Go on behind the event with this id"};
constexpr std::string_view kStreamMedia = "text/event-stream";

}  // namespace

std::vector<Route> creating_routes() {
    return {
        {"POST",
         "/api/v1/tasks/stream",
         auth::kScopeExecute,
         create_task_stream,
         {.name = "createTaskStream",
          .tag = "tasks",
          .summary = "Start a task and stream its events",
          .takes = "TaskRequest",
          .media = kStreamMedia,
          .parameters = {kKey, kLastId},
          .failures = {400, 409, 413, 422, 503}}},
        {"POST",
         "/api/v1/tasks",
         auth::kScopeExecute,
         create_task,
         {.name = "createTask",
          .tag = "tasks",
          .summary = "Start a task",
          .takes = "TaskRequest",
          .status = 201,
          .gives = "TaskAccepted",
          .parameters = {kKey},
          .failures = {400, 409, 413, 422, 503}}},
        {"POST",
         "/api/v1/execute",
         auth::kScopeExecute,
         execute,
         {.name = "execute",
          .tag = "tasks",
          .summary = "Run a task and wait for its result; a stream with stream:true or by Accept",
          .takes = "TaskRequest",
          .gives = "TaskStatus",
          .parameters = {kKey},
          .failures = {400, 409, 413, 422, 503}}},
        {"POST",
         "/api/v1/continue",
         auth::kScopeExecute,
         continue_task,
         {.name = "continueTask",
          .tag = "tasks",
          .summary = "Start a task that goes on from another",
          .takes = "ContinueRequest",
          .status = 201,
          .gives = "TaskAccepted",
          .parameters = {kKey},
          .failures = {400, 404, 409, 410, 413, 422, 503}}},
    };
}

}  // namespace meshai::doors
