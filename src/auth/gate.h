// auth/gate.h
//
// Who are you, what may you do, and how often: the one question every door asks
// before it reads a body. Keys are looked up by their SHA-256, which is all the
// store knows of them; tenant and subject come from the key and from nowhere
// else. Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/random.h"
#include "base/result.h"
#include "net/http/message.h"
#include "store/engine.h"

namespace meshai::auth {

/// What a key may do. "mcp:manage" includes the others and sees the whole tenant.
inline constexpr std::string_view kScopeRead = "mcp:read";
inline constexpr std::string_view kScopeExecute = "mcp:execute";
inline constexpr std::string_view kScopeManage = "mcp:manage";

struct Principal {
    TenantId tenant;
    Subject subject;
    std::string key_id;
    std::set<std::string> scopes;

    bool may(std::string_view scope) const;  ///< has it, or has mcp:manage
};

/// Where a key stands in its window, for the headers of every answer.
struct Rate {
    unsigned limit = 0;  ///< 0: none
    unsigned remaining = 0;
    std::int64_t reset_unix_s = 0;
    unsigned reset_in_s = 0;
};

struct Admission {
    Principal principal;
    Rate rate;
};

/// X-RateLimit-Limit, -Remaining, -Reset and the RateLimit fields of the IETF draft.
void add_rate_headers(net::http::Headers& headers, const Rate& rate);

inline constexpr unsigned kRequestsPerMinute = 100;
inline constexpr int kFailuresPerPeerMax = 5;  ///< wrong keys of one address in kLockoutTime
inline constexpr Duration kLockoutTime = std::chrono::minutes(5);

/// Why the gate stays closed: the error, and the header fields that go with it
/// (WWW-Authenticate, Retry-After, rate).
struct Refusal {
    Error error;  ///< Unauthenticated, RateLimited
    net::http::Headers headers;
};

class Gate {
  public:
    Gate(store::Engine& engine, Clock& clock, Log& log, unsigned requests_per_minute);

    /// A gate that is open: whoever comes is `everybody`, as often as they like. For
    /// servers that only tests talk to; no configuration leads here.
    explicit Gate(Principal everybody);
    ~Gate();

    /// `Authorization: Bearer KEY`, `Authorization: KEY`, or `X-API-Key: KEY`. Counts one request.
    Async<std::expected<Admission, Refusal>> admit(const net::http::RequestHead& head);

    /// Somebody showed another thing than a key that lets in (a link), and it is
    /// wrong: counted like a wrong key of this peer. RateLimited after too many.
    Refusal refuse_wrong(const net::http::RequestHead& head, Error error);

  private:
    struct State;
    std::unique_ptr<State> state_{};
    std::optional<Principal> everybody_{};
};

}  // namespace meshai::auth
