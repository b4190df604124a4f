#include "base/log.h"

namespace meshai {

void MemoryLog::write(Level level, std::string_view message, Fields fields) {
    static constexpr std::string_view kNames[] = {"DEBUG", "INFO", "WARN", "ERROR"};
    auto line = fmt::format("{} {}", kNames[static_cast<int>(level)], message);
    for (const auto& field : fields) line += fmt::format(" {}={}", field.name, field.value);
    std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
}

std::vector<std::string> MemoryLog::lines() const {
    std::lock_guard lock(mutex_);
    return lines_;
}

}  // namespace meshai
