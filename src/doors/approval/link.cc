#include "doors/approval/link.h"

#include "base/json.h"
#include "doors/mcp/desk.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kPurpose = "meshai approval link 1";
constexpr std::string_view kPath = "/approve/";

Error unknown() {
    return {Code::NotFound, "This link is not one of this server."};
}

}  // namespace

std::string seal_link(const Seal& seal, const ApprovalLink& link) {
    json::object plain;
    plain["tenant"] = link.tenant.value;
    plain["task"] = link.task.value;
    plain["key"] = link.key;
    plain["until"] = unix_ms(link.until);
    plain["for"] = link.made_for.value;
    return seal.seal_alike(to_text(plain), kPurpose);
}

Result<ApprovalLink> open_link(const Seal& seal, std::string_view token) {
    if (token.size() > kApprovalTokenBytesMax) return unknown();
    const auto plain = seal.open(token, kPurpose);
    if (!plain) return unknown();
    const auto object = parse_json_object(*plain);
    if (!object) return unknown();
    const auto text = [&](std::string_view member) { return find_string(*object, member).value_or(""); };
    return ApprovalLink{TenantId{text("tenant")}, TaskId{text("task")}, text("key"),
                        wall_of(find_int(*object, "until").value_or(0)), Subject{text("for")}};
}

Subject answers_as(const ApprovalLink& link) {
    return Subject{"link:" + (link.made_for.empty() ? std::string("holder") : link.made_for.value)};
}

LinkOf links_for(const Call& call) {
    if (!call.principal.may(auth::kScopeExecute)) return {};
    auto base = call.house.identity.public_url;
    while (base.ends_with('/')) base.pop_back();
    return [&seal = call.house.mcp.seal(), base = base + std::string(kPath), tenant = call.caller.tenant,
            subject = call.caller.subject](const TaskId& task, const std::string& key, WallTime until) {
        return base + seal_link(seal, ApprovalLink{tenant, task, key, until, subject});
    };
}

}  // namespace meshai::doors
