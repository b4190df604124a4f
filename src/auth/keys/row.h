// auth/keys/row.h
//
// How a key lies in the store: a row of Table::ApiKeys under the server's own
// tenant, named by the SHA-256 of the key, holding everything about it but the
// key. Shared by Keys (which writes rows) and the Gate (which reads them).
#pragma once

#include "auth/keys/keys.h"

namespace meshai::auth {

/// The tenant of the server's own rows. No client can have it: a tenant's name
/// begins with a letter or a digit.
TenantId system_tenant();

/// Longer than any key this server makes; a longer credential is not looked up.
inline constexpr std::size_t kKeyBytesMax = 256;

/// SHA-256 in lower-case hex: the name of the row.
std::string key_hash(std::string_view key);

std::string encode_key(const KeyRecord& record);
Result<KeyRecord> decode_key(std::string_view bytes);

/// Fine, or Unauthenticated ("Invalid API key") with the reason as its cause.
Status check_valid_at(const KeyRecord& record, WallTime now);

/// The record of a key as presented, whether or not it is still valid.
/// Unauthenticated when nobody knows it; the store's own error otherwise.
Async<Result<KeyRecord>> find_key(store::Engine& engine, std::string hash);

}  // namespace meshai::auth
