// cli/prompt.h
//
// A person at the terminal who can be asked for a line. Where stdin or stderr is
// no terminal there is none, and nobody is asked. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/async.h"
#include "base/clock.h"

namespace meshai::cli {

/// A longer line is cut there.
inline constexpr std::size_t kPromptLineBytesMax = 4096;

class Prompt {
  public:
    virtual ~Prompt() = default;

    /// Shows `text` and gives the line that is typed, without its end; nothing when the
    /// person has gone (end of input) or the scope is closed.
    virtual Async<std::optional<std::string>> line(std::string text) = 0;
};

/// The terminal of this process; null where there is none.
std::unique_ptr<Prompt> real_prompt(Executor ex, Clock& clock);

}  // namespace meshai::cli
