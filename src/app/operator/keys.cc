#include "app/operator/keys.h"

#include <fmt/format.h>

#include <charconv>

#include "app/config/quantity.h"
#include "app/logging/stderr_log.h"
#include "app/operator/blocking.h"
#include "app/operator/stored.h"
#include "auth/keys/keys.h"

namespace meshai::app {
namespace {

/// What a command that visits the store needs, and nothing of a server.
struct Visit {
    explicit Visit(const Config& config) : log(config.log, clock) {}

    SystemClock clock{};
    SystemRandom random{};
    StderrLog log;
    asio::io_context loop{1};  // outlives the engine, whose threads answer to it
    std::unique_ptr<store::Engine> engine{};

    Status open(const Config& config) {
        auto opened = open_store(config.store, Use::Visit, clock, log);
        if (!opened) return opened.error();
        engine = std::move(*opened);
        return {};
    }

    auth::Keys keys() { return {*engine, clock, random}; }
};

std::string_view state_of(const auth::KeyRecord& record, WallTime now) {
    if (record.revoked_at) return "revoked";
    if (record.expires_at && *record.expires_at <= now) return "expired";
    return "active";
}

json::value time_or_null(const std::optional<WallTime>& time) {
    return time ? json::value(rfc3339(*time)) : json::value(nullptr);
}

json::object to_json(const auth::KeyRecord& record, WallTime now) {
    return {{"id", record.id},
            {"tenant", record.tenant.value},
            {"name", record.name},
            {"subject", record.subject.value},
            {"scopes", to_array(record.scopes)},
            {"prefix", record.prefix},
            {"state", state_of(record, now)},
            {"created_at", rfc3339(record.created_at)},
            {"expires_at", time_or_null(record.expires_at)},
            {"revoked_at", time_or_null(record.revoked_at)}};
}

/// The number that `text` is, all of it.
std::optional<int> whole_number(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::chrono::sys_days> parse_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = whole_number(text.substr(0, 4));
    const auto month = whole_number(text.substr(5, 2));
    const auto day = whole_number(text.substr(8, 2));
    if (!year || !month || !day || *month < 0 || *day < 0) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date};
}

}  // namespace

Result<std::optional<WallTime>> parse_expiry(const std::string& text, WallTime now) {
    if (text.empty()) return std::optional<WallTime>{};
    if (const auto day = parse_day(text)) return std::optional<WallTime>{*day + std::chrono::days(1)};
    constexpr Millis kLifeMax = std::chrono::hours(24 * 36'500);
    const auto life = parse_time(text);
    if (life && *life <= kLifeMax) return std::optional<WallTime>{now + *life};
    return Error{
        Code::InvalidArgument,
        fmt::format(
            "\"{}\" is not a time for a key to end; write \"90d\", \"12h\" or a day as \"2027-01-31\".",
            text)};
}

std::vector<std::string> split_commas(const std::vector<std::string>& texts) {
    std::vector<std::string> parts;
    for (const auto& text : texts) {
        std::size_t begin = 0;
        while (begin <= text.size()) {
            const auto end = std::min(text.find(',', begin), text.size());
            if (end > begin) parts.push_back(text.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    return parts;
}

Result<json::object> create_key(const Config& config, const KeyWish& wish) {
    Visit visit(config);
    auto expires = parse_expiry(wish.expires, visit.clock.wall());
    if (!expires) return expires.error();
    if (auto opened = visit.open(config); !opened) return opened.error();

    auth::NewKey wanted{.tenant = TenantId{wish.tenant},
                        .name = wish.name,
                        .subject = Subject{wish.subject},
                        .scopes = split_commas(wish.scopes),
                        .is_test = wish.is_test,
                        .expires_at = *expires};
    auto keys = visit.keys();
    auto created = run_to_end<Result<auth::CreatedKey>>(visit.loop, [&] { return keys.create(wanted); });
    if (!created) return created.error();
    return json::object{{"id", created->record.id},
                        {"key", created->key},
                        {"tenant", created->record.tenant.value},
                        {"scopes", to_array(created->record.scopes)}};
}

Result<json::array> list_keys(const Config& config) {
    Visit visit(config);
    if (auto opened = visit.open(config); !opened) return opened.error();
    auto keys = visit.keys();
    auto records = run_to_end<Result<std::vector<auth::KeyRecord>>>(visit.loop, [&] { return keys.list(); });
    if (!records) return records.error();
    json::array list;
    for (const auto& record : *records) list.push_back(to_json(record, visit.clock.wall()));
    return list;
}

Status revoke_key(const Config& config, const std::string& id) {
    Visit visit(config);
    if (auto opened = visit.open(config); !opened) return opened.error();
    auto keys = visit.keys();
    return run_to_end<Status>(visit.loop, [&] { return keys.revoke(id); });
}

}  // namespace meshai::app
