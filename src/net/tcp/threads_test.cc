// Several executors on threads of their own share one network, as the server
// runs: each has its server on the common port, its client, its connections.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/real_loop.h"
#include "net/client/client.h"
#include "net/http/server.h"
#include "net/tcp/network.h"

namespace meshai::net {
namespace {

constexpr int kThreads = 3;
constexpr int kRequestsPerThread = 50;

Async<void> echo(http::Exchange& exchange) {
    auto body = co_await exchange.body();
    if (body) (void)co_await exchange.respond(http::Response{200, {}, *body});
}

int ask_many(RealLoop& loop, Network& network, const Endpoint& at) {
    client::Client client(loop.ex(), network, loop.clock, loop.log);
    int answered = 0;
    for (int i = 0; i < kRequestsPerThread; ++i) {
        client::Request request;
        request.url = *http::parse_url("http://" + to_text(at) + "/");
        request.reach = Reach::Anywhere;
        request.body = std::to_string(i);
        const auto answer = loop.run(client.fetch(std::move(request)));
        if (answer && answer->body == std::to_string(i)) ++answered;
    }
    return answered;
}

TEST(Threads, EachServesAndAsksOnOnePort) {
    SystemClock clock;
    TcpNetwork network(clock);
    Metrics metrics;
    struct Part {
        RealLoop loop;
        std::unique_ptr<http::Server> server;
        int answered = 0;
    };
    std::vector<std::unique_ptr<Part>> parts;
    Endpoint at{"127.0.0.1", 0};
    for (int i = 0; i < kThreads; ++i) {
        auto part = std::make_unique<Part>();
        part->server = std::make_unique<http::Server>(part->loop.ex(), part->loop.clock, part->loop.log,
                                                      metrics, http::Limits{}, http::AllowList{}, echo);
        auto listener = std::move(*network.listen(part->loop.ex(), at));
        at = listener->local();
        part->server->serve(std::move(listener));
        parts.push_back(std::move(part));
    }
    std::atomic<int> still_asking = kThreads;
    std::vector<std::thread> threads;
    for (auto& part : parts)
        threads.emplace_back([&part, &network, &still_asking, at] {
            part->answered = ask_many(part->loop, network, at);
            --still_asking;
            // Others may still be talking to this thread's server.
            while (still_asking > 0) part->loop.run(pause(part->loop.clock, 1ms)).value();
            part->loop.run(part->server->drain(1s));
        });
    for (auto& thread : threads) thread.join();
    for (const auto& part : parts) EXPECT_EQ(part->answered, kRequestsPerThread);
}

}  // namespace
}  // namespace meshai::net
