// net/network.h
//
// Bytes to and from other machines, as interfaces: tcp/ is the real network,
// memory/ the one of the tests. HTTP, both sides, is written against these and
// knows nothing else. A connection lives and dies on one executor; it is used
// by one reader and one writer at a time.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"

namespace meshai::net {

/// Where to connect to, or to listen on. Port 0 listens on a free port.
struct Endpoint {
    std::string host;  ///< name or address literal, without brackets
    std::uint16_t port = 0;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// "127.0.0.1:80", "[::1]:80"
std::string to_text(const Endpoint& endpoint);
Result<Endpoint> parse_endpoint(std::string_view text);

class Connection {
  public:
    virtual ~Connection() = default;

    /// Waits until bytes (or the end) can be read, without holding a buffer.
    /// Timeout, Cancelled, or Unavailable when the connection broke.
    virtual Async<Status> readable(MonoTime deadline) = 0;

    /// Reads what is there, at least one byte; 0 is the peer's orderly end.
    virtual Async<Result<std::size_t>> read_some(std::span<char> into, MonoTime deadline) = 0;

    /// Writes all of `bytes` (which live until it returns), or fails.
    virtual Async<Status> write(std::string_view bytes, MonoTime deadline) = 0;

    /// No more bytes will be written; the peer reads an end. Reading goes on.
    virtual void finish_writing() = 0;

    /// Ends it at once. Idempotent; destroying the connection does the same.
    virtual void close() = 0;

    /// The peer's address, for logs and lockouts: "127.0.0.1".
    virtual std::string peer() const = 0;
    virtual bool is_encrypted() const = 0;
};

class Listener {
  public:
    virtual ~Listener() = default;
    /// The next connection. Cancelled when closed.
    virtual Async<Result<std::unique_ptr<Connection>>> accept() = 0;
    virtual Endpoint local() const = 0;
    virtual void close() = 0;
};

/// Which addresses a connection may go to.
enum class Reach {
    Public,   ///< global unicast addresses only: for endpoints that clients registered
    Anywhere  ///< loopback and private networks too: for endpoints of the operator's file
};

/// How the bytes are protected on the way out.
enum class Security { Plain, Tls };

class Network {
  public:
    virtual ~Network() = default;

    /// Resolves, checks every address against `reach` after resolving (so that
    /// a name cannot hide a private address), connects, and makes TLS if asked:
    /// certificate and host name verified. InvalidArgument for a refused
    /// address, Unavailable when nobody answers, Timeout.
    virtual Async<Result<std::unique_ptr<Connection>>> connect(Endpoint to, Security security, Reach reach,
                                                               MonoTime deadline) = 0;

    /// Several listeners of one endpoint on different executors share the
    /// connections (SO_REUSEPORT).
    virtual Result<std::unique_ptr<Listener>> listen(Executor ex, Endpoint at) = 0;
};

}  // namespace meshai::net
