#include "doors/route/route.h"

#include <algorithm>

namespace meshai::doors {
namespace {

std::string_view next_segment(std::string_view& rest) {
    const auto slash = rest.find('/');
    const auto segment = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    return segment;
}

void allow(std::string& allowed, std::string_view method) {
    if (!allowed.empty()) allowed += ", ";
    allowed += method;
}

}  // namespace

std::optional<PathValues> match_path(std::string_view pattern, std::string_view path) {
    if (std::ranges::count(pattern, '/') != std::ranges::count(path, '/')) return std::nullopt;
    PathValues values;
    while (!pattern.empty() || !path.empty()) {
        const auto wanted = next_segment(pattern);
        const auto segment = next_segment(path);
        if (wanted.starts_with('{')) {
            if (segment.empty()) return std::nullopt;
            values.emplace_back(wanted.substr(1, wanted.size() - 2), segment);
        } else if (wanted != segment) {
            return std::nullopt;
        }
    }
    return values;
}

Match RouteTable::find(std::string_view method, std::string_view path) const& {
    const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
    Match match;
    std::string_view pattern;
    for (const auto& route : routes_) {
        // The pattern that fits first is the path's own: "/tasks/stream" is no task named "stream".
        if (!pattern.empty() && route.pattern != pattern) continue;
        auto values = match_path(route.pattern, path);
        if (!values) continue;
        pattern = route.pattern;
        allow(match.allowed, route.method);
        if (route.method == "GET") allow(match.allowed, "HEAD");
        if (match.route || route.method != wanted) continue;
        match.route = &route;
        match.values = std::move(*values);
    }
    return match;
}

}  // namespace meshai::doors
