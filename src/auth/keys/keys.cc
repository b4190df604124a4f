#include "auth/keys/keys.h"

#include <algorithm>
#include <array>

#include "auth/keys/row.h"
#include "base/json.h"

namespace meshai::auth {
namespace {

constexpr std::size_t kNameBytesMax = 128;
constexpr std::size_t kTenantBytesMax = 64;
constexpr Duration kCommitTime = std::chrono::seconds(10);
constexpr std::size_t kKeysMax = 1'000'000;  ///< of a list; a bound on memory, not a promise
/// Of 43 letters of 62, each as likely as the next: 256 bits.
constexpr int kKeyLetters = 43;
constexpr std::size_t kPrefixLetters = 4;  ///< shown in lists; 232 bits stay secret

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

std::string make_key(bool is_test, Random& random) {
    std::string key = is_test ? "msk_test_" : "msk_live_";
    for (int i = 0; i < kKeyLetters; ++i) key += kAlphabet[random.number(kAlphabet.size())];
    return key;
}

bool is_plain_text(std::string_view text) {
    return is_valid_utf8(text) && std::ranges::none_of(text, [](char letter) {
               return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F;
           });
}

Status check_tenant(const TenantId& tenant) {
    const auto is_letter_or_digit = [](char letter) { return kAlphabet.contains(letter); };
    const auto& name = tenant.value;
    const bool good =
        !name.empty() && name.size() <= kTenantBytesMax && is_letter_or_digit(name.front()) &&
        std::ranges::all_of(name, [&](char letter) {
            return is_letter_or_digit(letter) || letter == '-' || letter == '_' || letter == '.';
        });
    if (good) return {};
    return Error{
        Code::InvalidArgument,
        fmt::format("The tenant \"{}\" cannot be used: write up to {} letters, digits, '-', '_' or '.', "
                    "beginning with a letter or digit.",
                    valid_utf8(name), kTenantBytesMax)};
}

Status check_name(std::string_view what, std::string_view name) {
    if (!name.empty() && name.size() <= kNameBytesMax && is_plain_text(name)) return {};
    return Error{Code::InvalidArgument,
                 fmt::format("The {} of a key must be 1 to {} bytes of text without control characters.",
                             what, kNameBytesMax)};
}

/// "read", "mcp:read" and the family's older "mcp:admin" as the scope they mean.
Result<std::string> scope_of(std::string_view word) {
    if (word.starts_with("mcp:")) word.remove_prefix(4);
    if (word == "read") return std::string(kScopeRead);
    if (word == "execute") return std::string(kScopeExecute);
    if (word == "manage" || word == "admin") return std::string(kScopeManage);
    return Error{Code::InvalidArgument,
                 fmt::format("There is no scope \"{}\"; the scopes are {}, {} and {}.", valid_utf8(word),
                             kScopeRead, kScopeExecute, kScopeManage)};
}

Result<std::vector<std::string>> scopes_of(const std::vector<std::string>& words) {
    if (words.empty())
        return std::vector{std::string(kScopeRead), std::string(kScopeExecute), std::string(kScopeManage)};
    std::vector<std::string> scopes;
    for (const auto& word : words) {
        auto scope = scope_of(word);
        if (!scope) return scope.error();
        if (std::ranges::find(scopes, *scope) == scopes.end()) scopes.push_back(std::move(*scope));
    }
    return scopes;
}

/// Checks what the operator asked for and makes the record; the key itself comes later.
Result<KeyRecord> record_of(const NewKey& wanted, WallTime now, Random& random) {
    if (auto good = check_tenant(wanted.tenant); !good) return good.error();
    if (auto good = check_name("name", wanted.name); !good) return good.error();
    const auto subject = wanted.subject.empty() ? Subject{wanted.name} : wanted.subject;
    if (auto good = check_name("subject", subject.value); !good) return good.error();
    auto scopes = scopes_of(wanted.scopes);
    if (!scopes) return scopes.error();
    if (wanted.expires_at && *wanted.expires_at <= now)
        return Error{Code::InvalidArgument, "The key would have expired already; give a time in the future."};

    KeyRecord record;
    record.id = new_id("k_", unix_ms(now), random);
    record.tenant = wanted.tenant;
    record.name = wanted.name;
    record.subject = subject;
    record.scopes = std::move(*scopes);
    record.created_at = now;
    record.expires_at = wanted.expires_at;
    return record;
}

}  // namespace

Keys::Keys(store::Engine& engine, Clock& clock, Random& random)
    : engine_(engine), clock_(clock), random_(random) {}

Async<Result<CreatedKey>> Keys::create(NewKey wanted) {
    auto record = record_of(wanted, clock_.wall(), random_);
    if (!record) co_return record.error();

    CreatedKey created{std::move(*record), make_key(wanted.is_test, random_)};
    created.record.prefix = created.key.substr(0, std::string_view("msk_live_").size() + kPrefixLetters);

    store::Unit unit;
    unit.tenant = system_tenant();
    unit.puts.push_back({store::Table::ApiKeys, key_hash(created.key), 0, encode_key(created.record)});
    auto stored = co_await engine_.commit(std::move(unit), clock_.in(kCommitTime));
    if (!stored) co_return stored.error();
    co_return created;
}

Async<Result<std::vector<KeyRecord>>> Keys::list() {
    std::vector<KeyRecord> records;
    std::string after;
    while (records.size() < kKeysMax) {
        auto rows = co_await engine_.scan(system_tenant(), store::Table::ApiKeys, "", after,
                                          store::kScanRowsMax, store::Order::Ascending);
        if (!rows) co_return rows.error();
        if (rows->empty()) break;
        for (const auto& row : *rows) {
            auto record = decode_key(row.value);
            if (!record) co_return record.error();
            records.push_back(std::move(*record));
        }
        after = rows->back().key;
    }
    // Ids of one prefix sort by the time they were made.
    std::ranges::sort(records, {}, &KeyRecord::id);
    co_return records;
}

Async<Status> Keys::revoke(std::string id) {
    std::string after;
    for (;;) {
        auto rows = co_await engine_.scan(system_tenant(), store::Table::ApiKeys, "", after,
                                          store::kScanRowsMax, store::Order::Ascending);
        if (!rows) co_return rows.error();
        if (rows->empty()) break;
        for (const auto& row : *rows) {
            auto record = decode_key(row.value);
            if (!record || record->id != id) continue;
            if (record->revoked_at) co_return Status{};
            record->revoked_at = clock_.wall();
            store::Unit unit;
            unit.tenant = system_tenant();
            unit.puts.push_back({store::Table::ApiKeys, row.key, row.version, encode_key(*record)});
            co_return co_await engine_.commit(std::move(unit), clock_.in(kCommitTime));
        }
        after = rows->back().key;
    }
    co_return Error{Code::NotFound, fmt::format("There is no key with the id \"{}\".", valid_utf8(id))};
}

Async<Status> Keys::forget(std::string name) {
    std::string after;
    for (;;) {
        auto rows = co_await engine_.scan(system_tenant(), store::Table::ApiKeys, "", after,
                                          store::kScanRowsMax, store::Order::Ascending);
        if (!rows) co_return rows.error();
        if (rows->empty()) co_return Status{};
        store::Unit unit;
        unit.tenant = system_tenant();
        for (const auto& row : *rows) {
            const auto record = decode_key(row.value);
            if (record && record->name == name)
                unit.puts.push_back({store::Table::ApiKeys, row.key, store::kAnyVersion, std::nullopt});
        }
        after = rows->back().key;
        if (unit.puts.empty()) continue;
        auto removed = co_await engine_.commit(std::move(unit), clock_.in(kCommitTime));
        if (!removed) co_return removed.error();
    }
}

Async<Result<KeyRecord>> Keys::look_up(std::string key) {
    if (key.size() > kKeyBytesMax)
        co_return Error{Code::Unauthenticated, "Invalid API key", "longer than any key"};
    auto record = co_await find_key(engine_, key_hash(key));
    if (!record) co_return record.error();
    if (auto valid = check_valid_at(*record, clock_.wall()); !valid) co_return valid.error();
    co_return record;
}

}  // namespace meshai::auth
