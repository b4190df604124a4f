// net/tls/connection.h
//
// TLS over a non-blocking socket: OpenSSL reads from and writes to the socket
// itself, so that an idle connection owns no buffer of ours and, thanks to
// SSL_MODE_RELEASE_BUFFERS, none of OpenSSL's. An end without close_notify is
// a broken connection, not an end: nobody can cut an answer short unseen.
// One executor.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "net/network.h"
#include "net/tcp/socket.h"

namespace meshai::net::tls {

struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslPtr = std::unique_ptr<SSL, FreeSsl>;

class TlsConnection final : public Connection {
  public:
    TlsConnection(Clock& clock, std::unique_ptr<Socket> socket, SslPtr ssl);
    ~TlsConnection() override;

    Async<Status> handshake(MonoTime deadline);

    Async<Status> readable(MonoTime deadline) override;
    Async<Result<std::size_t>> read_some(std::span<char> into, MonoTime deadline) override;
    Async<Status> write(std::string_view bytes, MonoTime deadline) override;
    void finish_writing() override;
    void close() override;
    std::string peer() const override { return peer_; }
    bool is_encrypted() const override { return true; }

  private:
    enum class Next { TryAgain, End };

    /// What to do after an OpenSSL call that gave `result` instead of success.
    Async<Result<Next>> after(int result, For side, MonoTime deadline);
    Async<Status> usable() const;
    Error broken();

    Clock& clock_;
    std::unique_ptr<Socket> socket_;
    SslPtr ssl_;
    std::string peer_;
    bool has_failed_ = false;
};

}  // namespace meshai::net::tls
