#include "mesh/executor/executor.h"

#include "mesh/executor/accept.h"
#include "mesh/executor/attempt.h"
#include "mesh/executor/recovery.h"
#include "mesh/executor/request_check.h"
#include "mesh/executor/state.h"

namespace meshai::mesh {

namespace {

constexpr std::string_view kDisconnected = "client disconnected";

/// Holds a client's interest; its end is noticed on any thread.
class Following final : public Attachment {
  public:
    Following(std::shared_ptr<Workshop> shop, TenantId tenant, TaskId id, task::OnDisconnect policy)
        : shop_(std::move(shop)), tenant_(std::move(tenant)), id_(std::move(id)) {
        shop_->attachments.add(tenant_, id_, policy);
    }
    ~Following() override;

  private:
    std::shared_ptr<Workshop> shop_;
    TenantId tenant_;
    TaskId id_;
};

Async<void> end_unwatched(std::shared_ptr<Workshop> shop, TenantId tenant, TaskId id) {
    auto done = co_await cancel_task(shop, tenant, id, std::string(kDisconnected),
                                     "The client that waited for the task is gone.");
    const bool is_noted = done || done.error().code == Code::AlreadyFinished;
    if (!is_noted)
        shop->sink.warn("a task without a client cannot be cancelled",
                        {{"task", id.value}, {"cause", done.error().message}});
}

Async<void> end_after_grace(std::shared_ptr<Workshop> shop, TenantId tenant, TaskId id, std::uint64_t visit) {
    if (auto waited = co_await pause(shop->clock, shop->limits.grace); !waited) co_return;
    if (shop->is_draining || !shop->attachments.is_still_alone(tenant, id, visit)) co_return;
    co_await end_unwatched(shop, tenant, id);
}

Following::~Following() {
    const auto leaving = shop_->attachments.remove(tenant_, id_);
    // A server that stops ends its streams itself: that is no client going away.
    if (leaving.policy == task::OnDisconnect::Continue || shop_->is_draining) return;
    const auto run = shop_->find(tenant_, id_);
    const auto floor = run ? run->place : 0;
    auto shop = shop_;
    if (leaving.policy == task::OnDisconnect::Cancel)
        shop->on_floor(
            floor, "client gone",
            [shop, tenant = tenant_, id = id_] { return end_unwatched(shop, tenant, id); }, nullptr);
    else
        shop->on_floor(
            floor, "client gone",
            [shop, tenant = tenant_, id = id_, visit = leaving.visit] {
                return end_after_grace(shop, tenant, id, visit);
            },
            nullptr);
}

}  // namespace

TaskExecutor::TaskExecutor(task::TaskLog& log, Registry& registry, Router& router, std::vector<Place> places,
                           AdapterFactory make_adapter, ExecutorLimits limits, Clock& clock, Random& random,
                           Log& sink, Metrics& metrics, std::string server_name)
    : state_(std::make_shared<State>(log, registry, router, std::move(places), std::move(make_adapter),
                                     limits, clock, random, sink, metrics, std::move(server_name))) {}

TaskExecutor::~TaskExecutor() = default;

Async<Result<task::Submission>> TaskExecutor::submit(task::Caller caller, task::Request request,
                                                     std::optional<std::string> idempotency_key) {
    std::shared_ptr<Workshop> shop = state_;
    if (shop->is_draining) co_return draining();
    // What the definition says of time and budget stands in the request before it is fitted.
    if (request.is_composite()) {
        if (!shop->conductor.check) co_return Error{Code::InvalidArgument, "This server runs no workflows."};
        if (auto fine = shop->conductor.check(caller.tenant, request); !fine) co_return fine.error();
    }
    auto fitted = fit_request(std::move(request), shop->limits);
    if (!fitted) co_return fitted.error();
    co_return co_await accept_task(shop,
                                   {std::move(caller), std::move(*fitted), std::move(idempotency_key), {}});
}

void TaskExecutor::set_conductor(Conductor conductor) {
    state_->conductor = std::move(conductor);
}

Async<Result<task::Summary>> TaskExecutor::cancel(task::Caller caller, TaskId id, std::string why) {
    std::shared_ptr<Workshop> shop = state_;
    auto summary = co_await shop->log.summary(caller, id);
    if (!summary) co_return summary.error();
    if (task::is_final(summary->state))
        co_return Error{Code::AlreadyFinished, "The task has already finished."};

    // Like accepting, cancelling is carried through even if the asker goes away.
    auto reply = std::make_shared<Reply<Status>>(co_await this_executor(), shop->clock);
    const auto run = shop->find(caller.tenant, id);
    const auto by = caller.subject.value.empty() ? std::string("client") : caller.subject.value;
    auto carry = [](std::shared_ptr<Workshop> at, TenantId tenant, TaskId task, std::string who,
                    std::string reason, std::shared_ptr<Reply<Status>> answer) -> Async<void> {
        answer->give(
            co_await cancel_task(at, std::move(tenant), std::move(task), std::move(who), std::move(reason)));
    };
    auto work = [shop, tenant = caller.tenant, id, by, why = std::move(why), reply, carry] {
        return carry(shop, tenant, id, by, why, reply);
    };
    shop->on_floor(run ? run->place : shop->pick_floor(), "cancel", std::move(work),
                   [reply] { reply->give(Status{draining()}); });
    auto done = co_await reply->wait(kNever);
    if (!done) co_return Error{Code::Cancelled, "The request was given up."};
    if (!*done) co_return done->error();
    co_return co_await shop->log.summary(caller, id);
}

std::unique_ptr<Attachment> TaskExecutor::attach(TenantId tenant, TaskId id, task::OnDisconnect policy) {
    return std::make_unique<Following>(state_, std::move(tenant), std::move(id), policy);
}

Async<Status> TaskExecutor::recover() {
    std::shared_ptr<Workshop> shop = state_;
    auto done = co_await recover_own(shop);
    if (done) shop->on_floor(0, "watch the servers", [shop] { return watch_servers(shop); }, nullptr);
    co_return done;
}

void TaskExecutor::on_ended(EndedListener listener) {
    state_->ended = std::move(listener);
}

ExecutorStats TaskExecutor::stats() const {
    auto stats = state_->tallies.stats();
    stats.running = state_->admission.running();
    stats.queued = state_->admission.waiting();
    return stats;
}

}  // namespace meshai::mesh
