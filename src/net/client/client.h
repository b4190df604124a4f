// net/client/client.h
//
// HTTP/1.1 client: pooled connections, TLS verified, streaming answers, and a
// limit for every phase. It follows no redirect: an answer 3xx is given to the
// caller as it is. One Client per executor.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "net/http/message.h"
#include "net/network.h"

namespace meshai::net::client {

struct Limits {
    Duration connect = std::chrono::seconds(5);
    Duration first_byte =
        std::chrono::seconds(60);                 ///< from the end of the request to the head of the answer
    Duration silence = std::chrono::seconds(60);  ///< between two pieces of the body
    MonoTime whole = kNever;                      ///< absolute
    std::size_t header_bytes = 32U << 10U;
    std::size_t body_bytes = 32U << 20U;  ///< of the answer, decoded
};

struct Request {
    std::string method = "POST";
    http::Url url;
    http::Headers headers{};  ///< Host, Content-Length and Connection are the client's own business
    std::string body{};
    Limits limits{};
    Reach reach = Reach::Public;
};

/// Why a call did not give an answer.
///   Unavailable      nothing was sent: no connection
///   InvalidArgument  nothing was sent: refused address, bad URL
///   Timeout          a limit passed
///   AgentProtocol    the peer broke HTTP or closed in the middle
///   TooLarge         over Limits::body_bytes
///   Cancelled        the scope was closed; the connection is gone with it
struct Failure {
    Error error;
    bool was_sent = false;  ///< whether any byte of the request may have reached the peer
};

/// An answer whose body is still coming.
class Answer {
  public:
    virtual ~Answer() = default;
    virtual int status() const = 0;
    virtual const http::Headers& headers() const = 0;

    /// The next bytes of the body as they come; nothing at its end.
    virtual Async<Result<std::optional<std::string>>> next() = 0;

    /// The rest of the body.
    virtual Async<Result<std::string>> rest() = 0;
};

class Client {
  public:
    Client(Executor ex, Network& network, Clock& clock, Log& log);
    ~Client();

    /// Sends the request and reads the head. A pooled connection that turns out
    /// to be dead before one byte came back is replaced once, for requests that
    /// were not sent or are idempotent by method.
    Async<std::expected<std::unique_ptr<Answer>, Failure>> open(Request request);

    /// The same, with the whole body read.
    Async<std::expected<http::Response, Failure>> fetch(Request request);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

inline constexpr std::size_t kPooledPerHostMax = 32;
inline constexpr Duration kPooledIdleMax = std::chrono::seconds(30);

}  // namespace meshai::net::client
