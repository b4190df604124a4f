#include "cli/mcp/line_reader.h"

#include <utility>

namespace meshai::cli::mcp {

std::vector<Line> LineReader::feed(std::string_view bytes) {
    std::vector<Line> lines;
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        keep(bytes.substr(0, end));
        if (end == std::string_view::npos) break;
        lines.push_back(take());
        bytes.remove_prefix(end + 1);
    }
    return lines;
}

std::optional<Line> LineReader::finish() {
    if (text_.empty() && !is_too_long_) return std::nullopt;
    return take();
}

void LineReader::keep(std::string_view piece) {
    if (is_too_long_) return;
    if (text_.size() + piece.size() > bytes_max_) {
        is_too_long_ = true;
        std::string().swap(text_);
        return;
    }
    text_ += piece;
}

Line LineReader::take() {
    Line line{std::exchange(text_, {}), std::exchange(is_too_long_, false)};
    if (line.text.ends_with('\r')) line.text.pop_back();
    return line;
}

}  // namespace meshai::cli::mcp
