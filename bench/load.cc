#include "bench/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/scope.h"
#include "net/client/client.h"
#include "net/sse/reader.h"
#include "net/tcp/network.h"

namespace meshai::bench {
namespace {

struct Tally {
    std::size_t next = 0;
    std::size_t failed = 0;
    std::size_t events = 0;
    std::vector<double> first_ms{};
    std::vector<double> whole_ms{};
    std::string complaint{};
};

double ms_since(const Clock& clock, MonoTime begin) {
    return std::chrono::duration<double, std::milli>(clock.now() - begin).count();
}

Async<bool> read_stream(net::client::Answer& answer, Clock& clock, MonoTime begin, Tally& tally) {
    net::sse::Reader reader;
    bool is_first = true;
    for (;;) {
        auto piece = co_await answer.next();
        if (!piece || !*piece) co_return false;
        for (const auto& message : reader.feed(**piece)) {
            if (std::exchange(is_first, false)) tally.first_ms.push_back(ms_since(clock, begin));
            ++tally.events;
            if (message.data == "[DONE]") co_return true;
        }
    }
}

Async<void> one_client(const Load& load, net::client::Client& client, Clock& clock, Tally& tally) {
    const auto url = net::http::parse_url(load.url);
    while (url && tally.next < load.requests) {
        ++tally.next;
        const auto begin = clock.now();
        net::client::Request request{.url = *url, .body = load.body, .reach = net::Reach::Anywhere};
        request.headers.set("Content-Type", "application/json");
        request.headers.set("Accept", "text/event-stream");
        if (!load.key.empty()) request.headers.set("Authorization", "Bearer " + load.key);
        auto answer = co_await client.open(std::move(request));
        const bool is_fine =
            answer && (*answer)->status() == 200 && co_await read_stream(**answer, clock, begin, tally);
        if (!is_fine) {
            ++tally.failed;
            tally.complaint =
                answer ? fmt::format("status {}", (*answer)->status()) : answer.error().error.message;
        }
        tally.whole_ms.push_back(ms_since(clock, begin));
    }
}

Async<void> all_clients(const Load& load, Scope& scope, net::client::Client& client, Clock& clock,
                        Tally& tally, asio::io_context& io) {
    for (std::size_t i = 0; i < load.parallel; ++i)
        scope.spawn("client", one_client(load, client, clock, tally));
    co_await scope.drained();
    io.stop();
}

double percentile(std::vector<double>& values, double fraction) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    return values[static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1))];
}

}  // namespace

int run_load(const Load& load) {
    asio::io_context io{1};
    SystemClock clock;
    MemoryLog log;
    net::TcpNetwork network(clock);
    net::client::Client client(io.get_executor(), network, clock, log);
    Scope scope(io.get_executor(), clock, log);
    Scope outer(io.get_executor(), clock, log);
    Tally tally;

    const auto begin = clock.now();
    outer.spawn("load", all_clients(load, scope, client, clock, tally, io));
    io.run();
    const double seconds = ms_since(clock, begin) / 1000;

    fmt::print(
        "{{\"requests\":{},\"failed\":{},\"events\":{},\"seconds\":{:.3f},\"streams_per_s\":{:.1f},"
        "\"events_per_s\":{:.0f},\"first_ms_p50\":{:.2f},\"first_ms_p99\":{:.2f},\"whole_ms_p50\":{:.2f},"
        "\"whole_ms_p99\":{:.2f}}}\n",
        load.requests, tally.failed, tally.events, seconds, static_cast<double>(load.requests) / seconds,
        static_cast<double>(tally.events) / seconds, percentile(tally.first_ms, 0.5),
        percentile(tally.first_ms, 0.99), percentile(tally.whole_ms, 0.5), percentile(tally.whole_ms, 0.99));
    if (tally.failed > 0)
        fmt::print(stderr, "{} of {} failed: {}\n", tally.failed, load.requests, tally.complaint);
    return tally.failed == 0 ? 0 : 1;
}

}  // namespace meshai::bench
