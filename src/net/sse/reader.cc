#include "net/sse/reader.h"

#include <charconv>
#include <cstdint>

namespace meshai::net::sse {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// WHATWG 9.2.6: "If the field value consists of only ASCII digits".
std::optional<std::chrono::milliseconds> milliseconds_of(std::string_view digits) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return std::chrono::milliseconds(number);
}

}  // namespace

std::vector<Message> Reader::feed(std::string_view bytes) {
    std::vector<Message> messages;
    while (!bytes.empty() && !failed_) {
        if (skip_newline_) {
            skip_newline_ = false;
            if (bytes.front() == '\n') {
                bytes.remove_prefix(1);
                continue;
            }
        }
        const auto end = bytes.find_first_of("\r\n");
        const auto piece = bytes.substr(0, end);
        if (line_.size() + data_.size() + piece.size() > message_bytes_max_) {
            failed_ = true;
            break;
        }
        if (end == std::string_view::npos) {
            line_ += piece;
            break;
        }
        skip_newline_ = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        line_ += piece;
        take_line(line_, messages);
        line_.clear();
    }
    return messages;
}

void Reader::take_line(std::string_view line, std::vector<Message>& messages) {
    if (at_start_) {
        at_start_ = false;
        // WHATWG 9.2.5: "stream = [ bom ] *event".
        if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    }
    if (line.empty()) {
        // WHATWG 9.2.6: "Set the last event ID string of the event source to the value of the last event ID
        // buffer", before it is known whether there is an event.
        complete_id_ = id_;
        // WHATWG 9.2.6: without data nothing is dispatched, and the event name is forgotten.
        if (has_data_) messages.push_back(Message{std::move(event_), std::move(data_), id_});
        event_.clear();
        data_.clear();
        has_data_ = false;
        return;
    }
    const auto colon = line.find(':');
    if (colon == 0) return;  // a comment
    const auto name = line.substr(0, colon);
    auto value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "data") {
        if (has_data_) data_ += '\n';
        data_ += value;
        has_data_ = true;
    } else if (name == "event") {
        event_ = value;
    } else if (name == "id" && value.find('\0') == std::string_view::npos) {
        id_ = value;
    } else if (name == "retry") {
        retry_ = milliseconds_of(value).or_else([this] { return retry_; });
    }
    // WHATWG, of any other field: "The field is ignored."
}

}  // namespace meshai::net::sse
