// agents/output_text.h
//
// The answer of one run as it grows: passes text on to the sink in pieces that
// the log takes, keeps the whole for the result, and stops at the bound. On
// the executor of the run.
#pragma once

#include <string>
#include <string_view>

#include "agents/adapter.h"

namespace meshai::agents {

class OutputText {
  public:
    OutputText(Sink& sink, std::size_t bytes_max) : sink_(sink), bytes_max_(bytes_max) {}

    /// Passes `text` (valid UTF-8) on. TooLarge over the bound, or what the sink says.
    Async<Status> write(std::string text);

    const std::string& text() const { return text_; }

  private:
    Sink& sink_;
    std::size_t bytes_max_;
    std::string text_{};
};

}  // namespace meshai::agents
