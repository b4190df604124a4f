#include "doors/rest/delegate_key.h"

#include "base/json.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kPurpose = "meshai delegate key 1";

Error unknown() {
    return {Code::Unauthenticated, "Invalid delegation key"};
}

}  // namespace

std::string seal_delegate_key(const Seal& seal, const DelegateKey& key) {
    json::object plain;
    plain["tenant"] = key.tenant.value;
    plain["task"] = key.task.value;
    plain["attempt"] = key.attempt;
    plain["until"] = unix_ms(key.until);
    return seal.seal(to_text(plain), kPurpose);
}

Result<DelegateKey> open_delegate_key(const Seal& seal, std::string_view text) {
    if (text.size() > kDelegateKeyBytesMax) return unknown();
    const auto plain = seal.open(text, kPurpose);
    if (!plain) return unknown();
    const auto object = parse_json_object(*plain);
    if (!object) return unknown();
    DelegateKey key;
    key.tenant.value = find_string(*object, "tenant").value_or("");
    key.task.value = find_string(*object, "task").value_or("");
    key.attempt = static_cast<int>(find_int(*object, "attempt").value_or(0));
    key.until = wall_of(find_int(*object, "until").value_or(0));
    return key;
}

}  // namespace meshai::doors
