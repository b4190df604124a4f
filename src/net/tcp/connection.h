// net/tcp/connection.h
//
// A plain TCP connection: tries first, waits when the kernel has nothing. It
// holds no bytes of its own. One executor.
#pragma once

#include "net/network.h"
#include "net/tcp/socket.h"

namespace meshai::net {

class TcpConnection final : public Connection {
  public:
    explicit TcpConnection(std::unique_ptr<Socket> socket)
        : socket_(std::move(socket)), peer_(peer_of(socket_->fd())) {}

    Async<Status> readable(MonoTime deadline) override;
    Async<Result<std::size_t>> read_some(std::span<char> into, MonoTime deadline) override;
    Async<Status> write(std::string_view bytes, MonoTime deadline) override;
    void finish_writing() override { socket_->finish_writing(); }
    void close() override { socket_->close(); }
    std::string peer() const override { return peer_; }
    bool is_encrypted() const override { return false; }

  private:
    Async<Result<std::size_t>> receive(std::span<char> into, int flags, MonoTime deadline);

    std::unique_ptr<Socket> socket_;
    std::string peer_;
};

}  // namespace meshai::net
