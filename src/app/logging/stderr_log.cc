#include "app/logging/stderr_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "app/logging/line.h"

namespace meshai::app {
namespace {

constexpr std::array kLevels = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                spdlog::level::err};

spdlog::level::level_enum spdlog_level(Level level) {
    return kLevels[static_cast<std::size_t>(level)];
}

/// https://no-color.org: any text but the empty one asks for no colours.
bool wants_colours() {
    const char* no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): before threads start
    return isatty(STDERR_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

}  // namespace

struct StderrLog::State {
    State(Clock& the_clock, bool json) : clock(the_clock), is_json(json) {}

    Clock& clock;
    bool is_json;
    spdlog::logger logger{"meshai",
                          std::make_shared<spdlog::sinks::stderr_color_sink_mt>(
                              wants_colours() ? spdlog::color_mode::always : spdlog::color_mode::never)};
};

StderrLog::StderrLog(const LogSettings& settings, Clock& clock)
    : state_(std::make_unique<State>(
          clock, settings.format == "json" || (settings.format == "auto" && isatty(STDERR_FILENO) == 0))) {
    state_->logger.set_level(spdlog_level(level_of(settings.level)));
    state_->logger.set_pattern(state_->is_json ? "%v" : "%H:%M:%S.%e %^%-7l%$ %v");
    state_->logger.flush_on(spdlog::level::debug);
}

StderrLog::~StderrLog() = default;

void StderrLog::write(Level level, std::string_view message, Fields fields) {
    auto& logger = state_->logger;
    if (!logger.should_log(spdlog_level(level))) return;
    const auto now = state_->clock.wall();
    const auto line = state_->is_json ? json_line(now, level, message, fields) : human_line(message, fields);
    logger.log(spdlog::log_clock::time_point(now.time_since_epoch()), {}, spdlog_level(level), line);
}

}  // namespace meshai::app
