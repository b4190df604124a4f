// net/tls/context.h
//
// Certificates and rules of TLS, read once and shared by all connections of
// all threads: who we are (server side), whom we trust (client side). TLS 1.2
// and 1.3, forward secrecy and authenticated encryption only, ALPN http/1.1.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "net/network.h"
#include "net/tcp/socket.h"

namespace meshai::net::tls {

struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, FreeContext>;

class ServerContext {
  public:
    /// PEM files: the certificate with its chain, and the key without a passphrase.
    static Result<std::shared_ptr<ServerContext>> load(const std::string& certificate_file,
                                                       const std::string& key_file);

    ServerContext(ContextPtr context, std::string certificate_file, std::string key_file);

    /// Reads the files again for connections made from now on. When that fails
    /// the old certificate stays. Any thread.
    Status reload();

    /// The server's end of a connection. The handshake is made by its first read.
    std::unique_ptr<Connection> accept(Clock& clock, std::unique_ptr<Socket> socket);

  private:
    const std::string certificate_file_;
    const std::string key_file_;
    std::mutex mutex_;
    ContextPtr context_;  // guarded by mutex_
};

class ClientContext {
  public:
    /// Trusts the system's authorities and those of `extra_ca_file` (PEM), if one is given.
    static Result<std::shared_ptr<ClientContext>> make(const std::string& extra_ca_file = {});

    explicit ClientContext(ContextPtr context) : context_(std::move(context)) {}

    /// Makes the handshake; the certificate must be good for `host`. Unavailable when it is not.
    Async<Result<std::unique_ptr<Connection>>> connect(Clock& clock, std::unique_ptr<Socket> socket,
                                                       std::string host, MonoTime deadline);

  private:
    ContextPtr context_;
};

/// What OpenSSL says about the last failure of this thread; empties its queue.
std::string last_words();

}  // namespace meshai::net::tls
