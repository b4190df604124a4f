#include "mesh/executor/progress_clock.h"

#include <fmt/format.h>

namespace meshai::mesh {

std::string ProgressClock::age(MonoTime now) const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - begun_).count();
    return seconds < 600 ? fmt::format("{} s", seconds) : fmt::format("{} min", seconds / 60);
}

std::string working_line(std::string_view who, std::string_view age, std::size_t characters) {
    auto line = fmt::format("Still working: {}, {}", who, age);
    if (characters > 0) line += fmt::format(", {} characters so far", characters);
    return line;
}

std::string waiting_line(std::string_view age) {
    return fmt::format("Waiting for the client's answer, {}", age);
}

}  // namespace meshai::mesh
