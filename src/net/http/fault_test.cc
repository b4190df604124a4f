// What the world does to connections: cuts at every byte, handlers that throw,
// listeners that fail, clients that never stop talking.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http/server.h"
#include "net/memory/network.h"
#include "net/memory/raw_client.h"

namespace meshai::net::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const Endpoint kHere{"127.0.0.1", 80};

Async<void> echo(Exchange& exchange) {
    auto body = co_await exchange.body();
    if (!body) co_return;
    if (!co_await exchange.start_stream(200, {}, false)) co_return;
    if (!co_await exchange.write(*body)) co_return;
    (void)co_await exchange.finish_stream();
}

TEST(Faults, AConnectionCutAtAnyByteLeavesNothingBehind) {
    const std::string request =
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    for (const bool is_orderly : {true, false})
        for (std::size_t cut = 0; cut <= 2 * request.size(); ++cut) {
            TestLoop loop;
            MemoryNetwork network(loop.clock);
            Faults faults;
            // The first bytes are the request's, the later ones the answer's.
            auto& pipe = cut <= request.size() ? faults.to_server : faults.to_client;
            pipe.cut_after = cut <= request.size() ? cut : cut - request.size();
            pipe.is_cut_orderly = is_orderly;
            network.set_faults(kHere, faults);
            Metrics metrics;
            Server server(loop.ex(), loop.clock, loop.log, metrics, {}, {}, echo);
            server.serve(*network.listen(loop.ex(), kHere));
            RawClient client(loop, network, kHere);
            client.listens();
            client.says(request);
            loop.passes(3min);
            EXPECT_EQ(server.connections(), 0U) << "cut at " << cut;
            EXPECT_THAT(loop.log.lines(), SizeIs(0)) << "cut at " << cut;
            loop.run(server.drain(0s));
        }
}

TEST(Faults, AnExceptionInTheMiddleOfAStreamCutsIt) {
    TestLoop loop;
    MemoryNetwork network(loop.clock);
    Metrics metrics;
    Server server(loop.ex(), loop.clock, loop.log, metrics, {}, {}, [](Exchange& exchange) -> Async<void> {
        (void)co_await exchange.start_stream(200, {}, false);
        (void)co_await exchange.write("half");
        throw std::runtime_error("seven");
    });
    server.serve(*network.listen(loop.ex(), kHere));
    RawClient client(loop, network, kHere);
    client.says("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(client.takes(), EndsWith("4\r\nhalf\r\n"));
    EXPECT_TRUE(client.is_ended());
    EXPECT_THAT(loop.log.lines(), SizeIs(1));
    loop.run(server.drain(0s));
}

TEST(Faults, AClientThatNeverStopsTalkingDuringAStreamIsNotListenedTo) {
    TestLoop loop;
    MemoryNetwork network(loop.clock);
    Metrics metrics;
    Server server(loop.ex(), loop.clock, loop.log, metrics, {}, {},
                  [&loop](Exchange& exchange) -> Async<void> {
                      Signal bell(loop.ex(), loop.clock);
                      exchange.watch_peer(bell);
                      (void)co_await exchange.start_stream(200, {}, true);
                      EXPECT_EQ(co_await bell.wait_until(loop.clock.in(5s)), Wake::Deadline);
                      (void)co_await exchange.write("still here");
                      (void)co_await exchange.finish_stream();
                  });
    server.serve(*network.listen(loop.ex(), kHere));
    RawClient client(loop, network, kHere);
    client.listens();
    client.says("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + std::string(10'000'000, 'x'));
    loop.passes(5s);
    EXPECT_THAT(client.takes(), HasSubstr("still here\r\n0\r\n\r\n"));
    EXPECT_FALSE(client.is_broken());
    loop.run(server.drain(0s));
}

/// Fails a few times, as a kernel without descriptors does, then gives what the real one gives.
class Exhausted final : public Listener {
  public:
    explicit Exhausted(std::unique_ptr<Listener> inner) : inner_(std::move(inner)) {}
    Async<Result<std::unique_ptr<Connection>>> accept() override {
        if (failures_left_-- > 0) co_return Error{Code::ResourceExhausted, "No descriptors."};
        co_return co_await inner_->accept();
    }
    Endpoint local() const override { return inner_->local(); }
    void close() override { inner_->close(); }

  private:
    std::unique_ptr<Listener> inner_;
    int failures_left_ = 5;
};

TEST(Faults, AListenerWithoutDescriptorsIsAskedAgainALittleLaterAndLoggedOnce) {
    TestLoop loop;
    MemoryNetwork network(loop.clock);
    Metrics metrics;
    Server server(loop.ex(), loop.clock, loop.log, metrics, {}, {}, echo);
    server.serve(std::make_unique<Exhausted>(*network.listen(loop.ex(), kHere)));
    RawClient client(loop, network, kHere);
    client.says("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.takes(), "");
    loop.passes(1s);
    EXPECT_THAT(client.takes(), HasSubstr("200 OK"));
    EXPECT_THAT(loop.log.lines(), SizeIs(1));
    loop.run(server.drain(0s));
}

TEST(Faults, RequestsOfOneConnectionAreCounted) {
    TestLoop loop;
    MemoryNetwork network(loop.clock);
    Metrics metrics;
    Server server(loop.ex(), loop.clock, loop.log, metrics, Limits{.requests_per_connection = 2}, {}, echo);
    server.serve(*network.listen(loop.ex(), kHere));
    RawClient client(loop, network, kHere);
    const std::string get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client.says(get);
    EXPECT_THAT(client.takes(), Not(HasSubstr("Connection: close")));
    client.says(get + get);
    EXPECT_THAT(client.takes(), HasSubstr("Connection: close"));
    EXPECT_TRUE(client.is_ended());
    loop.run(server.drain(0s));
}

}  // namespace
}  // namespace meshai::net::http
