#include "doors/mcp/stateless/request_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace meshai::doors::mcp {
namespace {

// The same text for the same value, in whatever order its members came. The
// depth is bounded by the parser.
void write_canonical(std::string& out, const json::value& value) {
    if (const auto* array = value.if_array()) {
        out += '[';
        for (const auto& item : *array) {
            write_canonical(out, item);
            out += ',';
        }
        out += ']';
        return;
    }
    const auto* object = value.if_object();
    if (!object) {
        out += json::serialize(value);
        return;
    }
    std::vector<const json::key_value_pair*> members;
    for (const auto& member : *object) members.push_back(&member);
    std::ranges::sort(members, {}, [](const auto* member) { return std::string_view(member->key()); });
    out += '{';
    for (const auto* member : members) {
        out += json::serialize(json::value(member->key()));
        out += ':';
        write_canonical(out, member->value());
        out += ',';
    }
    out += '}';
}

Error refused() {
    return {Code::InvalidArgument,
            "\"requestState\" is not one that this server gave for this request; begin the call anew."};
}

}  // namespace

std::string purpose_of(const auth::Principal& principal, const wire::jsonrpc::Request& request) {
    auto params = request.params;
    for (const auto* member : {"_meta", "inputResponses", "requestState"}) params.erase(member);
    // As JSON no part can be taken for another.
    std::string purpose;
    write_canonical(purpose, json::array{"requestState", principal.tenant.value, principal.subject.value,
                                         request.method, std::move(params)});
    return purpose;
}

Result<std::string> seal_state(const Seal& seal, const RequestState& state, const std::string& purpose,
                               WallTime now) {
    json::object answers;
    for (const auto& [key, answer] : state.answers) answers[key] = answer;
    json::object plain;
    plain["until"] = unix_ms(now) + std::chrono::duration_cast<Millis>(kRequestStateKept).count();
    plain["key"] = state.key;
    plain["answers"] = std::move(answers);
    const auto text = json::serialize(plain);
    if (text.size() > kRequestStateBytesMax)
        return Error{Code::TooLarge, fmt::format("The answers of one call may have {} bytes together.",
                                                 kRequestStateBytesMax)};
    return seal.seal(text, purpose);
}

Result<RequestState> open_state(const Seal& seal, std::string_view sealed, const std::string& purpose,
                                WallTime now) {
    const auto text = seal.open(sealed, purpose);
    if (!text) return refused();
    const auto plain = parse_json_object(*text);
    if (!plain) return refused();
    const auto until = find_int(*plain, "until");
    const auto key = find_string(*plain, "key");
    const auto* answers = find_object(*plain, "answers");
    if (!until || !key || !answers) return refused();
    if (unix_ms(now) >= *until)
        return Error{Code::InvalidArgument, "\"requestState\" has expired; begin the call anew."};
    RequestState state{.key = *key};
    for (const auto& [name, answer] : *answers)
        if (const auto* object = answer.if_object()) state.answers.emplace(name, *object);
    return state;
}

}  // namespace meshai::doors::mcp
