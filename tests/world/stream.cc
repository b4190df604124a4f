#include "tests/world/stream.h"

#include "base/json.h"

namespace meshai::tests {

std::string in_words(const std::string& data) {
    if (data == "[DONE]") return data;
    auto parsed = parse_json_object(data);
    if (!parsed) return "not JSON: " + data;
    const auto& frame = *parsed;
    const auto type = find_string(frame, "type");
    if (!type) return frame.contains("error") ? "protocol error" : "answer";
    if (*type == "progress") return "progress " + find_string(frame, "message").value_or("");
    if (*type == "token") return "token " + find_string(frame, "text").value_or("");
    if (*type == "error") return "error " + find_string(frame, "code").value_or("");
    if (*type == "result") {
        const auto* data = find_object(frame, "data");
        if (data && data->contains("text")) return "result " + find_string(*data, "text").value_or("");
        return "result " + (data ? to_text(*data) : std::string());
    }
    return *type;
}

Stream::Stream(TestLoop& loop, net::Network& network, net::client::Request request)
    : loop_(loop),
      client_(std::make_shared<net::client::Client>(loop.ex(), network, loop.clock, loop.log)),
      scope_(loop.ex(), loop.clock, loop.log) {
    scope_.spawn("a client reads", read(client_, std::move(request), heard_));
    loop_.settle();
}

void Stream::close() {
    scope_.cancel();
    loop_.settle();
}

std::string Stream::last_id() const {
    for (auto message = messages().rbegin(); message != messages().rend(); ++message)
        if (!message->id.empty()) return message->id;
    return {};
}

std::string Stream::task_id() const {
    for (const auto& message : messages())
        if (auto frame = parse_json_object(message.data))
            if (auto id = find_string(*frame, "task_id")) return *id;
    return {};
}

Frames Stream::take() {
    loop_.settle();
    Frames frames;
    for (; taken_ < messages().size(); ++taken_) frames.push_back(in_words(messages()[taken_].data));
    return frames;
}

Async<void> Stream::read(std::shared_ptr<net::client::Client> client, net::client::Request request,
                         std::shared_ptr<Heard> heard) {
    auto answer = co_await client->open(std::move(request));
    if (answer) {
        heard->status = (*answer)->status();
        heard->headers = (*answer)->headers();
        for (;;) {
            auto piece = co_await (*answer)->next();
            if (!piece || !*piece) break;
            heard->bytes += **piece;
            for (auto& message : heard->reader.feed(**piece)) heard->messages.push_back(std::move(message));
        }
    }
    heard->is_ended = true;
}

}  // namespace meshai::tests
