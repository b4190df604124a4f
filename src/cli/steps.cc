#include "cli/steps.h"

#include <fmt/format.h>

#include <algorithm>

namespace meshai::cli {
namespace {

constexpr std::size_t kBarCells = 20;
constexpr std::size_t kPathColumnsMax = 32;
constexpr std::size_t kStateColumns = 9;  // "completed", "executing", "cancelled"
constexpr std::size_t kRowsMin = 3;       // on however small a terminal
constexpr std::size_t kRowsBeside = 3;    // the bar, what is left out, and the cursor
constexpr std::size_t kBytesStep = 1024;  // a row changes when so much more was written

std::string text(const json::object& object, std::string_view key) {
    return find_string(object, key).value_or("");
}

/// ": Too slow. [TIMEOUT]"
std::string why(const json::object& event) {
    const auto reason = text(event, "reason");
    const auto code = text(event, "code");
    auto words = reason.empty() ? "" : ": " + reason;
    if (!code.empty()) words += fmt::format(" [{}]", code);
    return words;
}

std::string written(std::size_t bytes) {
    if (bytes < kBytesStep) return bytes == 0 ? "" : "writes";
    return fmt::format("{} KiB written", bytes / kBytesStep);
}

std::string bar(double percent) {
    const auto part = std::clamp(percent, 0.0, 100.0) / 100;
    const auto full = static_cast<std::size_t>(part * static_cast<double>(kBarCells));
    return fmt::format("  [{:-<{}}] {:3.0f}%", std::string(full, '#'), kBarCells, part * 100);
}

/// A row of the board is one row of the screen, or it could not be drawn over.
std::string fitted(const std::string& line, std::size_t columns) {
    return std::string(utf8_prefix(printable(line, false), columns > 1 ? columns - 1 : columns)) + '\n';
}

}  // namespace

std::string step_line(const json::object& event) {
    auto line = fmt::format("[{:3.0f}%] {}: {}", find_number(event, "progress").value_or(0),
                            text(event, "step"), text(event, "state"));
    if (const auto agent = text(event, "agent"); !agent.empty()) line += fmt::format(" ({})", agent);
    if (const auto attempt = find_int(event, "attempt").value_or(1); attempt > 1)
        line += fmt::format(", attempt {}", attempt);
    return line + why(event);
}

bool StepBoard::is_over(const Row& row) {
    return row.state != "started" && row.state != "executing";
}

StepBoard::Row* StepBoard::row(const std::string& path) {
    const auto found = std::ranges::find(rows_, path, &Row::path);
    return found == rows_.end() ? nullptr : &*found;
}

void StepBoard::take(const json::object& event) {
    percent_ = std::max(percent_, find_number(event, "progress").value_or(0));
    const auto path = text(event, "step");
    auto* one = row(path);
    if (one == nullptr) {
        if (rows_.size() >= kStepRowsMax) {
            const auto ended = std::ranges::find_if(rows_, is_over);
            rows_.erase(ended == rows_.end() ? rows_.begin() : ended);
            ++forgotten_;
        }
        one = &rows_.emplace_back(Row{path});
    }
    one->state = text(event, "state");
    if (auto agent = text(event, "agent"); !agent.empty()) one->agent = std::move(agent);
    if (const auto attempt = find_int(event, "attempt").value_or(1); attempt != one->attempt) {
        one->attempt = attempt;
        one->bytes = 0;
    }
    one->message = is_over(*one) ? why(event) : "";
    if (one->message.starts_with(": ")) one->message.erase(0, 2);
}

bool StepBoard::wrote(const std::string& path, std::size_t bytes) {
    auto* one = row(path);
    if (one == nullptr || is_over(*one)) return false;
    const auto before = written(one->bytes);
    one->bytes += bytes;
    return written(one->bytes) != before;
}

bool StepBoard::says(const std::string& path, const std::string& message) {
    auto* one = row(path);
    if (one == nullptr) return false;
    // What a child says begins with the path that stands at the front of the row already.
    const auto front = path + ": ";
    if (!is_over(*one)) one->message = message.starts_with(front) ? message.substr(front.size()) : message;
    return true;
}

std::string StepBoard::words_of(const Row& row) {
    auto words = row.message.empty() && !is_over(row) ? written(row.bytes) : row.message;
    if (row.attempt > 1) words = fmt::format("attempt {}{}{}", row.attempt, words.empty() ? "" : ", ", words);
    return words;
}

std::vector<const StepBoard::Row*> StepBoard::shown(std::size_t room) const {
    std::vector<const Row*> some;
    for (const bool over : {false, true})
        for (auto one = rows_.rbegin(); one != rows_.rend() && some.size() < room; ++one)
            if (is_over(*one) == over) some.push_back(&*one);
    // They lie in one vector, so that their addresses are their order.
    std::ranges::sort(some, std::ranges::less{});
    return some;
}

std::string StepBoard::page(PageSize size) const {
    const auto room = std::max(kRowsMin, size.rows > kRowsBeside ? size.rows - kRowsBeside : 0);
    const auto some = shown(room);
    std::size_t width = 0;
    std::size_t agents = 0;
    for (const auto* one : some) {
        width = std::min(std::max(width, one->path.size()), kPathColumnsMax);
        agents = std::min(std::max(agents, one->agent.size()), kPathColumnsMax);
    }
    std::string page;
    for (const auto* one : some) {
        auto line = fmt::format("  {:<{}}  {:<{}}  {:<{}}  {}", one->path, width, one->state, kStateColumns,
                                one->agent, agents, words_of(*one));
        line.erase(line.find_last_not_of(' ') + 1);
        page += fitted(line, size.columns);
    }
    if (const auto others = forgotten_ + rows_.size() - some.size(); others > 0)
        page += fitted(fmt::format("  and {} more", others), size.columns);
    return page + fitted(bar(percent_), size.columns);
}

}  // namespace meshai::cli
