// cli/screen.h
//
// What a person sees while a task runs. Progress goes to stderr; stdout gets
// the result and nothing else. The answer is shown while it is written: on
// stdout where that is a terminal, on stderr otherwise, so that a pipe holds
// exactly the result whatever happened on the way (a second attempt, an answer
// that the agent revised). One thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/json.h"
#include "cli/output.h"

namespace meshai::cli {

struct ScreenSettings {
    bool is_quiet = false;             ///< nothing but the result
    bool is_terminal = false;          ///< stdout is one
    bool has_colours = false;          ///< stderr is a terminal, and NO_COLOR is not set
    std::function<PageSize()> size{};  ///< of the terminal, as it is now
    bool has_boards = false;           ///< stderr is a terminal, where lines can be drawn over
};

class Screen {
  public:
    using Write = std::function<void(std::string_view bytes)>;

    Screen(ScreenSettings settings, Write out, Write err);

    void started(const std::string& task_id);
    void progress(const std::string& message, std::optional<double> percent, const std::string& agent);
    void token(const std::string& text, std::int64_t attempt);
    void note(const std::string& message);

    /// The result, unless it stands on the terminal already. Ends with a newline.
    void result(const std::string& text);

    /// Lines on stderr in the place of the ones that the last call drew; where boards can be drawn only.
    /// What is said meanwhile comes above them.
    void board(const std::string& text);
    /// Leaves the board where it stands; the next one is drawn below.
    void leave_board();
    bool has_boards() const { return settings_.has_boards && !settings_.is_quiet; }

    /// A page in the place of the one before; on a terminal only.
    void page(const std::string& text);
    bool is_terminal() const { return settings_.is_terminal; }
    PageSize size() const { return settings_.size ? settings_.size() : PageSize{}; }

    /// The whole answer as JSON, for -o json.
    void result_json(const json::value& value);

  private:
    void line(const std::string& text);
    void end_answer();
    void erase_board();

    ScreenSettings settings_;
    Write out_;
    Write err_;
    std::string answer_{};       // what was shown of the newest attempt
    std::int64_t attempt_ = 0;   // of that
    bool in_answer_ = false;     // the cursor stands behind a piece of it
    bool is_broken_up_ = false;  // a line of progress stands in the middle of it
    std::string board_{};        // what stands above the cursor; empty: no board does
};

/// A result as text: a string as it is, an object that only wraps one text as that
/// text, anything else as JSON.
std::string result_text(const json::value& result);

/// The screen of this process.
Screen real_screen(bool is_quiet);

}  // namespace meshai::cli
