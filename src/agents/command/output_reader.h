// agents/command/output_reader.h
//
// The standard output of a program, told apart: plain text, or the guide's
// event objects, one a line. The first line decides, and the rest is read the
// same way. Text comes out as valid UTF-8 however the bytes are cut. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace meshai::agents::command {

/// Bytes to valid UTF-8 text: a character that is not complete yet waits for
/// its rest, an invalid byte becomes U+FFFD.
class TextReader {
  public:
    std::string feed(std::string_view bytes);
    /// What still waited, at the end.
    std::string finish();

  private:
    std::string waiting_{};
};

/// What one read gave: text, or lines of events.
struct Heard {
    std::string text;
    std::vector<std::string> lines;
    bool is_overlong = false;  ///< an event line is over the bound
};

class OutputReader {
  public:
    explicit OutputReader(std::size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

    Heard feed(std::string_view bytes);
    /// At the end of the output: what had no line end.
    Heard finish();

    bool has_events() const { return mode_ == Mode::Events; }

  private:
    enum class Mode { Undecided, Text, Events };

    void decide(std::string_view first_line);
    void take_lines(Heard& heard);
    static void add_line(Heard& heard, std::string_view line);

    std::size_t line_bytes_max_;
    Mode mode_ = Mode::Undecided;
    std::string pending_{};
    TextReader text_{};
};

}  // namespace meshai::agents::command
