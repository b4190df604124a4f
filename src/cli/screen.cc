#include "cli/screen.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "cli/output.h"

namespace meshai::cli {
namespace {

constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kPlain = "\x1b[0m";
constexpr std::string_view kHome = "\x1b[H";       // the cursor to the first row
constexpr std::string_view kLineEnd = "\x1b[K\n";  // clears what an earlier page has left of the line
constexpr std::string_view kRest = "\x1b[J";       // and of the screen

PageSize size_of_stdout() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
    return {size.ws_row, size.ws_col};
}

std::string without_last_newlines(std::string text) {
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

}  // namespace

Screen::Screen(ScreenSettings settings, Write out, Write err)
    : settings_(settings), out_(std::move(out)), err_(std::move(err)) {}

void Screen::started(const std::string& task_id) {
    // Nothing of an earlier task's answer is part of this one's.
    end_answer();
    leave_board();
    answer_.clear();
    attempt_ = 0;
    is_broken_up_ = false;
    line(fmt::format("task {} started", task_id));
}

void Screen::progress(const std::string& message, std::optional<double> percent, const std::string& agent) {
    auto text = percent ? fmt::format("{:3.0f}% {}", *percent, message) : message;
    if (!agent.empty() && message.find(agent) == std::string::npos) text += fmt::format(" ({})", agent);
    line(text);
}

void Screen::token(const std::string& text, std::int64_t attempt) {
    if (settings_.is_quiet) return;
    leave_board();
    if (attempt != attempt_) {
        end_answer();
        answer_.clear();
        is_broken_up_ = false;
        attempt_ = attempt;
    }
    if (!in_answer_ && !answer_.empty()) is_broken_up_ = true;
    answer_ += text;
    in_answer_ = true;
    (settings_.is_terminal ? out_ : err_)(printable(text, true));
}

void Screen::note(const std::string& message) {
    line(message);
}

void Screen::result(const std::string& text) {
    leave_board();
    const auto clean = without_last_newlines(text);
    const bool is_shown =
        settings_.is_terminal && attempt_ > 0 && !is_broken_up_ && without_last_newlines(answer_) == clean;
    end_answer();
    if (is_shown) return;
    // A pipe gets the bytes as they are; a terminal must not be steered by them.
    out_((settings_.is_terminal ? printable(clean, true) : clean) + "\n");
}

void Screen::board(const std::string& text) {
    if (!has_boards()) return;
    end_answer();
    erase_board();
    board_ = printable(text, true);
    err_(board_);
}

void Screen::erase_board() {
    const auto rows = std::ranges::count(board_, '\n');
    if (rows > 0) err_(fmt::format("\r\x1b[{}A{}", rows, kRest));
}

void Screen::leave_board() {
    board_.clear();
}

void Screen::page(const std::string& text) {
    end_answer();
    std::string drawn(kHome);
    for (const char c : printable(text, true)) c == '\n' ? drawn += kLineEnd : drawn += c;
    out_(drawn + std::string(kRest));
}

void Screen::result_json(const json::value& value) {
    end_answer();
    leave_board();
    out_(to_text(value) + "\n");
}

void Screen::line(const std::string& text) {
    if (settings_.is_quiet) return;
    end_answer();
    const auto shown = printable(text, false);
    erase_board();
    err_(settings_.has_colours ? fmt::format("{}{}{}\n", kDim, shown, kPlain) : shown + "\n");
    if (!board_.empty()) err_(board_);
}

void Screen::end_answer() {
    if (!std::exchange(in_answer_, false) || answer_.ends_with('\n')) return;
    (settings_.is_terminal ? out_ : err_)("\n");
}

std::string result_text(const json::value& result) {
    if (result.is_string()) return std::string(result.get_string());
    const auto* object = result.if_object();
    if (object != nullptr && object->size() == 1) {
        const auto& [name, value] = *object->begin();
        if ((name == "text" || name == "result") && value.is_string()) return std::string(value.get_string());
    }
    return to_text(result);
}

Screen real_screen(bool is_quiet) {
    const auto writer = [](std::FILE* file) {
        return [file](std::string_view bytes) {
            std::fwrite(bytes.data(), 1, bytes.size(), file);
            std::fflush(file);
        };
    };
    const char* no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): one thread
    const bool is_terminal = isatty(STDERR_FILENO) == 1;
    const bool has_colours = is_terminal && (no_color == nullptr || *no_color == '\0');
    return {{is_quiet, isatty(STDOUT_FILENO) == 1, has_colours, size_of_stdout, is_terminal},
            writer(stdout),
            writer(stderr)};
}

}  // namespace meshai::cli
