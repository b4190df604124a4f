// agents/testing/peer.h
//
// An agent's HTTP server for tests, which knows no HTTP: it reads whole
// requests, keeps them, and answers each with the bytes the test wrote down,
// however wrong they are, then closes, resets or hangs. One thread.
#pragma once

#include <charconv>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/test_loop.h"
#include "net/memory/network.h"

namespace meshai::agents {

/// What follows the last byte of an answer.
enum class Then { Close, Hang, Reset, Next };  ///< Next: the connection goes on with another request

struct Piece {
    std::string bytes;
    Duration before{};  ///< time that passes first
};

struct Reply {
    std::vector<Piece> pieces{};
    Then then = Then::Close;
};

/// An answer with a length, as a correct server gives it.
inline std::string answer(int status, std::string_view type, std::string_view body,
                          std::string_view more = "") {
    return fmt::format("HTTP/1.1 {} X\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n{}", status, type,
                       body.size(), more, body);
}

/// A stream that ends with its connection (RFC 9112 6.3, 8).
inline std::string stream(std::string_view events, std::string_view more = "") {
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{}Connection: close\r\n\r\n{}",
                       more, events);
}

class FakePeer {
  public:
    FakePeer(TestLoop& loop, net::Network& network, net::Endpoint at) : loop_(loop), ex_(loop.ex()), at_(at) {
        auto listening = network.listen(ex_, at);
        listener_ = std::move(*listening);
        loop.scope.spawn("fake peer", accept());
    }

    /// How the next request that is not spoken for is answered.
    void replies(std::string bytes, Then then = Then::Close) {
        replies_.push_back({{{std::move(bytes)}}, then});
    }
    void replies(Reply reply) { replies_.push_back(std::move(reply)); }

    /// The requests so far: head and body as they came.
    const std::vector<std::string>& requests() const { return requests_; }
    std::string body(std::size_t index) const {
        const auto& text = requests_.at(index);
        return text.substr(text.find("\r\n\r\n") + 4);
    }
    std::string first_line(std::size_t index) const {
        const auto& text = requests_.at(index);
        return text.substr(0, text.find("\r\n"));
    }
    bool has_header(std::size_t index, std::string_view line) const {
        return requests_.at(index).find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
    }

    /// Clients that went away while the peer still had something to do.
    int left_alone() const { return left_alone_; }

  private:
    using ConnectionPtr = std::shared_ptr<net::Connection>;

    Async<void> accept() {
        for (;;) {
            auto connection = co_await listener_->accept();
            if (!connection) co_return;
            loop_.scope.spawn("fake peer serves", serve(std::move(*connection)));
        }
    }

    Async<void> serve(ConnectionPtr connection) {
        std::string pending;
        for (;;) {
            auto request = co_await read_request(connection, pending);
            if (request.empty()) co_return;
            requests_.push_back(std::move(request));
            Reply reply{.then = Then::Hang};
            if (!replies_.empty()) {
                reply = std::move(replies_.front());
                replies_.pop_front();
            }
            for (const auto& piece : reply.pieces) {
                if (piece.before > Duration{}) (void)co_await pause(loop_.clock, piece.before);
                if (!co_await connection->write(piece.bytes, kNever)) ++left_alone_;
            }
            if (reply.then == Then::Next) continue;
            if (reply.then == Then::Hang) co_await wait_for_the_end(connection);
            co_return;
        }
    }

    Async<void> wait_for_the_end(ConnectionPtr connection) {
        char more[256];
        auto count = co_await connection->read_some(more, kNever);
        if (!count || *count == 0) ++left_alone_;
    }

    static std::size_t length_of(std::string_view head) {
        constexpr std::string_view kName = "Content-Length: ";
        const auto at = head.find(kName);
        std::size_t length = 0;
        if (at != std::string_view::npos)
            std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
        return length;
    }

    static Async<std::string> read_request(ConnectionPtr connection, std::string& pending) {
        char piece[4096];
        for (;;) {
            const auto end = pending.find("\r\n\r\n");
            if (end != std::string::npos) {
                const auto whole = end + 4 + length_of(pending.substr(0, end));
                if (pending.size() >= whole) {
                    auto request = pending.substr(0, whole);
                    pending.erase(0, whole);
                    co_return request;
                }
            }
            auto count = co_await connection->read_some(piece, kNever);
            if (!count || *count == 0) co_return std::string{};
            pending.append(piece, *count);
        }
    }

    TestLoop& loop_;
    Executor ex_;
    net::Endpoint at_;
    std::unique_ptr<net::Listener> listener_{};
    std::deque<Reply> replies_{};
    std::vector<std::string> requests_{};
    int left_alone_ = 0;
};

}  // namespace meshai::agents
