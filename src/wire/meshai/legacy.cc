#include "wire/meshai/legacy.h"

#include <algorithm>
#include <array>
#include <utility>

namespace meshai::wire::guide {
namespace {

using OldName = std::pair<std::string_view, std::string_view>;
constexpr std::array kOldNames = {OldName{"list_tools", "tools/list"}, OldName{"call_tool", "tools/call"},
                                  OldName{"list_resources", "resources/list"},
                                  OldName{"get_resource", "resources/read"}};

constexpr std::string_view kNotifications = "notifications/";

// What stood in "params" are the tool's arguments; what is about the request itself stays beside them.
// Params that are no object are left for the reader of messages to refuse.
void make_call(json::object& message, const std::string& tool) {
    auto* given = message.if_contains("params");
    if (given && !given->is_null() && !given->is_object()) return;
    auto arguments = given && given->is_object() ? given->get_object() : json::object{};
    json::object params;
    if (const auto* meta = arguments.if_contains("_meta")) {
        params["_meta"] = *meta;
        arguments.erase("_meta");
    }
    params["name"] = tool;
    params["arguments"] = std::move(arguments);
    message["method"] = "tools/call";
    message["params"] = std::move(params);
}

void give_id(json::object& message, std::string_view method) {
    if (message.contains("jsonrpc") || method.starts_with(kNotifications)) return;
    const auto* id = message.if_contains("id");
    if (!id || id->is_null()) message["id"] = kShorthandId;
}

}  // namespace

json::value from_shorthand(json::value body, const IsTool& is_tool) {
    auto* message = body.if_object();
    const auto method = message ? find_string(*message, "method") : std::nullopt;
    if (!method) return body;
    const auto* old = std::ranges::find(kOldNames, *method, &OldName::first);
    const bool is_old = old != kOldNames.end();
    const bool is_line = find_string(*message, "type") == "request";
    const bool is_call = !is_old && is_tool(*method);
    if (!is_old && !is_line && !is_call) return body;

    if (is_old) (*message)["method"] = old->second;
    if (is_call) make_call(*message, *method);
    give_id(*message, *method);
    return body;
}

}  // namespace meshai::wire::guide
