// cli/api.h
//
// Calls of the server's REST API, with its answers as JSON and its failures as
// one Trouble. Tries again only where that cannot do a thing twice. One executor.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "base/random.h"
#include "cli/exit_code.h"
#include "cli/target.h"
#include "net/client/client.h"

namespace meshai::cli {

/// Why a call gave no answer that can be used.
struct Trouble {
    Error error;
    int status = 0;                       ///< of HTTP; 0: no answer came
    std::optional<Duration> retry_after;  ///< the server's wish

    /// The server could not be reached, is busy or draining: later may be better.
    bool may_pass() const;
    ExitCode exit_code() const;
};

/// What a refused call says: RFC 9457, or the family's older forms. Pure.
Trouble trouble_of(int status, const net::http::Headers& headers, const std::string& body);

/// The server's wish for when to come again. Pure.
std::optional<Duration> retry_after_of(const net::http::Headers& headers);

template <class T>
using Reply = std::expected<T, Trouble>;

struct ApiCall {
    std::string method = "GET";
    std::string path;
    std::optional<json::value> body{};
    std::string idempotency_key{};
};

class Api {
  public:
    Api(net::client::Client& http, Clock& clock, Target target);

    /// One call. A body that is not JSON comes back as a text.
    Async<Reply<json::value>> call(ApiCall wanted);

    /// The same, tried again while the trouble may pass, until `give_up`. For
    /// calls that may be made twice: GET, DELETE, or with an idempotency key.
    Async<Reply<json::value>> call_patiently(ApiCall wanted, MonoTime give_up);

    /// The stream of a task behind the event `last_id` ("": from its beginning).
    Async<Reply<std::unique_ptr<net::client::Answer>>> open_stream(std::string task_id, std::string last_id);

    /// A stream of events at `path`, behind the event `last_id` ("": from where it begins).
    Async<Reply<std::unique_ptr<net::client::Answer>>> open_events(std::string path, std::string last_id);

    Clock& clock() { return clock_; }
    const Target& target() const { return target_; }

  private:
    net::client::Request request_of(const ApiCall& wanted) const;

    net::client::Client& http_;
    Clock& clock_;
    Target target_;
};

/// Waits between tries: 0.5 s, 1 s, 2 s, … at most 10 s.
inline constexpr Duration kRetryFirst = std::chrono::milliseconds(500);
inline constexpr Duration kRetryMax = std::chrono::seconds(10);
Duration retry_wait(int tries);

/// A server that restarts is back long before.
inline constexpr Duration kPatience = std::chrono::minutes(2);

/// `text` as one segment of a path or a value of a query.
std::string percent_encoded(std::string_view text);

}  // namespace meshai::cli
