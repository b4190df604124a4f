// wire/mcp/revision.h
//
// The dated revisions of MCP and the two eras they fall into. In the sessions
// era a client says `initialize` and both sides remember it; in the stateless
// era every request says all about itself in `_meta`. Which of them a message
// belongs to is decided by its body (doors/mcp). Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace meshai::wire::mcp {

enum class Revision { R2024_11_05, R2025_03_26, R2025_06_18, R2025_11_25, R2026_07_28 };

enum class Era { Sessions, Stateless };

/// "2025-11-25"
std::string_view name_of(Revision revision);
std::optional<Revision> revision_of(std::string_view name);

constexpr Era era_of(Revision revision) {
    return revision >= Revision::R2026_07_28 ? Era::Stateless : Era::Sessions;
}

/// The newest revision of each era: what is offered to a client that asks for one nobody knows.
inline constexpr Revision kNewestOfSessions = Revision::R2025_11_25;
inline constexpr Revision kNewestStateless = Revision::R2026_07_28;

/// What `initialize` agrees to (N1): the wanted revision of the sessions era, else its newest.
Revision agree(std::string_view wanted);

/// What `server/discover` and -32022 list: the stateless revisions only. A client of
/// that era would otherwise pick an older one for its `_meta`.
std::vector<std::string_view> stateless_names();

}  // namespace meshai::wire::mcp
