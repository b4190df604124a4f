#include "mesh/executor/attempt.h"
#include "mesh/executor/state.h"

namespace meshai::mesh {
namespace {

using Done = std::shared_ptr<Reply<bool>>;

std::vector<std::shared_ptr<Run>> all_runs(const Workshop& shop) {
    std::vector<std::shared_ptr<Run>> all;
    std::lock_guard lock(shop.mutex);
    for (const auto& [id, run] : shop.runs) all.push_back(run);
    return all;
}

void stop(Workshop& shop, const std::shared_ptr<Run>& run) {
    run->mail.ask_to_stop();
    run->wake.notify();
    asio::post(shop.floor_of(*run).place.ex, [run] {
        if (run->now_running) run->now_running->cancel();
    });
}

Async<void> close_floor(Floor& floor, Done done) {
    co_await floor.runs.close();
    done->give(true);
}

/// Ends every coroutine of a floor and waits for it.
Async<void> close_from_here(Workshop& shop, Floor& floor) {
    auto done = std::make_shared<Reply<bool>>(co_await this_executor(), shop.clock);
    asio::post(floor.place.ex, [&floor, done] {
        if (!floor.keeper.spawn("close", close_floor(floor, done))) done->give(true);
    });
    (void)co_await done->wait(kNever);
}

}  // namespace

Async<void> TaskExecutor::drain(Duration grace) {
    std::shared_ptr<Workshop> shop = state_;
    auto emptied = std::make_shared<Reply<bool>>(co_await this_executor(), shop->clock);
    {
        std::lock_guard lock(shop->mutex);
        shop->is_draining = true;
        if (!shop->runs.empty()) shop->emptied = emptied;
    }
    // Who has not begun need not begin: the next start does it.
    for (const auto& run : all_runs(*shop))
        if (!run->is_placed) stop(*shop, run);
    if (!all_runs(*shop).empty()) (void)co_await emptied->wait(shop->clock.in(grace));

    const auto left = all_runs(*shop);
    if (!left.empty()) shop->sink.info("tasks are left to the next start", {{"tasks", left.size()}});
    for (const auto& run : left) stop(*shop, run);
    for (const auto& floor : shop->floors) co_await close_from_here(*shop, *floor);
}

}  // namespace meshai::mesh
