// net/http/server.h
//
// HTTP/1.1 server (RFC 9112): reads requests of one connection after the other,
// checks what no handler should have to (limits, Host, Origin), and gives each
// to the handler as an Exchange. Pipelined requests are answered in order. One
// Server per executor; it owns its connections in a scope.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/signal.h"
#include "net/http/message.h"
#include "net/network.h"

namespace meshai::net::http {

/// Every bound of a connection, with its default. All are enforced before memory is spent.
struct Limits {
    std::size_t header_bytes = 32U << 10U;  ///< request line and fields: 431 (414 for the target)
    std::size_t header_fields = 100;        ///< 431
    std::size_t target_bytes = 8U << 10U;   ///< 414
    std::size_t body_bytes = 4U << 20U;     ///< 413, before the body is read where its length is known
    std::size_t connections = 10'000;       ///< of one server; more are closed at once
    std::size_t requests_per_connection = 100'000;
    Duration header_time = std::chrono::seconds(10);  ///< from first byte to end of head: 408
    Duration body_time = std::chrono::seconds(30);    ///< silence while reading a body: 408
    Duration idle_time = std::chrono::seconds(75);    ///< between requests
    Duration write_time = std::chrono::seconds(30);   ///< a peer that takes nothing for so long is gone
};

/// Who may talk to us (DNS rebinding: MCP 2025-11-25, transports, Security Warning).
struct AllowList {
    std::vector<std::string> hosts;  ///< names without port, beside the loopback names; 421 otherwise
    std::vector<std::string>
        origins;  ///< "https://app.example"; a foreign Origin gets 403. Loopback origins are fine
};

/// What is left of an exchange that leaves HTTP: the connection, and what the
/// client has said behind its request. All of it lives as long as the exchange.
struct Upgraded {
    Connection& connection;
    std::span<char> read_buffer;  ///< of the whole thread: used between a wake-up and the next wait only
    std::string early;            ///< bytes that were read already
};

/// One request and its answer. Lives while the handler runs; used on the
/// connection's executor. Exactly one of respond, start_stream or upgrade is called.
class Exchange {
  public:
    virtual ~Exchange() = default;

    virtual const RequestHead& head() const = 0;

    /// The whole body, at most Limits::body_bytes: TooLarge (413 is then the
    /// answer to give), Timeout (408), InvalidArgument (400: its chunks are
    /// broken), Unavailable when the peer went away. Once.
    virtual Async<Result<std::string>> body() = 0;

    /// A whole answer, with Content-Length.
    virtual Async<Status> respond(Response response) = 0;

    /// Head of an answer of unknown length: chunked (RFC 9112 7.1), or ended by
    /// closing for HTTP/1.0. `close_after` ends the connection with the stream.
    virtual Async<Status> start_stream(int status, Headers headers, bool close_after) = 0;

    /// One write to the socket. Fails with Unavailable when the peer is gone or
    /// took nothing for Limits::write_time.
    virtual Async<Status> write(std::string_view bytes) = 0;
    virtual Async<Status> finish_stream() = 0;

    /// Rings `signal` when the peer goes away; `is_peer_gone` then tells.
    virtual void watch_peer(Signal signal) = 0;
    virtual bool is_peer_gone() const = 0;

    /// Becomes true when the server drains: long streams end themselves at the
    /// next event. The signal given to watch_peer is rung then, too.
    virtual bool is_draining() const = 0;

    /// Leaves HTTP (RFC 9110 7.8). The answer, 101 and all that follows, is the
    /// caller's to write; nothing reads the connection beside the caller, and it
    /// ends with the handler. `draining` is rung when the server drains. Only for a
    /// request without a body.
    virtual Upgraded upgrade(Signal draining) = 0;
};

/// Handles one request. An exchange left unanswered becomes a 500.
using Handler = std::function<Async<void>(Exchange&)>;

class Server {
  public:
    Server(Executor ex, Clock& clock, Log& log, Metrics& metrics, Limits limits, AllowList allow,
           Handler handler);
    /// Asks what still runs to end, which it does when the executor runs next.
    /// Await `drain` before, where the metrics, the log or what the handler uses
    /// end before the executor does.
    ~Server();

    /// Accepts and serves until `stop`. One call per listener.
    void serve(std::unique_ptr<Listener> listener);

    /// Stops listening, lets streams and requests end (is_draining), and cuts
    /// what is left after `grace`.
    Async<void> drain(Duration grace);

    std::size_t connections() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

/// RFC 9457 problem as this server writes it: `application/problem+json` with
/// type, title, status, detail, code, and the family's extra members error,
/// message, success:false (see docs). `detail` is shown to the caller.
Response problem(int status, std::string_view code, std::string_view detail);

}  // namespace meshai::net::http
