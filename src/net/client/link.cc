#include "net/client/link.h"

#include <algorithm>

namespace meshai::net::client {
namespace {

// What fits into any socket's buffer is written at once; more is written while the answer is awaited.
constexpr std::size_t kWrittenAtOnceMax = 16U << 10U;
constexpr std::size_t kWritePieceBytes = 64U << 10U;

}  // namespace

Async<bool> Link::is_alive(Clock& clock) {
    if (inbox_.bytes() > 0 || inbox_.has_ended()) co_return false;
    // An answer to nothing, an end or a reset would be readable now.
    const auto ready = co_await connection_->readable(clock.now());
    co_return !ready && ready.error().code == Code::Timeout;
}

Async<void> Link::send(std::string bytes, Clock& clock, Log& log, Duration silence, MonoTime whole) {
    is_sending_ = true;
    send_status_ = {};
    if (bytes.size() <= kWrittenAtOnceMax) {
        co_await write(shared_from_this(), std::move(bytes), clock, silence, whole);
        co_return;
    }
    sender_.emplace(co_await this_executor(), clock, log);
    sender_->spawn("send a request", write(shared_from_this(), std::move(bytes), clock, silence, whole));
}

Async<void> Link::write(std::shared_ptr<Link> self, std::string bytes, Clock& clock, Duration silence,
                        MonoTime whole) {
    std::string_view rest = bytes;
    while (!rest.empty() && self->send_status_) {
        const auto piece = rest.substr(0, kWritePieceBytes);
        self->send_status_ = co_await self->connection_->write(piece, std::min(whole, clock.in(silence)));
        rest.remove_prefix(piece.size());
    }
    self->is_sending_ = false;
    self->sent_at_ = clock.now();
}

void Link::close() {
    if (sender_) sender_->cancel();
    connection_->close();
}

}  // namespace meshai::net::client
