#include "wire/mcp/revision.h"

#include <array>
#include <utility>

namespace meshai::wire::mcp {
namespace {

constexpr std::array<std::pair<Revision, std::string_view>, 5> kNames{{
    {Revision::R2024_11_05, "2024-11-05"},
    {Revision::R2025_03_26, "2025-03-26"},
    {Revision::R2025_06_18, "2025-06-18"},
    {Revision::R2025_11_25, "2025-11-25"},
    {Revision::R2026_07_28, "2026-07-28"},
}};

}  // namespace

std::string_view name_of(Revision revision) {
    for (const auto& [one, name] : kNames)
        if (one == revision) return name;
    return {};
}

std::optional<Revision> revision_of(std::string_view name) {
    for (const auto& [revision, one] : kNames)
        if (one == name) return revision;
    return std::nullopt;
}

// MCP 2025-11-25, lifecycle, Version Negotiation: "If the server supports the
// requested protocol version, it MUST respond with the same version. Otherwise,
// the server MUST respond with another protocol version it supports. This
// SHOULD be the latest version supported by the server." The latest that has
// `initialize` at all, that is.
Revision agree(std::string_view wanted) {
    const auto known = revision_of(wanted);
    return known && era_of(*known) == Era::Sessions ? *known : kNewestOfSessions;
}

std::vector<std::string_view> stateless_names() {
    std::vector<std::string_view> names;
    for (const auto& [revision, name] : kNames)
        if (era_of(revision) == Era::Stateless) names.push_back(name);
    return names;
}

}  // namespace meshai::wire::mcp
