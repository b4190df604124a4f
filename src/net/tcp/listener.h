// net/tcp/listener.h
//
// Takes connections from the kernel. A shortage (no file descriptors, no
// memory) is an error for the caller, who waits a little; what concerns one
// connection only is skipped. One executor.
#pragma once

#include <functional>

#include "net/network.h"
#include "net/tcp/socket.h"

namespace meshai::net {

/// Makes the connection of an accepted socket: plain or TLS.
using MakeConnection = std::function<std::unique_ptr<Connection>(std::unique_ptr<Socket> socket)>;

class TcpListener final : public Listener {
  public:
    TcpListener(Executor ex, Clock& clock, int fd, Endpoint local, bool is_v6, MakeConnection make,
                std::function<void()> on_close);
    ~TcpListener() override;

    Async<Result<std::unique_ptr<Connection>>> accept() override;
    Endpoint local() const override { return local_; }
    void close() override;

  private:
    Executor ex_;
    Clock& clock_;
    Socket socket_;
    Endpoint local_;
    bool is_v6_;
    MakeConnection make_;
    std::function<void()> on_close_;
};

}  // namespace meshai::net
