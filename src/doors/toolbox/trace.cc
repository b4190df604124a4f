#include "doors/toolbox/trace.h"

#include <algorithm>
#include <optional>

#include "wire/trace/context.h"

namespace meshai::doors {
namespace {

// W3C Trace Context 3.3.1.1 and Baggage 3.3.2 ask to carry 512 and 8192 bytes.
constexpr std::size_t kTracestateBytesMax = 512;
constexpr std::size_t kBaggageBytesMax = 8192;

// A comma-separated list of key=value, printable ASCII.
bool is_list(std::string_view text, std::size_t bytes_max) {
    if (text.empty() || text.size() > bytes_max) return false;
    const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
    if (!std::ranges::all_of(text, is_printable)) return false;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto item = text.substr(0, comma);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
        const auto begin = item.find_first_not_of(' ');
        const auto equals = item.find('=');
        if (begin == std::string_view::npos) continue;  // list members may be empty
        if (equals == std::string_view::npos || equals == begin) return false;
    }
    return true;
}

std::optional<std::string> said(const json::object* meta, const net::http::Headers& headers,
                                std::string_view name) {
    if (const auto* value = meta ? find(*meta, name) : nullptr) {
        if (!value->is_string()) return std::nullopt;
        return std::string(value->get_string());
    }
    if (const auto field = headers.get(name)) return std::string(*field);
    return std::nullopt;
}

}  // namespace

std::map<std::string, std::string> trace_of(const json::object& params, const net::http::Headers& headers) {
    const auto* meta = find_object(params, "_meta");
    std::map<std::string, std::string> trace;
    if (auto parent = said(meta, headers, "traceparent"); parent && wire::trace::parse_traceparent(*parent)) {
        trace["traceparent"] = std::move(*parent);
        auto state = said(meta, headers, "tracestate");
        if (state && is_list(*state, kTracestateBytesMax)) trace["tracestate"] = std::move(*state);
    }
    auto baggage = said(meta, headers, "baggage");
    if (baggage && is_list(*baggage, kBaggageBytesMax)) trace["baggage"] = std::move(*baggage);
    return trace;
}

std::string traceparent_in(const std::map<std::string, std::string>& trace) {
    const auto found = trace.find("traceparent");
    if (found == trace.end()) return {};
    const auto context = wire::trace::parse_traceparent(found->second);
    return context ? wire::trace::traceparent(*context) : std::string{};
}

}  // namespace meshai::doors
