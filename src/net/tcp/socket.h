// net/tcp/socket.h
//
// A non-blocking socket that one coroutine may wait at for reading and another
// for writing, each with a deadline. It reads and writes nothing itself: TCP
// and TLS connections do, through fd(). A wait that ends by its deadline stays
// armed and serves the next one. One executor.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/signal.h"

namespace meshai::net {

enum class For { Reading, Writing };

class Socket {
  public:
    /// Takes over `fd`, which is a TCP socket and non-blocking. When the system
    /// has no room to watch it, the socket is closed from the start.
    Socket(Executor ex, Clock& clock, int fd, bool is_v6);
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    /// Waits until the socket may be ready; the caller tries again and may find that it is not.
    Async<Status> wait(For what, MonoTime deadline);

    /// -1 after close.
    int fd() const;

    void finish_writing();
    void close();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

/// The Error of a failed call on a socket: Unavailable, with errno's words as cause.
Error socket_error(int error_number);

/// "127.0.0.1" or "::1", of the peer of a connected socket.
std::string peer_of(int fd);

}  // namespace meshai::net
