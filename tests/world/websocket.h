// tests/world/websocket.h
//
// A client with a WebSocket in a story: it says JSON, hears JSON, answers pings
// like every library does, and tells what it heard in words. Its frames are made
// by hand, so that it can also be slow, silent or rude. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/signal.h"
#include "net/ws/raw_frames.h"
#include "tests/world/stream.h"

namespace meshai::tests {

class World;

/// The events of a task as they came: id and JSON, byte for byte.
using Events = std::vector<std::pair<std::string, std::string>>;

/// The text of a member; empty where there is none.
std::string member(const json::object& message, std::string_view key);

class WebSocket {
  public:
    /// Shakes hands at /v1/ws with the key of the first tenant; `fields` are whole
    /// header lines and may bring another key, or none with "Authorization: none".
    explicit WebSocket(World& world, std::string fields = {}, const std::string& target = "/v1/ws");
    ~WebSocket();
    WebSocket(const WebSocket&) = delete;
    WebSocket& operator=(const WebSocket&) = delete;

    /// The answer to the handshake.
    int status() const;
    const std::string& head() const { return heard_->head; }
    /// Of an answer that was a refusal.
    const std::string& body() const { return heard_->body; }

    // What the client does.
    void says(json::object message);
    void says_text(std::string text);
    void says_bytes(std::string bytes);
    void submits(std::string task, json::object more = {});  ///< and subscribes
    void follows(const std::string& task_id, std::string after = {});
    void closes(std::uint16_t code = 1000);
    void leaves();  ///< without a word
    /// Takes nothing from the network any more, or again.
    void sleeps();
    void wakes();
    void ignores_pings() { heard_->answers_pings = false; }

    /// What came since the last take: "connected", "submitted", "error CODE", …; an
    /// event of a task as on a stream ("progress thinking"); "close 1001".
    Frames take();

    /// All messages so far.
    std::vector<json::object> messages() const;
    /// The raw text of all messages so far.
    const std::vector<std::string>& texts() const { return heard_->texts; }

    Events events(const std::string& task_id) const;

    /// Of the newest message that names one.
    std::string task_id() const;
    /// The newest event's id of a task; what "after" takes.
    std::string last_id(const std::string& task_id = {}) const;
    /// {"code", "message"} of the newest error.
    json::object error() const;
    bool is_ended() const { return heard_->is_ended; }

  private:
    struct Heard;

    static Async<void> run(std::shared_ptr<net::Connection> connection, std::shared_ptr<Heard> heard);

    struct Heard {
        explicit Heard(Signal bell) : may_read(std::move(bell)) {}
        Signal may_read;
        bool is_asleep = false;
        bool answers_pings = true;
        bool is_ended = false;
        std::string head{};
        std::string body{};
        std::vector<std::string> texts{};
        std::vector<std::string> words{};  ///< text N, or "close …"
        net::ws::raw::Reader reader{};

        void hear(std::string_view bytes);
    };

    World& world_;
    std::shared_ptr<Heard> heard_;
    std::shared_ptr<net::Connection> connection_{};
    Scope scope_;
    std::size_t taken_ = 0;
};

inline Frames take(WebSocket& socket) {
    return socket.take();
}

}  // namespace meshai::tests
