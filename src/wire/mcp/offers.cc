#include "wire/mcp/offers.h"

#include <array>

namespace meshai::wire::mcp {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, 8> kLevels{"debug", "info",     "notice", "warning",
                                                  "error", "critical", "alert",  "emergency"};

}  // namespace

std::string_view name_of(LogLevel level) {
    return kLevels.at(static_cast<std::size_t>(level));
}

std::optional<LogLevel> log_level_of(std::string_view name) {
    for (std::size_t i = 0; i < kLevels.size(); ++i)
        if (kLevels.at(i) == name) return static_cast<LogLevel>(i);
    return std::nullopt;
}

}  // namespace meshai::wire::mcp
