#include "tests/world/websocket.h"

#include <stdexcept>

#include "tests/world/world.h"

namespace meshai::tests {
namespace {

namespace raw = net::ws::raw;

constexpr std::string_view kNoKey = "Authorization: none\r\n";

std::string words_of(const std::string& text) {
    const auto message = parse_json_object(text);
    if (!message) return "not JSON: " + text;
    const auto type = find_string(*message, "type").value_or("no type");
    if (type == "event") {
        const auto* event = find(*message, "event");
        return event ? in_words(to_text(*event)) : "no event";
    }
    return type == "error" ? "error " + find_string(*message, "code").value_or("") : type;
}

Async<void> write(std::shared_ptr<net::Connection> connection, std::string bytes) {
    // A server that ends the connection is a finding of the story.
    (void)co_await connection->write(bytes, kNever);
}

}  // namespace

std::string member(const json::object& message, std::string_view key) {
    return find_string(message, key).value_or("");
}

void WebSocket::Heard::hear(std::string_view bytes) {
    std::string kept;
    if (!head.ends_with("\r\n\r\n")) {
        kept = head + std::string(bytes);
        const auto end = kept.find("\r\n\r\n");
        head = kept.substr(0, end == std::string::npos ? end : end + 4);
        if (end == std::string::npos) return;
        kept.erase(0, end + 4);
        bytes = kept;
    }
    if (!head.starts_with("HTTP/1.1 101 ")) {
        body += bytes;
        return;
    }
    for (auto& word : reader.feed(bytes)) words.push_back(std::move(word));
}

WebSocket::WebSocket(World& world, std::string fields, const std::string& target)
    : world_(world),
      heard_(std::make_shared<Heard>(Signal(world.loop.ex(), world.loop.clock))),
      scope_(world.loop.ex(), world.loop.clock, world.loop.log) {
    auto connected = world.loop.run(
        world.network().connect({"127.0.0.1", 8080}, net::Security::Plain, net::Reach::Anywhere, kNever));
    if (!connected) throw std::runtime_error(connected.error().message);
    connection_ = std::move(*connected);
    if (const auto at = fields.find(kNoKey); at != std::string::npos)
        fields.erase(at, kNoKey.size());
    else if (fields.find("Authorization:") == std::string::npos &&
             fields.find("bearer.") == std::string::npos)
        fields += "Authorization: Bearer " + world.key() + "\r\n";
    scope_.spawn("a websocket listens", run(connection_, heard_));
    says_bytes(raw::handshake(target, fields));
}

WebSocket::~WebSocket() {
    leaves();
}

int WebSocket::status() const {
    return heard_->head.size() < 12 ? 0 : std::stoi(heard_->head.substr(9, 3));
}

Async<void> WebSocket::run(std::shared_ptr<net::Connection> connection, std::shared_ptr<Heard> heard) {
    char piece[4096];
    std::size_t looked_at = 0;
    for (;;) {
        while (heard->is_asleep)
            if (co_await heard->may_read.wait_until(kNever) == Wake::Cancelled) co_return;
        auto count = co_await connection->read_some(piece, kNever);
        if (!count || *count == 0) break;
        heard->hear(std::string_view(piece, *count));
        for (; looked_at < heard->words.size(); ++looked_at) {
            const auto& word = heard->words[looked_at];
            if (word.starts_with("text ")) heard->texts.push_back(word.substr(5));
            std::string reply;
            if (word.starts_with("ping ") && heard->answers_pings)
                reply = raw::bytes_of({.opcode = raw::kPong, .payload = word.substr(5)});
            if (word.starts_with("close "))
                reply = raw::close(static_cast<std::uint16_t>(std::stoi(word.substr(6))));
            if (!reply.empty()) (void)co_await connection->write(reply, kNever);
        }
    }
    heard->is_ended = true;
    connection->close();
}

void WebSocket::says(json::object message) {
    says_text(to_text(message));
}

void WebSocket::says_text(std::string text) {
    says_bytes(raw::text(std::move(text)));
}

void WebSocket::says_bytes(std::string bytes) {
    scope_.spawn("a websocket speaks", write(connection_, std::move(bytes)));
    world_.loop.settle();
}

void WebSocket::submits(std::string task, json::object more) {
    more["input"] = std::move(task);
    says({{"op", "submit"}, {"task", std::move(more)}, {"subscribe", true}});
}

void WebSocket::follows(const std::string& task_id, std::string after) {
    json::object message{{"op", "subscribe"}, {"task_id", task_id}};
    if (!after.empty()) message["after"] = std::move(after);
    says(std::move(message));
}

void WebSocket::closes(std::uint16_t code) {
    says_bytes(raw::close(code));
}

void WebSocket::leaves() {
    connection_->close();
    scope_.cancel();
    world_.loop.settle();
}

void WebSocket::sleeps() {
    heard_->is_asleep = true;
}

void WebSocket::wakes() {
    heard_->is_asleep = false;
    heard_->may_read.notify();
    world_.loop.settle();
}

Frames WebSocket::take() {
    world_.loop.settle();
    Frames frames;
    for (; taken_ < heard_->words.size(); ++taken_) {
        const auto& word = heard_->words[taken_];
        if (word.starts_with("ping ") || word.starts_with("pong ")) continue;
        frames.push_back(word.starts_with("text ") ? words_of(word.substr(5)) : word);
    }
    return frames;
}

std::vector<json::object> WebSocket::messages() const {
    std::vector<json::object> messages;
    for (const auto& text : heard_->texts)
        if (auto message = parse_json_object(text)) messages.push_back(std::move(*message));
    return messages;
}

Events WebSocket::events(const std::string& task_id) const {
    const auto before = R"({"type":"event","task_id":")" + task_id + R"(","id":")";
    const std::string_view name = "\"event\":";
    Events events;
    for (const auto& text : texts()) {
        if (!text.starts_with(before)) continue;
        const auto id_end = text.find('"', before.size());
        const auto event = text.find(name) + name.size();
        events.emplace_back(text.substr(before.size(), id_end - before.size()),
                            text.substr(event, text.size() - event - 1));
    }
    return events;
}

std::string WebSocket::task_id() const {
    std::string id;
    for (const auto& message : messages())
        if (auto named = find_string(message, "task_id")) id = std::move(*named);
    return id;
}

std::string WebSocket::last_id(const std::string& task_id) const {
    std::string id;
    for (const auto& message : messages())
        if (task_id.empty() || find_string(message, "task_id") == task_id)
            if (auto named = find_string(message, "id")) id = std::move(*named);
    return id;
}

json::object WebSocket::error() const {
    json::object newest;
    for (auto& message : messages())
        if (find_string(message, "type") == "error") newest = std::move(message);
    return newest;
}

}  // namespace meshai::tests
