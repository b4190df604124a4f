#include "doors/ws/ask.h"

#include <fmt/format.h>

namespace meshai::doors::ws {
namespace {

constexpr std::string_view kOps = "submit, subscribe, unsubscribe, cancel, answer, ping";
constexpr std::size_t kOpBytesMax = 32;

Error wrong(std::string message) {
    return Error{Code::InvalidArgument, std::move(message)};
}

Result<std::string> needed_text(const json::object& message, std::string_view key) {
    auto text = find_string(message, key);
    if (!text || text->empty()) return wrong(fmt::format("\"{}\" is needed: a text.", key));
    return std::move(*text);
}

// An id of an event: the text of a stream's id, or a bare place as a number.
Result<std::string> read_after(const json::object& message) {
    const auto* after = find(message, "after");
    if (!after || after->is_null()) return std::string();
    std::string text;
    if (const auto* given = after->if_string())
        text = std::string(*given);
    else if (after->is_int64() || after->is_uint64())
        text = json::serialize(*after);
    else
        return wrong("\"after\" must be the id of an event.");
    if (text.size() > kCursorBytesMax)
        return wrong(fmt::format("\"after\" is longer than {} bytes.", kCursorBytesMax));
    return text;
}

Result<Topic> read_topic(const json::object& message) {
    const bool names_task = message.contains("task_id");
    if (names_task == message.contains("stream"))
        return wrong("\"task_id\" or \"stream\" is needed, one of them.");
    auto name = needed_text(message, names_task ? "task_id" : "stream");
    if (!name) return name.error();
    return Topic{names_task, std::move(*name)};
}

Result<Ask> read_submit(const json::object& message) {
    SubmitAsk ask;
    const auto* task = find(message, "task");
    if (!task || !task->is_object())
        return wrong("\"task\" is needed: an object, the body of POST /api/v1/tasks.");
    ask.task = task->get_object();
    const auto* subscribe = find(message, "subscribe");
    if (subscribe && !subscribe->is_bool()) return wrong("\"subscribe\" must be true or false.");
    ask.subscribe = subscribe && subscribe->get_bool();
    auto after = read_after(message);
    if (!after) return after.error();
    ask.after = std::move(*after);
    return ask;
}

Result<Ask> read_subscribe(const json::object& message) {
    auto topic = read_topic(message);
    if (!topic) return topic.error();
    auto after = read_after(message);
    if (!after) return after.error();
    SubscribeAsk ask{std::move(*topic), std::move(*after), {}};
    if (!ask.topic.is_task) ask.filter = message;
    return ask;
}

Result<Ask> read_unsubscribe(const json::object& message) {
    auto topic = read_topic(message);
    if (!topic) return topic.error();
    return UnsubscribeAsk{std::move(*topic)};
}

Result<Ask> read_cancel(const json::object& message) {
    auto task_id = needed_text(message, "task_id");
    if (!task_id) return task_id.error();
    return CancelAsk{std::move(*task_id)};
}

Result<Ask> read_answer(const json::object& message) {
    auto task_id = needed_text(message, "task_id");
    if (!task_id) return task_id.error();
    const auto* answers = find_object(message, "answers");
    if (!answers || answers->empty()) return wrong("\"answers\" is needed: an object, answers by key.");
    return AnswerAsk{std::move(*task_id), *answers};
}

Result<Ask> read_ping(const json::object&) {
    return PingAsk{};
}

struct Op {
    std::string_view name;
    Result<Ask> (*read)(const json::object& message);
};

constexpr Op kTable[] = {{"submit", read_submit},           {"subscribe", read_subscribe},
                         {"unsubscribe", read_unsubscribe}, {"cancel", read_cancel},
                         {"answer", read_answer},           {"ping", read_ping}};

Result<Ask> read_ask(const json::object& message, std::string_view op) {
    for (const auto& known : kTable)
        if (known.name == op) return known.read(message);
    return wrong(fmt::format("\"op\" must be one of {}.", kOps));
}

Status read_ref(const json::object& message, json::value& ref) {
    const auto* given = find(message, "ref");
    if (!given || given->is_null()) return {};
    if (!given->is_string() && !given->is_number()) return wrong("\"ref\" must be a text or a number.");
    if (json::serialize(*given).size() > kRefBytesMax)
        return wrong(fmt::format("\"ref\" is longer than {} bytes.", kRefBytesMax));
    ref = *given;
    return {};
}

}  // namespace

Heard read_message(std::string_view text) {
    Heard heard;
    auto message = parse_json_object(text);
    if (!message) {
        heard.ask = message.error();
        return heard;
    }
    heard.op = std::string(utf8_prefix(find_string(*message, "op").value_or(""), kOpBytesMax));
    if (auto fine = read_ref(*message, heard.ref); !fine)
        heard.ask = fine.error();
    else
        heard.ask = read_ask(*message, heard.op);
    heard.message = std::move(*message);
    return heard;
}

}  // namespace meshai::doors::ws
