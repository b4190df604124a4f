// net/sse/reader.h
//
// Server-sent events read from bytes however they are cut (WHATWG HTML, 9.2.6,
// "Interpreting an event stream"). Pure; bounded: a line or message over the
// bound puts the reader into the failed state and it says nothing more.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshai::net::sse {

struct Message {
    std::string event;  ///< "" means "message"
    std::string data;
    std::string id;  ///< last id seen

    friend bool operator==(const Message&, const Message&) = default;
};

inline constexpr std::size_t kMessageBytesMax = 20U << 20U;

class Reader {
  public:
    explicit Reader(std::size_t message_bytes_max = kMessageBytesMax)
        : message_bytes_max_(message_bytes_max) {}

    /// The messages that `bytes` completed.
    std::vector<Message> feed(std::string_view bytes);

    /// A line or message was over the bound.
    bool has_failed() const { return failed_; }

    /// The id behind which a next connection goes on: of the last complete
    /// event, also of one without data. Empty before the first.
    const std::string& last_id() const { return complete_id_; }

    /// The wait before a next connection, where the server said one.
    std::optional<std::chrono::milliseconds> retry() const { return retry_; }

    /// Bytes of a message that is not complete; at the end of a stream they
    /// tell how much was lost.
    std::size_t unfinished_bytes() const { return line_.size() + data_.size(); }

  private:
    void take_line(std::string_view line, std::vector<Message>& messages);

    std::size_t message_bytes_max_;
    std::string line_{};
    std::string event_{};
    std::string data_{};
    std::string id_{};
    std::string complete_id_{};
    std::optional<std::chrono::milliseconds> retry_{};
    bool has_data_ = false;
    bool at_start_ = true;       // a byte order mark may still come
    bool skip_newline_ = false;  // the line ended with CR; an LF now belongs to it
    bool failed_ = false;
};

}  // namespace meshai::net::sse
