#include "net/tcp/socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace meshai::net {
namespace {

using tcp = asio::ip::tcp;
using AsioSocket = asio::basic_stream_socket<tcp, Executor>;

}  // namespace

struct Socket::State : std::enable_shared_from_this<State> {
    struct Side {
        Side(Executor ex, Clock& clock) : bell(ex, clock) {}
        Signal bell;
        bool is_armed = false;
    };

    State(Executor ex, Clock& clock, int fd, bool is_v6)
        : socket(ex), reading(ex, clock), writing(ex, clock) {
        boost::system::error_code failed;
        socket.assign(is_v6 ? tcp::v6() : tcp::v4(), fd, failed);
        if (failed) ::close(fd);
    }

    AsioSocket socket;
    Side reading;
    Side writing;

    void arm(Side& side, AsioSocket::wait_type type) {
        if (std::exchange(side.is_armed, true)) return;
        socket.async_wait(type, [self = shared_from_this(), &side](const boost::system::error_code&) {
            // An error shows itself when the caller tries again.
            side.is_armed = false;
            side.bell.notify();
        });
    }
};

Socket::Socket(Executor ex, Clock& clock, int fd, bool is_v6)
    : state_(std::make_shared<State>(ex, clock, fd, is_v6)) {}

Socket::~Socket() {
    close();
}

Async<Status> Socket::wait(For what, MonoTime deadline) {
    auto state = state_;
    if (!state->socket.is_open()) co_return Error{Code::Unavailable, "The connection is closed."};
    auto& side = what == For::Reading ? state->reading : state->writing;
    state->arm(side, what == For::Reading ? AsioSocket::wait_read : AsioSocket::wait_write);
    switch (co_await side.bell.wait_until(deadline)) {
        case Wake::Cancelled:
            co_return Error{Code::Cancelled, "The wait was cancelled."};
        case Wake::Deadline:
            co_return Error{Code::Timeout, "The peer was silent for too long."};
        case Wake::Notified:
            break;
    }
    if (!state->socket.is_open()) co_return Error{Code::Unavailable, "The connection is closed."};
    co_return Status{};
}

int Socket::fd() const {
    return state_->socket.is_open() ? state_->socket.native_handle() : -1;
}

void Socket::finish_writing() {
    if (const int open = fd(); open >= 0) ::shutdown(open, SHUT_WR);
}

void Socket::close() {
    boost::system::error_code ignored;
    state_->socket.close(ignored);
}

Error socket_error(int error_number) {
    char words[128];
    return Error{Code::Unavailable, "The connection broke.", ::strerror_r(error_number, words, sizeof words)};
}

std::string peer_of(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return "";
    tcp::endpoint endpoint;
    std::memcpy(endpoint.data(), &storage, std::min<std::size_t>(size, endpoint.capacity()));
    auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return address.to_string();
}

}  // namespace meshai::net
