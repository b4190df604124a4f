// net/memory/raw_client.h
//
// A client for tests that knows no HTTP: it says the bytes it is told and
// keeps what comes back. Used where the bytes themselves are the subject, and
// for clients that misbehave. One thread.
#pragma once

#include <stdexcept>
#include <string>

#include "base/test_loop.h"
#include "net/network.h"

namespace meshai::net {

class RawClient {
  public:
    RawClient(TestLoop& loop, Network& network, const Endpoint& to)
        : loop_(loop), heard_(std::make_shared<Heard>()) {
        auto connected = loop.run(network.connect(to, Security::Plain, Reach::Anywhere, kNever));
        if (!connected) throw std::runtime_error(connected.error().message);
        connection_ = std::move(*connected);
    }

    /// Says the bytes and lets everything happen that follows without time passing.
    void says(std::string bytes) {
        loop_.scope.spawn("raw client writes", write(connection_, std::move(bytes)));
        loop_.settle();
    }

    /// Starts to listen; a client that never does is a slow one.
    void listens() {
        if (!std::exchange(is_listening_, true))
            loop_.scope.spawn("raw client reads", read(connection_, heard_));
        loop_.settle();
    }

    /// What came since the last call.
    std::string takes() {
        listens();
        return std::exchange(heard_->bytes, {});
    }

    /// The server has ended the connection, orderly or not.
    bool is_ended() {
        listens();
        return heard_->is_ended;
    }

    /// The connection broke: bytes may be lost.
    bool is_broken() {
        listens();
        return heard_->is_broken;
    }

    void finishes_writing() {
        connection_->finish_writing();
        loop_.settle();
    }

    void leaves() {
        connection_->close();
        loop_.settle();
    }

  private:
    struct Heard {
        std::string bytes{};
        bool is_ended = false;
        bool is_broken = false;
    };

    static Async<void> write(std::shared_ptr<Connection> connection, std::string bytes) {
        // A server that closes early is a finding of the test, not of the client.
        (void)co_await connection->write(bytes, kNever);
    }

    static Async<void> read(std::shared_ptr<Connection> connection, std::shared_ptr<Heard> heard) {
        char piece[4096];
        for (;;) {
            auto count = co_await connection->read_some(piece, kNever);
            if (!count) heard->is_broken = true;
            if (!count || *count == 0) break;
            heard->bytes.append(piece, *count);
        }
        heard->is_ended = true;
    }

    TestLoop& loop_;
    std::shared_ptr<Connection> connection_{};
    std::shared_ptr<Heard> heard_;
    bool is_listening_ = false;
};

}  // namespace meshai::net
