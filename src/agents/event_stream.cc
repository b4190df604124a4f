#include "agents/event_stream.h"

namespace meshai::agents {

Async<Result<Batch>> EventStream::next() {
    auto bytes = co_await answer_->next();
    if (!bytes) co_return bytes.error();
    Batch batch;
    if (*bytes) {
        batch.messages = reader_.feed(**bytes);
        batch.is_overlong = reader_.has_failed();
        co_return batch;
    }
    // WHATWG HTML 9.2.6 drops a message without its blank line. Agents written
    // after the guide's own sample end on "data: [DONE]" without one, so the last
    // message is taken; half a message shows itself by not being JSON.
    batch.is_end = true;
    batch.unfinished = reader_.unfinished_bytes();
    batch.messages = reader_.feed("\n\n");
    co_return batch;
}

std::string media_type(const net::http::Headers& headers) {
    const auto field = headers.get("Content-Type").value_or("");
    std::string type(field.substr(0, field.find(';')));
    while (type.ends_with(' ')) type.pop_back();
    for (auto& c : type)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return type;
}

bool is_json(std::string_view media_type) {
    return media_type == "application/json" || media_type.ends_with("+json");
}

Async<Result<std::string>> read_whole(net::client::Answer& answer, std::size_t bytes_max) {
    std::string body;
    for (;;) {
        auto bytes = co_await answer.next();
        if (!bytes) co_return bytes.error();
        if (!*bytes) co_return body;
        if (body.size() + (*bytes)->size() > bytes_max)
            co_return Error{Code::TooLarge, "The body is longer than its bound."};
        body += **bytes;
    }
}

Async<Result<std::string>> read_words(net::client::Answer& answer, std::size_t bytes_max) {
    std::string words;
    while (words.size() < bytes_max) {
        auto bytes = co_await answer.next();
        if (!bytes && bytes.error().code == Code::Cancelled) co_return bytes.error();
        if (!bytes || !*bytes) break;
        words += (*bytes)->substr(0, bytes_max - words.size());
    }
    co_return words;
}

}  // namespace meshai::agents
