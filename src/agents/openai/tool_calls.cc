#include "agents/openai/tool_calls.h"

#include <fmt/format.h>

#include <algorithm>

namespace meshai::agents::openai {
namespace {

Error broken(std::string what) {
    return Error{Code::AgentProtocol, std::move(what)};
}

std::string text_of(const json::object& object, std::string_view member) {
    return find_string(object, member).value_or("");
}

}  // namespace

Status ToolCalls::take(const json::value& pieces) {
    const auto* list = pieces.if_array();
    if (!list) return broken("sent \"tool_calls\" that are not a list");
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto* piece = (*list)[i].if_object();
        if (!piece) return broken("sent a tool call that is not an object");
        const auto place = place_of(*piece, i);
        if (!place) return place.error();
        if (auto added = add(calls_[*place], *piece); !added) return added;
    }
    return {};
}

// A stream says with "index" which call a piece belongs to. Servers that send whole
// calls leave it out, or give each 0: a new id under a known index is another call.
Result<std::size_t> ToolCalls::place_of(const json::object& piece, std::size_t position) {
    const auto index = find_int(piece, "index").value_or(static_cast<std::int64_t>(position));
    const auto id = text_of(piece, "id");
    for (auto i = calls_.size(); i-- > 0;) {
        if (indices_[i] != index) continue;
        if (id.empty() || id == calls_[i].id || calls_[i].name.empty()) return i;
        break;
    }
    if (calls_.size() >= kToolCallsHeldMax)
        return broken(fmt::format("asked for more than {} tools at once", kToolCallsHeldMax));
    ToolCall call;
    call.id = id.empty() ? fmt::format("call_{}", calls_.size() + 1)
                         : std::string(utf8_prefix(id, kToolNameBytesMax));
    calls_.push_back(std::move(call));
    indices_.push_back(index);
    return calls_.size() - 1;
}

Status ToolCalls::add(ToolCall& call, const json::object& piece) {
    const auto* function = find_object(piece, "function");
    if (!function) return {};
    call.name += text_of(*function, "name");
    if (call.name.size() > kToolNameBytesMax) return broken("asked for a tool with an endless name");
    const auto* arguments = find(*function, "arguments");
    if (!arguments || arguments->is_null()) return {};
    // A string by the specification; some servers send the object itself.
    const auto text = arguments->is_string() ? std::string(arguments->get_string()) : to_text(*arguments);
    argument_bytes_ += text.size();
    if (argument_bytes_ > kToolArgumentsBytesMax)
        return broken(
            fmt::format("asked for tools with more than {} KiB of arguments", kToolArgumentsBytesMax >> 10U));
    call.arguments += text;
    return {};
}

}  // namespace meshai::agents::openai
