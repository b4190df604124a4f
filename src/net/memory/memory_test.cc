#include <gtest/gtest.h>

#include "net/memory/network.h"
#include "net/memory/raw_client.h"

namespace meshai::net {
namespace {

const Endpoint kThere{"there", 80};

/// A listener that keeps what it accepts.
struct There {
    TestLoop loop;
    MemoryNetwork network{loop.clock};
    std::unique_ptr<Listener> listener = std::move(*network.listen(loop.ex(), kThere));

    std::unique_ptr<Connection> connect() {
        return std::move(*loop.run(network.connect(kThere, Security::Plain, Reach::Anywhere, kNever)));
    }
    std::unique_ptr<Connection> accept() { return std::move(*loop.run(listener->accept())); }
    std::string read(Connection& connection) {
        char piece[256];
        const auto count = loop.run(connection.read_some(piece, loop.clock.in(1h)));
        return count ? std::string(piece, *count) : "error: " + count.error().message;
    }
};

TEST(MemoryNetwork, ASlowReaderHoldsUpItsWriter) {
    There there;
    auto near = there.connect();
    auto far = there.accept();
    const std::string much(100'000, 'x');
    EXPECT_EQ(there.loop.run(near->write(much, there.loop.clock.in(5s))).error().code, Code::Timeout);
}

TEST(MemoryNetwork, ADelayIsKeptByTheClock) {
    There there;
    Faults faults;
    faults.to_server.delay = 2s;
    there.network.set_faults(kThere, faults);
    auto near = there.connect();
    auto far = there.accept();
    ASSERT_TRUE(there.loop.run(near->write("hi", kNever)));
    const auto start = there.loop.clock.now();
    EXPECT_EQ(there.read(*far), "hi");
    EXPECT_EQ(there.loop.clock.now() - start, 2s);
}

TEST(MemoryNetwork, ACutComesAfterExactlySoManyBytes) {
    for (const bool is_orderly : {true, false}) {
        There there;
        Faults faults;
        faults.to_server.cut_after = 3;
        faults.to_server.is_cut_orderly = is_orderly;
        there.network.set_faults(kThere, faults);
        auto near = there.connect();
        auto far = there.accept();
        EXPECT_FALSE(there.loop.run(near->write("hello", kNever)));
        EXPECT_EQ(there.read(*far), "hel");
        EXPECT_EQ(there.read(*far), is_orderly ? "" : "error: The connection broke.");
    }
}

TEST(MemoryNetwork, ListenersOfOneEndpointTakeTurns) {
    There there;
    auto second = std::move(*there.network.listen(there.loop.ex(), kThere));
    auto one = there.connect();
    auto two = there.connect();
    EXPECT_TRUE(there.loop.run(there.listener->accept()));
    EXPECT_TRUE(there.loop.run(second->accept()));
}

TEST(MemoryNetwork, ClosingOverUnreadBytesResetsThePeer) {
    There there;
    auto near = there.connect();
    auto far = there.accept();
    ASSERT_TRUE(there.loop.run(near->write("unread", kNever)));
    far.reset();
    EXPECT_EQ(there.read(*near), "error: The connection broke.");
}

}  // namespace
}  // namespace meshai::net
