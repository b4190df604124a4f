// agents/event_stream.h
//
// The body of an agent's answer, read with its bounds: as server-sent events
// when the agent streams, or as the words of an error. Takes over the answer;
// letting go of it closes the connection. On the executor of the call.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/async.h"
#include "net/client/client.h"
#include "net/sse/reader.h"

namespace meshai::agents {

/// What one read of the stream completed.
struct Batch {
    std::vector<net::sse::Message> messages;
    bool is_end = false;         ///< nothing follows
    bool is_overlong = false;    ///< a message is over the bound: nothing follows either
    std::size_t unfinished = 0;  ///< at the end: bytes of a message that was never completed
};

class EventStream {
  public:
    EventStream(std::unique_ptr<net::client::Answer> answer, std::size_t message_bytes_max)
        : answer_(std::move(answer)), reader_(message_bytes_max) {}

    Async<Result<Batch>> next();

  private:
    std::unique_ptr<net::client::Answer> answer_;
    net::sse::Reader reader_;
};

/// The type of the body, in lower case and without parameters: "text/event-stream". Empty if not said.
std::string media_type(const net::http::Headers& headers);
bool is_json(std::string_view media_type);
inline constexpr std::string_view kEventStream = "text/event-stream";

/// The whole body; TooLarge when it is longer than `bytes_max`.
Async<Result<std::string>> read_whole(net::client::Answer& answer, std::size_t bytes_max);

/// The first bytes of the body, at most `bytes_max`: what can be had of it. Cancelled only.
Async<Result<std::string>> read_words(net::client::Answer& answer, std::size_t bytes_max);

}  // namespace meshai::agents
