// mcp_bench URL sessions|stateless PARALLEL: a load of tools/call on one MCP server.
// It opens its connections and says {"open":…}; then, for each number of calls on a
// line of standard input, it makes them and says one line of JSON. At the end of the
// input it closes its sessions. So whoever started it can look at the server between.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <vector>

#include "base/log.h"
#include "base/scope.h"
#include "bench/mcp/caller.h"
#include "net/tcp/network.h"

namespace meshai::bench {
namespace {

constexpr std::size_t kParallelMax = 1000;

/// All that one process does: one thread, one loop, some callers.
struct Load {
    asio::io_context io{1};
    SystemClock clock{};
    MemoryLog log{};
    net::TcpNetwork network{clock};
    std::vector<std::unique_ptr<Caller>> callers{};
    std::string complaint{};
    std::vector<double> wait_us{};
    std::size_t left = 0;
};

void note(Load& load, const Status& status) {
    if (!status) load.complaint = status.error().message;
}

Async<void> open_one(Load& load, Caller& caller) {
    note(load, co_await caller.open());
}

Async<void> close_one(Load& load, Caller& caller) {
    note(load, co_await caller.close());
}

/// Calls one after the other, as long as the load has calls left.
Async<void> call_many(Load& load, Caller& caller) {
    while (load.left > 0 && load.complaint.empty()) {
        --load.left;
        const auto begin = load.clock.now();
        note(load, co_await caller.call());
        load.wait_us.push_back(std::chrono::duration<double, std::micro>(load.clock.now() - begin).count());
    }
}

using Work = Async<void> (*)(Load&, Caller&);

/// Every caller does the same at once; whether all could.
bool all_do(Load& load, Work work) {
    Scope scope(load.io.get_executor(), load.clock, load.log);
    for (auto& caller : load.callers) scope.spawn("caller", work(load, *caller));
    load.io.restart();
    load.io.run();
    if (load.complaint.empty()) return true;
    std::cerr << "mcp_bench: " << load.complaint << "\n";
    return false;
}

double percentile(std::vector<double>& values, double fraction) {
    std::ranges::sort(values);
    return values[static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1))];
}

bool one_turn(Load& load, std::size_t calls) {
    load.left = calls;
    load.wait_us.clear();
    load.wait_us.reserve(calls);
    const auto begin = load.clock.now();
    if (!all_do(load, call_many)) return false;
    const auto seconds = std::chrono::duration<double>(load.clock.now() - begin).count();
    fmt::print(
        "{{\"calls\":{},\"calls_per_s\":{:.1f},\"p50_us\":{:.1f},\"p99_us\":{:.1f},\"form\":\"{}\"}}\n",
        calls, static_cast<double>(calls) / seconds, percentile(load.wait_us, 0.5),
        percentile(load.wait_us, 0.99), load.callers.front()->content_type());
    std::fflush(stdout);
    return true;
}

int run(const net::http::Url& url, Era era, std::size_t parallel) {
    Load load;
    for (std::size_t i = 0; i < parallel; ++i)
        load.callers.push_back(std::make_unique<Caller>(load.network, load.clock, url, era));
    if (!all_do(load, open_one)) return 1;
    fmt::print("{{\"open\":{}}}\n", parallel);
    std::fflush(stdout);
    for (std::size_t calls = 0; std::cin >> calls && calls > 0;)
        if (!one_turn(load, calls)) return 1;
    return all_do(load, close_one) ? 0 : 1;
}

}  // namespace
}  // namespace meshai::bench

int main(int count, char** words) {
    using namespace meshai;
    const std::string_view era = count == 4 ? words[2] : "";
    const auto parallel = count == 4 ? std::strtoul(words[3], nullptr, 10) : 0;
    const bool is_known = era == "sessions" || era == "stateless";
    if (!is_known || parallel == 0 || parallel > bench::kParallelMax) {
        std::cerr << "usage: mcp_bench URL sessions|stateless PARALLEL < numbers of calls\n";
        return 2;
    }
    const auto url = net::http::parse_url(words[1]);
    if (!url) {
        std::cerr << "mcp_bench: " << url.error().message << "\n";
        return 2;
    }
    return bench::run(*url, era == "sessions" ? bench::Era::Sessions : bench::Era::Stateless, parallel);
}
