// tests/world/stream.h
//
// A client that reads one stream of the server, over the network of the test:
// it keeps the bytes as they came and the events in them. One thread.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/test_loop.h"
#include "net/client/client.h"
#include "net/sse/reader.h"

namespace meshai::tests {

/// What a person would say of each event: "start", "progress thinking",
/// "token Once upon", "result a poem", "complete", "answer", "[DONE]".
using Frames = std::vector<std::string>;

/// The same of the data of one event.
std::string in_words(const std::string& data);

class Stream {
  public:
    Stream(TestLoop& loop, net::Network& network, net::client::Request request);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// The train enters a tunnel: the connection is gone, what was read stays.
    void close();

    bool is_ended() const { return heard_->is_ended; }
    int status() const { return heard_->status; }
    const net::http::Headers& headers() const { return heard_->headers; }
    const std::string& bytes() const { return heard_->bytes; }

    /// All messages so far.
    const std::vector<net::sse::Message>& messages() const { return heard_->messages; }

    /// The id of the newest event that had one; what Last-Event-ID takes.
    std::string last_id() const;

    /// From the start event; empty before it came.
    std::string task_id() const;

    /// The events since the last take, in words.
    Frames take();

  private:
    struct Heard {
        int status = 0;
        net::http::Headers headers{};
        bool is_ended = false;
        std::string bytes{};
        std::vector<net::sse::Message> messages{};
        net::sse::Reader reader{};
    };

    static Async<void> read(std::shared_ptr<net::client::Client> client, net::client::Request request,
                            std::shared_ptr<Heard> heard);

    TestLoop& loop_;
    std::shared_ptr<Heard> heard_ = std::make_shared<Heard>();
    std::shared_ptr<net::client::Client> client_;
    Scope scope_;
    std::size_t taken_ = 0;
};

/// The events since the last take.
inline Frames take(Stream& stream) {
    return stream.take();
}

}  // namespace meshai::tests
