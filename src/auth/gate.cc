#include "auth/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "auth/credentials.h"
#include "auth/keys/row.h"
#include "auth/limits/windows.h"

namespace meshai::auth {
namespace {

constexpr Duration kRateWindow = std::chrono::minutes(1);
/// A key that `meshai key revoke` ends in another process still opens the gate for so long.
constexpr Duration kCacheTime = std::chrono::seconds(2);
constexpr std::size_t kCachedKeysMax = 10'000;
constexpr std::size_t kCountedKeysMax = 100'000;
constexpr std::size_t kCountedPeersMax = 10'000;

/// Whole seconds, rounded up: whoever waits so long is let in.
unsigned seconds_until(MonoTime when, MonoTime now) {
    if (when <= now) return 0;
    return static_cast<unsigned>(std::chrono::ceil<std::chrono::seconds>(when - now).count());
}

/// RFC 6750 3: a challenge on every 401; the error attribute only where a credential was shown.
net::http::Headers challenge(bool shown) {
    std::string value = "Bearer realm=\"meshai\"";
    if (shown) value += ", error=\"invalid_token\", error_description=\"Invalid API key\"";
    return {{"WWW-Authenticate", std::move(value)}};
}

}  // namespace

bool Principal::may(std::string_view scope) const {
    return scopes.contains(std::string(scope)) || scopes.contains(std::string(kScopeManage));
}

void add_rate_headers(net::http::Headers& headers, const Rate& rate) {
    if (rate.limit == 0) return;
    headers.set("X-RateLimit-Limit", std::to_string(rate.limit));
    headers.set("X-RateLimit-Remaining", std::to_string(rate.remaining));
    headers.set("X-RateLimit-Reset", std::to_string(rate.reset_unix_s));
    // draft-ietf-httpapi-ratelimit-headers: RateLimit-Policy says the quota (q) and
    // its window in seconds (w), RateLimit what remains (r) and until when (t).
    headers.set("RateLimit-Policy",
                fmt::format("\"key\";q={};w={}", rate.limit, std::chrono::seconds(60).count()));
    headers.set("RateLimit", fmt::format("\"key\";r={};t={}", rate.remaining, rate.reset_in_s));
}

struct Gate::State {
    State(store::Engine& the_engine, Clock& the_clock, Log& the_log, unsigned limit)
        : engine(the_engine), clock(the_clock), log(the_log), requests_per_minute(limit) {}

    struct Cached {
        KeyRecord record;
        MonoTime until;
    };

    store::Engine& engine;
    Clock& clock;
    Log& log;
    unsigned requests_per_minute;

    std::mutex mutex;  // guards what follows; never held over an await
    std::unordered_map<std::string, Cached> cache;
    Windows requests{kRateWindow, kCountedKeysMax};
    Windows failures{kLockoutTime, kCountedPeersMax};

    Async<Result<KeyRecord>> look_up(std::string key);
    std::optional<KeyRecord> cached(const std::string& hash);
    void keep(const std::string& hash, const KeyRecord& record);
    std::expected<Admission, Refusal> admit_known(const KeyRecord& record);
    Refusal refuse_wrong(const std::string& peer, Error error);
};

Gate::Gate(store::Engine& engine, Clock& clock, Log& log, unsigned requests_per_minute)
    : state_(std::make_unique<State>(engine, clock, log, requests_per_minute)) {}

Gate::Gate(Principal everybody) : everybody_(std::move(everybody)) {}

Gate::~Gate() = default;

Async<std::expected<Admission, Refusal>> Gate::admit(const net::http::RequestHead& head) {
    if (everybody_) co_return Admission{*everybody_, Rate{}};
    auto key = shown_key(head.headers);
    if (!key) co_return std::unexpected(Refusal{key.error(), challenge(true)});
    if (!key->has_value()) {
        // No key is not a wrong key: MCP clients ask once without, to be told how. It is not counted.
        Error error{Code::Unauthenticated,
                    "This needs an API key: send \"Authorization: Bearer KEY\" or \"X-API-Key: KEY\"."};
        co_return std::unexpected(Refusal{std::move(error), challenge(false)});
    }
    auto record = co_await state_->look_up(std::move(**key));
    if (record) co_return state_->admit_known(*record);
    if (record.error().code == Code::Unauthenticated)
        co_return std::unexpected(state_->refuse_wrong(head.peer, record.error()));
    // The store cannot say; the gate stays closed, and nobody is blamed for it.
    co_return std::unexpected(Refusal{record.error(), {{"Retry-After", "1"}}});
}

Refusal Gate::refuse_wrong(const net::http::RequestHead& head, Error error) {
    if (everybody_) return Refusal{std::move(error), {}};
    return state_->refuse_wrong(head.peer, std::move(error));
}

Async<Result<KeyRecord>> Gate::State::look_up(std::string key) {
    if (key.size() > kKeyBytesMax)
        co_return Error{Code::Unauthenticated, "Invalid API key", "longer than any key"};
    const auto hash = key_hash(key);
    auto known = cached(hash);
    if (!known) {
        auto found = co_await find_key(engine, hash);
        if (!found) co_return found.error();
        known = std::move(*found);
        keep(hash, *known);
    }
    // Asked again for a cached key: it may expire while it lies in the cache.
    if (auto valid = check_valid_at(*known, clock.wall()); !valid) co_return valid.error();
    co_return std::move(*known);
}

std::optional<KeyRecord> Gate::State::cached(const std::string& hash) {
    std::lock_guard lock(mutex);
    const auto found = cache.find(hash);
    if (found == cache.end()) return std::nullopt;
    if (found->second.until > clock.now()) return found->second.record;
    cache.erase(found);
    return std::nullopt;
}

void Gate::State::keep(const std::string& hash, const KeyRecord& record) {
    std::lock_guard lock(mutex);
    // Everything in here is at most kCacheTime old, so emptying a full cache costs
    // each key one read of the store, not more than waiting would have.
    if (cache.size() >= kCachedKeysMax) cache.clear();
    cache.insert_or_assign(hash, Cached{record, clock.in(kCacheTime)});
}

std::expected<Admission, Refusal> Gate::State::admit_known(const KeyRecord& record) {
    const auto now = clock.now();
    Windows::Window window;
    bool is_over = false;
    {
        std::lock_guard lock(mutex);
        window = requests.at(record.id, now);
        is_over = window.count >= requests_per_minute;
        if (!is_over) window = requests.count(record.id, now);
    }
    Rate rate;
    rate.limit = requests_per_minute;
    rate.remaining = requests_per_minute - std::min(window.count, requests_per_minute);
    rate.reset_in_s = seconds_until(window.ends, now);
    rate.reset_unix_s =
        std::chrono::floor<std::chrono::seconds>(clock.wall()).time_since_epoch().count() + rate.reset_in_s;
    if (is_over) {
        Refusal refusal{
            {Code::RateLimited,
             fmt::format("Rate limit exceeded: this key may make {} requests a minute. Try again in "
                         "{} s.",
                         rate.limit, rate.reset_in_s)},
            {{"Retry-After", std::to_string(rate.reset_in_s)}}};
        add_rate_headers(refusal.headers, rate);
        return std::unexpected(std::move(refusal));
    }
    return Admission{{record.tenant, record.subject, record.id, {record.scopes.begin(), record.scopes.end()}},
                     rate};
}

Refusal Gate::State::refuse_wrong(const std::string& peer, Error error) {
    const auto now = clock.now();
    Windows::Window window;
    {
        std::lock_guard lock(mutex);
        window = failures.count(peer, now);
    }
    if (window.count <= kFailuresPerPeerMax) {
        log.warn("a request with a wrong API key was refused",
                 {{"peer", peer}, {"why", error.cause}, {"failures", window.count}});
        return {std::move(error), challenge(true)};
    }
    const auto wait = seconds_until(window.ends, now);
    if (window.count == kFailuresPerPeerMax + 1)
        log.warn("an address is locked out after too many wrong API keys",
                 {{"peer", peer}, {"seconds", wait}});
    return {{Code::RateLimited,
             fmt::format("Too many wrong API keys from this address. Try again in {} s.", wait), error.cause},
            {{"Retry-After", std::to_string(wait)}}};
}

}  // namespace meshai::auth
