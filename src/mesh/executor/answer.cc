#include <fmt/format.h>

#include "mesh/executor/answers.h"
#include "mesh/executor/log_writer.h"
#include "mesh/executor/state.h"

namespace meshai::mesh {
namespace {

/// How long a client waits until its answers are in the log.
constexpr Duration kAnswerWait = std::chrono::seconds(30);
constexpr int kAnswerTriesMax = 8;

Error busy() {
    return Error{Code::Conflict, "The task is too busy to take the answer right now; try again."};
}

Status status_of(Wrote wrote) {
    switch (wrote) {
        case Wrote::Done:
            return {};
        case Wrote::Refused:
            return Error{Code::TooLarge, "The log of the task has no room for the answer."};
        case Wrote::Late:
            return Error{Code::Timeout, "The task's deadline passed before the answer could be stored."};
        case Wrote::Over:
            return busy();
    }
    return busy();
}

Status check(const agents::Answers& answers) {
    for (const auto& [key, answer] : answers)
        if (to_text(answer).size() > task::kAnswerBytesMax)
            return Error{Code::TooLarge,
                         fmt::format("An answer is over {} KiB.", task::kAnswerBytesMax >> 10U)};
    return {};
}

/// For a task that no run of this process has, or has not yet: the log alone
/// decides, and a run that comes later finds the answers there.
Async<Status> answer_in_log(Workshop& shop, TenantId tenant, TaskId id, agents::Answers answers, Subject by) {
    for (int tries = 0; tries < kAnswerTriesMax; ++tries) {
        auto view = co_await shop.log.view(tenant, id);
        if (!view) co_return view.error();
        if (task::is_final(view->state))
            co_return Error{Code::AlreadyFinished, "The task has already finished."};
        auto bodies = bodies_of(view->inquiries, answers, by);
        if (bodies.empty()) co_return Status{};
        auto wrote = co_await shop.log.append(tenant, id, view->last, std::move(bodies));
        if (wrote) co_return Status{};
        if (wrote.error().code != Code::Conflict) co_return wrote.error();
    }
    co_return busy();
}

Async<void> carry(std::shared_ptr<Workshop> shop, TenantId tenant, TaskId id, agents::Answers answers,
                  Subject by, std::shared_ptr<Reply<Status>> reply) {
    reply->give(
        co_await store_answer(shop, std::move(tenant), std::move(id), std::move(answers), std::move(by)));
}

}  // namespace

Async<Status> store_answer(std::shared_ptr<Workshop> shop, TenantId tenant, TaskId id,
                           agents::Answers answers, Subject by) {
    if (auto run = shop->find(tenant, id)) {
        auto reply = std::make_shared<Reply<Status>>(co_await this_executor(), shop->clock);
        AnswerWish wish{answers, by, [reply](Status status) { reply->give(std::move(status)); }};
        if (run->mail.put(std::move(wish))) {
            run->wake.notify();
            auto stored = co_await reply->wait(shop->clock.in(kAnswerWait));
            if (!stored)
                co_return Error{Code::Unavailable,
                                "The answer could not be stored yet; give it again later."};
            if (*stored || stored->error().code != Code::Conflict) co_return std::move(*stored);
        }
    }
    co_return co_await answer_in_log(*shop, std::move(tenant), std::move(id), std::move(answers),
                                     std::move(by));
}

std::vector<task::Body> bodies_of(const task::Inquiries& inquiries, const agents::Answers& answers,
                                  const Subject& by) {
    std::vector<task::Body> bodies;
    for (const auto& [key, answer] : answers) {
        const auto asked = inquiries.find(key);
        if (asked == inquiries.end() || asked->second.answer) continue;
        bodies.emplace_back(task::InputGiven{key, answer, by});
    }
    return bodies;
}

Async<bool> store_answers(Workshop& shop, Run& run) {
    auto wrote = Wrote::Done;
    for (const auto& wish : run.mail.take_answers()) {
        if (wrote == Wrote::Done || wrote == Wrote::Refused) {
            auto bodies = bodies_of(run.inquiries, wish.answers, wish.by);
            wrote = bodies.empty() ? Wrote::Done : co_await write(shop, run, std::move(bodies));
        }
        wish.reply(status_of(wrote));
    }
    co_return wrote != Wrote::Over;
}

Async<Status> TaskExecutor::answer(task::Caller caller, TaskId id, agents::Answers answers) {
    std::shared_ptr<Workshop> shop = state_;
    if (auto fine = check(answers); !fine) co_return fine;
    auto summary = co_await shop->log.summary(caller, id);
    if (!summary) co_return summary.error();
    if (task::is_final(summary->state))
        co_return Error{Code::AlreadyFinished, "The task has already finished."};

    // Like accepting, answering is carried through even if the asker goes away.
    auto reply = std::make_shared<Reply<Status>>(co_await this_executor(), shop->clock);
    const auto run = shop->find(caller.tenant, id);
    auto work = [shop, caller, id, answers = std::move(answers), reply] {
        return carry(shop, caller.tenant, id, answers, caller.subject, reply);
    };
    shop->on_floor(run ? run->place : shop->pick_floor(), "answer", std::move(work), [reply] {
        reply->give(Error{Code::Unavailable, "The server is stopping; give the answer again later."});
    });
    auto done = co_await reply->wait(kNever);
    if (!done) co_return Error{Code::Cancelled, "The request was given up."};
    co_return std::move(*done);
}

}  // namespace meshai::mesh
