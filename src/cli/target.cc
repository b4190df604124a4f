#include "cli/target.h"

#include <fmt/format.h>

namespace meshai::cli {

net::http::Url Target::at(const std::string& path) const {
    auto whole = url;
    auto& base = whole.target;
    while (base.ends_with('/')) base.pop_back();
    base += path;
    return whole;
}

Result<Target> place_of(const TargetFlags& flags, const Variable& variable) {
    const auto first = [&](const std::string& flag, std::initializer_list<const char*> names) {
        if (!flag.empty()) return flag;
        for (const auto* name : names)
            if (auto value = variable(name); value && !value->empty()) return *value;
        return std::string();
    };
    auto text = first(flags.url, {"MESHAI_URL", "MESHAI_API_URL"});
    if (text.empty()) text = kDefaultUrl;
    auto url = net::http::parse_url(text);
    if (!url) return url.error();
    return Target{std::move(*url), first(flags.key, {"MESHAI_API_KEY"})};
}

Result<Target> target_of(const TargetFlags& flags, const Variable& variable) {
    auto target = place_of(flags, variable);
    if (!target) return target.error();
    if (target->key.empty())
        return Error{Code::Unauthenticated,
                     "There is no API key: set MESHAI_API_KEY or give --key. 'meshai key create' makes one."};
    return target;
}

}  // namespace meshai::cli
