// cli/mcp/line_reader.h
//
// The lines of a byte stream, however it is cut. A line over the bound is not
// kept: it comes back empty and marked, so that its sender can be told, and the
// next line is read as if nothing had happened. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshai::cli::mcp {

/// Four times what a server takes by default (limits.body_bytes).
inline constexpr std::size_t kLineBytesMax = 16U << 20U;

struct Line {
    std::string text;  ///< without its end, LF or CR LF
    bool is_too_long = false;

    friend bool operator==(const Line&, const Line&) = default;
};

class LineReader {
  public:
    explicit LineReader(std::size_t bytes_max = kLineBytesMax) : bytes_max_(bytes_max) {}

    /// The lines that `bytes` completed.
    std::vector<Line> feed(std::string_view bytes);

    /// What stood behind the last newline, at the end of the stream.
    std::optional<Line> finish();

  private:
    void keep(std::string_view piece);
    Line take();

    std::size_t bytes_max_;
    std::string text_{};
    bool is_too_long_ = false;
};

}  // namespace meshai::cli::mcp
