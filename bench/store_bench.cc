// How fast the SQLite store takes events: `store_bench FOLDER [SECONDS]` appends
// one event at a time from 1, 64 and 1000 callers, each to a log of its own, and
// prints events per second and how long a caller waited. Group commit shows as
// the growth from the first line to the last. Absolute numbers are those of the disk.

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdlib>
#include <iostream>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "store/sqlite/engine.h"

namespace meshai::bench {
namespace {

const TenantId kTenant{"bench"};
constexpr std::size_t kEventBytes = 200;

struct Caller {
    TaskId log;
    std::vector<Duration> waits{};
    Status failure{};
};

Async<void> append_until(store::Engine& engine, Clock& clock, Caller& caller, MonoTime end) {
    for (Seq last; clock.now() < end; last = last.next()) {
        store::Unit unit{kTenant, {{caller.log, last, {}}}, {}};
        unit.appends[0].records.push_back({EventId{fmt::format("{}-{}", caller.log.value, last.value)},
                                           clock.wall(), std::string(kEventBytes, 'x'), false});
        const auto begun = clock.now();
        auto outcome = co_await engine.commit(std::move(unit), kNever);
        if (!outcome) {
            caller.failure = std::move(outcome);
            co_return;
        }
        caller.waits.push_back(clock.now() - begun);
    }
}

double millis(Duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

Status measure(store::Engine& engine, std::size_t callers_count, std::chrono::seconds span) {
    SystemClock clock;
    asio::io_context io(1);
    std::vector<Caller> callers(callers_count);
    const auto begun = clock.now();
    for (std::size_t i = 0; i < callers_count; ++i) {
        callers[i].log.value = fmt::format("t_{}_{}", callers_count, i);
        asio::co_spawn(io, append_until(engine, clock, callers[i], begun + span), asio::detached);
    }
    io.run();
    const auto took = clock.now() - begun;

    std::vector<Duration> waits;
    for (auto& caller : callers) {
        if (!caller.failure) return caller.failure;
        waits.insert(waits.end(), caller.waits.begin(), caller.waits.end());
    }
    std::ranges::sort(waits);
    std::cout << fmt::format("{:5} callers  {:8.0f} events/s  median {:7.2f} ms  99 % {:7.2f} ms\n",
                             callers_count, static_cast<double>(waits.size()) / millis(took) * 1000,
                             millis(waits[waits.size() / 2]), millis(waits[waits.size() * 99 / 100]));
    return {};
}

int run(const std::string& folder, std::chrono::seconds span) {
    SystemClock clock;
    MemoryLog log;
    auto engine = store::open_sqlite({.path = folder + "/store_bench.db"}, clock, log);
    Status outcome;
    if (!engine) outcome = engine.error();
    for (const std::size_t callers : {1U, 64U, 1000U})
        if (outcome) outcome = measure(**engine, callers, span);
    if (outcome) return 0;
    std::cerr << outcome.error().message << " " << outcome.error().cause << "\n";
    return 1;
}

}  // namespace
}  // namespace meshai::bench

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: store_bench FOLDER [SECONDS]   (an empty folder on the disk in question)\n";
        return 2;
    }
    return meshai::bench::run(argv[1], std::chrono::seconds(argc > 2 ? std::atoi(argv[2]) : 5));
}
