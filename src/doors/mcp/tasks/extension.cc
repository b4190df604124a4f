#include <fmt/format.h>

#include "doors/mcp/tasks/forms.h"
#include "doors/mcp/tasks/seen.h"
#include "doors/mcp/tasks/shown.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

// K6: unknown keys, and those that have an answer already, are left out. An
// answer that has not the form of its question is the client's mistake (R4).
std::expected<agents::Answers, rpc::Fault> checked_answers(const Asked& asked, const task::View& view) {
    const auto* responses = find_object(asked.request.params, "inputResponses");
    if (!responses)
        return std::unexpected(rpc::Fault{rpc::kInvalidParams, "\"inputResponses\" is needed: an object.",
                                          asked.request.id.as_json()});
    agents::Answers answers;
    for (const auto& [key, response] : *responses) {
        const auto inquiry = view.inquiries.find(std::string(key));
        if (inquiry == view.inquiries.end() || inquiry->second.answer) continue;
        auto answer = check_answer(question_from(inquiry->second.question), response);
        if (!answer)
            return std::unexpected(
                rpc::Fault{rpc::kInvalidParams,
                           fmt::format("The answer to \"{}\": {}", inquiry->first, answer.error().message),
                           asked.request.id.as_json()});
        answers[inquiry->first] = std::move(*answer);
    }
    return answers;
}

// "An empty acknowledgement", also for a task that has ended meanwhile (K6).
Answer acknowledged(const Asked& asked, const Status& done) {
    if (done || done.error().code == Code::AlreadyFinished) return json::object{};
    return fault_of_task(asked, done.error());
}

}  // namespace

Async<Answer> extension_update(Asked asked) {
    auto seen = co_await see_task(asked);
    if (!seen) co_return std::move(seen.error());
    auto answers = checked_answers(asked, seen->view);
    if (!answers) co_return std::move(answers.error());
    if (answers->empty()) co_return json::object{};
    const auto stored =
        co_await asked.house.executor.answer(asked.context.caller(), seen->id, std::move(*answers));
    co_return acknowledged(asked, stored);
}

Async<Answer> extension_cancel(Asked asked) {
    auto id = named_task(asked);
    if (!id) co_return std::move(id.error());
    const auto cancelled = co_await asked.house.executor.cancel(asked.context.caller(), std::move(*id),
                                                                "by request of the client");
    co_return acknowledged(asked, cancelled ? Status{} : Status{cancelled.error()});
}

}  // namespace meshai::doors::mcp
