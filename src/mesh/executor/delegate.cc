// What an agent begins by requests of its own: from any thread to the attempt
// that runs, and back.
#include <fmt/format.h>

#include "mesh/executor/attempt.h"
#include "mesh/executor/executor.h"
#include "mesh/executor/state.h"

namespace meshai::mesh {
namespace {

Error attempt_over() {
    return Error{Code::NotFound, "That attempt of the task is over."};
}

Result<json::object> answer_in(const task::Inquiry& inquiry) {
    if (inquiry.answered_by == Subject{std::string(task::kExpired)})
        return Error{Code::Timeout, "Nobody answered in time."};
    const auto* object = inquiry.answer->if_object();
    return object ? *object : json::object{{"action", "cancel"}};
}

/// Has `begin` done on the thread of the run, for the attempt that is meant.
template <class Outcome, class Begin>
Async<std::optional<Result<Outcome>>> on_attempt(std::shared_ptr<Workshop> shop, TenantId tenant, TaskId id,
                                                 int attempt, MonoTime until, Begin begin) {
    const auto run = shop->find(tenant, id);
    if (!run) co_return Result<Outcome>(attempt_over());
    auto reply = std::make_shared<Reply<Result<Outcome>>>(co_await this_executor(), shop->clock);
    asio::post(shop->floor_of(*run).place.ex, [run, attempt, begin = std::move(begin), reply] {
        if (run->now_running && run->attempt == attempt)
            begin(*run->now_running, reply);
        else
            reply->give(attempt_over());
    });
    co_return co_await reply->wait(until);
}

}  // namespace

Async<std::optional<Result<agents::ChildEnding>>> TaskExecutor::delegate_for(TenantId tenant, TaskId id,
                                                                             int attempt,
                                                                             agents::Delegation work,
                                                                             MonoTime until) {
    auto begin = [work = std::move(work)](Attempt& running, DelegationReply reply) {
        running.begin_delegation(work, std::move(reply));
    };
    return on_attempt<agents::ChildEnding>(state_, std::move(tenant), std::move(id), attempt, until,
                                           std::move(begin));
}

Async<std::optional<Result<json::object>>> TaskExecutor::ask_for(TenantId tenant, TaskId id, int attempt,
                                                                 agents::PersonQuestion question,
                                                                 MonoTime until) {
    auto begin = [question = std::move(question)](Attempt& running, QuestionReply reply) {
        running.begin_question_of_agent(question, std::move(reply));
    };
    return on_attempt<json::object>(state_, std::move(tenant), std::move(id), attempt, until,
                                    std::move(begin));
}

Status Attempt::may_begin(bool is_joined) const {
    if (is_over_) return Error{Code::Cancelled, "The run is over."};
    if (!is_joined && delegations_.size() + questions_.size() >= kErrandsMax)
        return Error{Code::ResourceExhausted,
                     fmt::format("An agent has at most {} delegations and questions open.", kErrandsMax)};
    return {};
}

void Attempt::begin_delegation(agents::Delegation work, DelegationReply reply) {
    if (auto fine = agents::check(work, spec_); !fine) return reply->give(fine.error());
    const bool is_joined = delegations_.is_running(work.step);
    if (auto may = may_begin(is_joined); !may) return reply->give(may.error());
    delegations_.wait(work.step, std::move(reply));
    if (!is_joined) scope_.spawn("delegation " + work.step, carry_delegation(std::move(work)));
}

Async<void> Attempt::carry_delegation(agents::Delegation work) {
    const auto step = work.step;
    auto ending = co_await agents::hand_over(*this, spec_.id, std::move(work));
    // Until the log has it, whoever asks for the same joins this one.
    while (ending && !is_over_) {
        const auto known = run_.steps.find(step);
        if (known != run_.steps.end() && known->second.finished) break;
        if (auto rung = co_await wait_for_bell(kNever); !rung) break;
    }
    delegations_.end(step, ending);
}

void Attempt::begin_question_of_agent(agents::PersonQuestion question, QuestionReply reply) {
    if (auto fine = agents::check(question); !fine) return reply->give(fine.error());
    const auto known = run_.inquiries.find(question.key);
    if (known != run_.inquiries.end() && known->second.answer) return reply->give(answer_in(known->second));
    const bool is_joined = questions_.is_running(question.key);
    if (auto may = may_begin(is_joined); !may) return reply->give(may.error());
    questions_.wait(question.key, std::move(reply));
    if (!is_joined) scope_.spawn("question " + question.key, carry_question_of_agent(std::move(question)));
}

Async<void> Attempt::carry_question_of_agent(agents::PersonQuestion question) {
    const auto key = question.key;
    auto answer = co_await agents::ask_person(*this, shop_.clock, spec_.id, std::move(question));
    questions_.end(key, answer);
}

}  // namespace meshai::mesh
