#include "net/tcp/connection.h"

#include <sys/socket.h>

#include <cerrno>

namespace meshai::net {
namespace {

Error cancelled() {
    return Error{Code::Cancelled, "The call was cancelled."};
}
Error closed() {
    return Error{Code::Unavailable, "The connection is closed."};
}
bool is_not_ready(int error_number) {
    return error_number == EAGAIN || error_number == EWOULDBLOCK;
}

}  // namespace

Async<Status> TcpConnection::readable(MonoTime deadline) {
    char peeked = 0;
    auto count = co_await receive(std::span(&peeked, 1), MSG_PEEK, deadline);
    if (!count) co_return count.error();
    co_return Status{};
}

Async<Result<std::size_t>> TcpConnection::read_some(std::span<char> into, MonoTime deadline) {
    return receive(into, 0, deadline);
}

Async<Result<std::size_t>> TcpConnection::receive(std::span<char> into, int flags, MonoTime deadline) {
    if (co_await is_cancelled()) co_return cancelled();
    for (;;) {
        if (socket_->fd() < 0) co_return closed();
        const auto count = ::recv(socket_->fd(), into.data(), into.size(), flags | MSG_DONTWAIT);
        if (count >= 0) co_return static_cast<std::size_t>(count);
        if (errno == EINTR) continue;
        if (!is_not_ready(errno)) co_return socket_error(errno);
        auto ready = co_await socket_->wait(For::Reading, deadline);
        if (!ready) co_return ready.error();
    }
}

Async<Status> TcpConnection::write(std::string_view bytes, MonoTime deadline) {
    if (co_await is_cancelled()) co_return cancelled();
    while (!bytes.empty()) {
        if (socket_->fd() < 0) co_return closed();
        const auto count = ::send(socket_->fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
            continue;
        }
        if (errno == EINTR) continue;
        if (!is_not_ready(errno)) co_return socket_error(errno);
        auto ready = co_await socket_->wait(For::Writing, deadline);
        if (!ready) co_return ready.error();
    }
    co_return Status{};
}

}  // namespace meshai::net
