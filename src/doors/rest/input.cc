#include "doors/rest/input.h"

#include <fmt/format.h>

#include "doors/approval/link.h"
#include "doors/rest/follow.h"
#include "doors/rest/input_answer.h"
#include "doors/rest/input_json.h"

namespace meshai::doors {
namespace {

constexpr int kUnprocessable = 422;

// RFC 9457 3.2: extension members. Which question it is, and what became of it, for programs.
Async<void> refuse(Call& call, NotTaken refused) {
    if (refused.outcome.empty())
        co_return co_await answer_error(call, std::move(refused.error), refused.status);
    auto response = net::http::problem(refused.status, code_name(refused.error.code), refused.error.message);
    if (auto body = parse_json_object(response.body)) {
        (*body)["key"] = refused.key;
        (*body)["outcome"] = refused.outcome;
        response.body = to_text(*body);
    }
    co_await answer(call, std::move(response));
}

Async<Result<task::View>> see_task(Call& call, TaskId id) {
    auto seen = co_await call.house.tasks.summary(call.caller, id);
    if (!seen) co_return seen.error();
    co_return co_await call.house.tasks.view(call.caller.tenant, id);
}

Async<void> get_input(Call& call) {
    auto id = task_id_of(call.path_value("id"));
    if (!id) co_return co_await answer_error(call, id.error());
    auto view = co_await see_task(call, *id);
    if (!view) co_return co_await answer_error(call, view.error());
    co_await answer_json(call, 200, input_json(*id, *view, links_for(call)));
}

// {"answers": {key: answer}}, {"key", "answer"}, or {"answer"} where the task asks one thing only.
Result<Said> said_in(const json::object& body, const task::View& view) {
    const Error wrong{Code::InvalidArgument,
                      R"(Send {"answers": {key: answer, …}}, or {"key": …, "answer": …}.)"};
    const auto* answers = find(body, "answers");
    const auto* answer = find(body, "answer");
    if ((answers != nullptr) == (answer != nullptr)) return wrong;
    Said said;
    if (answers) {
        const auto* by_key = answers->if_object();
        if (!by_key || by_key->empty()) return wrong;
        for (const auto& [key, value] : *by_key) said.emplace(key, value);
        return said;
    }
    if (const auto* key = find(body, "key")) {
        if (!key->is_string()) return wrong;
        said.emplace(key->get_string(), *answer);
        return said;
    }
    for (const auto& [key, inquiry] : view.inquiries)
        if (inquiry.is_open) said.emplace(key, *answer);
    if (said.size() != 1)
        return Error{Code::InvalidArgument,
                     fmt::format("The task has {} open questions; say which with \"key\".", said.size())};
    return said;
}

Async<void> post_input(Call& call) {
    auto id = task_id_of(call.path_value("id"));
    if (!id) co_return co_await answer_error(call, id.error());
    auto body = co_await body_object(call);
    if (!body) co_return;
    auto view = co_await see_task(call, *id);
    if (!view) co_return co_await answer_error(call, view.error());
    auto said = said_in(*body, *view);
    if (!said) co_return co_await answer_error(call, said.error(), kUnprocessable);
    auto taken = co_await give_answers(call.house, call.caller, *id, std::move(*said));
    if (!taken) co_return co_await refuse(call, std::move(taken.error()));
    co_await answer_json(call, 200, input_json(*id, *taken, links_for(call)));
}

}  // namespace

std::vector<Route> input_routes() {
    return {{"GET",
             "/api/v1/tasks/{id}/input",
             auth::kScopeRead,
             get_input,
             {.name = "getTaskInput",
              .tag = "tasks",
              .summary = "What the task asks now; with a link to answer by for keys that may execute",
              .gives = "TaskInput",
              .failures = {404, 410}}},
            {"POST",
             "/api/v1/tasks/{id}/input",
             auth::kScopeExecute,
             post_input,
             {.name = "answerTask",
              .tag = "tasks",
              .summary = "Answer questions of the task: all that is sent, or nothing",
              .takes = "TaskAnswers",
              .gives = "TaskInput",
              .failures = {400, 404, 409, 410, 413, 415, 422}}}};
}

}  // namespace meshai::doors
