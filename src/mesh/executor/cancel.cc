#include <algorithm>

#include "mesh/executor/attempt.h"
#include "mesh/executor/workshop.h"

namespace meshai::mesh {
namespace {

/// How long a client waits until its wish is in the log.
constexpr Duration kCancelWait = std::chrono::seconds(30);
constexpr int kCancelTriesMax = 8;

/// The agent hears of it now, even while the run is busy writing.
void stop_agent(Workshop& shop, const std::shared_ptr<Run>& run) {
    asio::post(shop.floor_of(*run).place.ex, [run] {
        if (run->now_running) run->now_running->cancel();
    });
}

/// For a task that no run of this process has, or has not yet: the log alone
/// decides. Whoever writes the ending counts it: a run that comes later finds
/// its log closed, writes nothing and counts nothing.
Async<Status> cancel_in_log(Workshop& shop, TenantId tenant, TaskId id, task::Cancelled body) {
    for (int tries = 0; tries < kCancelTriesMax; ++tries) {
        auto view = co_await shop.log.view(tenant, id);
        if (!view) co_return view.error();
        auto wrote = co_await shop.log.append(tenant, id, view->last, {body});
        if (wrote) {
            // The log has wall times only, and a wall clock may have been set back meanwhile.
            const auto took = std::max<Duration>(wrote->back().at - view->submitted_at, Duration::zero());
            shop.tallies.ended(body, took);
            if (shop.ended) shop.ended(tenant, id);
            co_return Status{};
        }
        if (wrote.error().code != Code::Conflict) co_return wrote.error();
    }
    co_return Error{Code::Conflict, "The task is too busy to be cancelled right now; try again."};
}

}  // namespace

Async<Status> cancel_task(std::shared_ptr<Workshop> shop, TenantId tenant, TaskId id, std::string by,
                          std::string why) {
    auto run = shop->find(tenant, id);
    if (run) {
        auto reply = std::make_shared<Reply<Status>>(co_await this_executor(), shop->clock);
        CancelWish wish{by, why, [reply](Status status) { reply->give(std::move(status)); }};
        if (run->mail.put(std::move(wish))) {
            stop_agent(*shop, run);
            run->wake.notify();
            auto answer = co_await reply->wait(shop->clock.in(kCancelWait));
            if (answer) co_return std::move(*answer);
            co_return Error{Code::Unavailable,
                            "The task is being cancelled, which could not be stored yet; ask again later."};
        }
    }
    co_return co_await cancel_in_log(*shop, tenant, id, task::Cancelled{by, why});
}

}  // namespace meshai::mesh
