#include "auth/keys/row.h"

#include <openssl/evp.h>

#include <array>
#include <cstdlib>

#include "base/json.h"

namespace meshai::auth {
namespace {

Error invalid_key(std::string cause) {
    return {Code::Unauthenticated, "Invalid API key", std::move(cause)};
}

std::optional<WallTime> find_time(const json::object& row, std::string_view name) {
    const auto ms = find_int(row, name);
    if (!ms) return std::nullopt;
    return wall_of(*ms);
}

}  // namespace

TenantId system_tenant() {
    return TenantId{"_system"};
}

std::string key_hash(std::string_view key) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    // A fast hash is right here: a key is 256 random bits, there is no list of likely keys to try.
    if (EVP_Digest(key.data(), key.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) std::abort();
    std::string hex;
    hex.reserve(2 * std::size_t{size});
    for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

std::string encode_key(const KeyRecord& record) {
    json::object row{{"id", record.id},
                     {"tenant", record.tenant.value},
                     {"name", record.name},
                     {"subject", record.subject.value},
                     {"scopes", to_array(record.scopes)},
                     {"created_at", unix_ms(record.created_at)},
                     {"prefix", record.prefix}};
    if (record.expires_at) row["expires_at"] = unix_ms(*record.expires_at);
    if (record.revoked_at) row["revoked_at"] = unix_ms(*record.revoked_at);
    return to_text(row);
}

Result<KeyRecord> decode_key(std::string_view bytes) {
    auto row = parse_json_object(bytes);
    if (!row) return Error{Code::Corrupt, "A stored API key cannot be read.", row.error().message};
    auto scopes = find_strings(*row, "scopes");
    const auto id = find_string(*row, "id");
    const auto tenant = find_string(*row, "tenant");
    if (!scopes || !id || !tenant)
        return Error{Code::Corrupt, "A stored API key cannot be read.", "id, tenant or scopes are missing"};

    KeyRecord record;
    record.id = *id;
    record.tenant = TenantId{*tenant};
    record.name = find_string(*row, "name").value_or("");
    record.subject = Subject{find_string(*row, "subject").value_or(record.name)};
    record.scopes = std::move(*scopes);
    record.created_at = find_time(*row, "created_at").value_or(WallTime{});
    record.expires_at = find_time(*row, "expires_at");
    record.revoked_at = find_time(*row, "revoked_at");
    record.prefix = find_string(*row, "prefix").value_or("");
    return record;
}

Status check_valid_at(const KeyRecord& record, WallTime now) {
    if (record.revoked_at) return invalid_key("key " + record.id + " is revoked");
    if (record.expires_at && now >= *record.expires_at)
        return invalid_key("key " + record.id + " has expired");
    return {};
}

Async<Result<KeyRecord>> find_key(store::Engine& engine, std::string hash) {
    auto row = co_await engine.get(system_tenant(), store::Table::ApiKeys, std::move(hash));
    if (!row) co_return row.error();
    // The row is found by a digest: how long that takes says nothing about any
    // key, so no comparison in constant time is needed.
    if (!row->has_value()) co_return invalid_key("nobody has this key");
    co_return decode_key((*row)->value);
}

}  // namespace meshai::auth
