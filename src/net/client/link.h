// net/client/link.h
//
// One connection of the client with what belongs to it: the bytes that came
// and the request that may still be on its way out. Shared between the answer
// that reads and the coroutine that writes a long request; closed by the
// answer. One executor.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/scope.h"
#include "net/client/client.h"
#include "net/http/inbox.h"

namespace meshai::net::client {

class Link : public std::enable_shared_from_this<Link> {
  public:
    Link(std::unique_ptr<Connection> connection, std::span<char> shared_buffer)
        : connection_(std::move(connection)), inbox_(*connection_, shared_buffer) {}

    /// Nothing has come and the peer has not ended it, so far as one can know.
    Async<bool> is_alive(Clock& clock);

    /// Writes a short request before it returns, a long one meanwhile: a peer
    /// may answer before it has read all. Each piece has `silence` of time.
    Async<void> send(std::string bytes, Clock& clock, Log& log, Duration silence, MonoTime whole);

    bool is_sending() const { return is_sending_; }
    /// Time at which the last byte was handed over.
    MonoTime sent_at() const { return sent_at_; }
    const Status& send_status() const { return send_status_; }

    void close();

    http::Inbox& inbox() { return inbox_; }
    bool is_reused() const { return calls_ > 1; }
    void count_call() { ++calls_; }

  private:
    static Async<void> write(std::shared_ptr<Link> self, std::string bytes, Clock& clock, Duration silence,
                             MonoTime whole);

    std::unique_ptr<Connection> connection_;
    http::Inbox inbox_;
    std::optional<Scope> sender_{};
    Status send_status_{};
    MonoTime sent_at_{};
    std::size_t calls_ = 0;
    bool is_sending_ = false;
};

}  // namespace meshai::net::client
