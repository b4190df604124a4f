#include "net/tcp/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace meshai::net {
namespace {

bool is_shortage(int error_number) {
    return error_number == EMFILE || error_number == ENFILE || error_number == ENOBUFS ||
           error_number == ENOMEM;
}

}  // namespace

TcpListener::TcpListener(Executor ex, Clock& clock, int fd, Endpoint local, bool is_v6, MakeConnection make,
                         std::function<void()> on_close)
    : ex_(ex),
      clock_(clock),
      socket_(ex, clock, fd, is_v6),
      local_(std::move(local)),
      is_v6_(is_v6),
      make_(std::move(make)),
      on_close_(std::move(on_close)) {}

TcpListener::~TcpListener() {
    TcpListener::close();
}

void TcpListener::close() {
    socket_.close();
    if (auto tell = std::exchange(on_close_, nullptr)) tell();
}

Async<Result<std::unique_ptr<Connection>>> TcpListener::accept() {
    const Error ended{Code::Cancelled, "The listener is closed."};
    for (;;) {
        if (socket_.fd() < 0 || co_await is_cancelled()) co_return ended;
        const int fd = ::accept4(socket_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            const int on = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
            co_return make_(std::make_unique<Socket>(ex_, clock_, fd, is_v6_));
        }
        if (is_shortage(errno)) {
            auto error = socket_error(errno);
            error.code = Code::ResourceExhausted;
            error.message = "There are no resources left for another connection.";
            co_return error;
        }
        // accept(2): errors that are pending on the new connection are to be treated like EAGAIN.
        if (errno != EAGAIN && errno != EWOULDBLOCK) continue;
        auto ready = co_await socket_.wait(For::Reading, kNever);
        if (!ready) co_return ended;
    }
}

}  // namespace meshai::net
