#include "agents/command/output_reader.h"

#include <algorithm>
#include <array>

#include "agents/dialect/said.h"

namespace meshai::agents::command {
namespace {

constexpr std::string_view kData = "data:";

// A program may write its events as a stream of the guide would have them.
constexpr std::array<std::string_view, 4> kOtherFields = {"event:", "id:", "retry:", ":"};

std::string_view payload(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(kData)) line.remove_prefix(kData.size());
    if (line.starts_with(' ')) line.remove_prefix(1);
    return line;
}

// Whether a first line that begins like this may turn out to be an event.
bool may_be_event(std::string_view start) {
    if (start.empty() || start.front() == '{') return true;
    const auto shorter = std::min(start.size(), kData.size());
    return start.substr(0, shorter) == kData.substr(0, shorter);
}

// How many bytes at the end of `bytes` begin a character that is not complete.
std::size_t unfinished_bytes(std::string_view bytes) {
    const auto most = std::min<std::size_t>(3, bytes.size());
    for (std::size_t back = 1; back <= most; ++back) {
        const auto lead = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if ((lead & 0xC0U) == 0x80U) continue;
        const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
        return length > back ? back : 0;
    }
    return 0;
}

}  // namespace

std::string TextReader::feed(std::string_view bytes) {
    waiting_ += bytes;
    const auto ready = waiting_.size() - unfinished_bytes(waiting_);
    auto text = valid_utf8(std::string_view(waiting_).substr(0, ready));
    waiting_.erase(0, ready);
    return text;
}

std::string TextReader::finish() {
    return valid_utf8(std::exchange(waiting_, {}));
}

Heard OutputReader::feed(std::string_view bytes) {
    Heard heard;
    if (mode_ == Mode::Text) {
        heard.text = text_.feed(bytes);
        return heard;
    }
    pending_ += bytes;
    if (mode_ == Mode::Undecided) {
        const auto end = pending_.find('\n');
        // A single line that is longer than any event is text, whatever it begins with.
        if (end != std::string::npos)
            decide(std::string_view(pending_).substr(0, end));
        else if (!may_be_event(pending_) || pending_.size() > line_bytes_max_)
            mode_ = Mode::Text;
        if (mode_ == Mode::Text) heard.text = text_.feed(std::exchange(pending_, {}));
    }
    if (mode_ == Mode::Events) take_lines(heard);
    return heard;
}

void OutputReader::decide(std::string_view first_line) {
    mode_ = dialect::is_event(payload(first_line)) ? Mode::Events : Mode::Text;
}

void OutputReader::take_lines(Heard& heard) {
    std::size_t start = 0;
    for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n', start)) {
        if (end - start > line_bytes_max_) heard.is_overlong = true;
        add_line(heard, std::string_view(pending_).substr(start, end - start));
        start = end + 1;
    }
    pending_.erase(0, start);
    if (pending_.size() > line_bytes_max_) heard.is_overlong = true;
}

void OutputReader::add_line(Heard& heard, std::string_view line) {
    for (const auto field : kOtherFields)
        if (line.starts_with(field)) return;
    line = payload(line);
    if (!line.empty()) heard.lines.emplace_back(line);
}

Heard OutputReader::finish() {
    Heard heard;
    if (mode_ == Mode::Undecided && !pending_.empty()) decide(pending_);
    if (mode_ == Mode::Events)
        add_line(heard, pending_);
    else
        heard.text = text_.feed(pending_) + text_.finish();
    pending_.clear();
    return heard;
}

}  // namespace meshai::agents::command
