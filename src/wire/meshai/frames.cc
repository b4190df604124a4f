#include "wire/meshai/frames.h"

#include <fmt/format.h>

#include "wire/meshai/clip.h"
#include "wire/meshai/step_frames.h"

namespace meshai::wire::guide {
namespace {

// A key has 128 bytes at most, of which JSON makes six times as many.
constexpr std::size_t kKeyBytesMax = 768;
constexpr std::size_t kLinkBytesMax = 8U << 10U;

json::object bounded(const json::object& details) {
    if (details.empty() || json::serialize(details).size() <= kDetailsBytesMax) return details;
    json::object note;
    note["truncated"] = true;
    return note;
}

// A result that does not fit into a frame: how large it is, where it is, how it begins.
json::object reference_to(const Outcome& outcome, const json::object& data, std::size_t bytes) {
    const auto* text = outcome.result.if_string();
    const auto whole = text ? std::string(*text) : to_text(data);
    json::object reference;
    reference["truncated"] = true;
    reference["result_url"] = result_url(outcome.task);
    reference["bytes"] = bytes;
    reference["preview"] = clipped(whole, kPreviewBytesMax);
    return reference;
}

// Data as a frame may carry it. The bound is on what JSON makes of it.
json::object bounded_data(const Outcome& outcome, std::size_t bytes_max) {
    auto data = data_of(outcome.result);
    const auto bytes = json::serialize(data).size();
    if (bytes <= bytes_max) return data;
    return reference_to(outcome, data, bytes);
}

json::object text_content(std::string text) {
    json::object item;
    item["type"] = "text";
    item["text"] = std::move(text);
    return item;
}

// The answer as a person or a model reads it.
std::string text_of(const Outcome& outcome, const json::object& data) {
    if (const auto* url = data.if_contains("result_url"); url && data.contains("truncated"))
        return fmt::format("{}\n\n[The result has {} bytes. The whole of it: GET {}]",
                           std::string_view(data.at("preview").as_string()),
                           data.at("bytes").to_number<std::size_t>(), std::string_view(url->as_string()));
    if (const auto* text = outcome.result.if_string()) return std::string(*text);
    return to_text(data);
}

json::object structured(const Outcome& outcome) {
    json::object content;
    content["task_id"] = outcome.task.value;
    content["status"] = outcome.status;
    if (!outcome.conversation.empty()) content["conversation_id"] = outcome.conversation;
    return content;
}

json::object failed_tool_result(const Outcome& outcome) {
    json::object error;
    error["code"] = code_name(outcome.code);
    error["message"] = clipped(outcome.message, kMessageBytesMax);
    error["details"] = bounded(outcome.details);

    auto content = structured(outcome);
    content["error"] = std::move(error);
    content["agent_id"] = clipped(outcome.agent, kNameBytesMax);
    content["duration_ms"] = outcome.duration_ms;

    json::object result;
    result["content"] = json::array{text_content(
        fmt::format("{}: {}", code_name(outcome.code), clipped(outcome.message, kMessageBytesMax)))};
    result["structuredContent"] = std::move(content);
    result["isError"] = true;
    result["status"] = outcome.status;
    return result;
}

}  // namespace

std::string start_frame(const Start& start) {
    json::object frame;
    frame["type"] = "start";
    frame["message"] = "Starting task execution";
    frame["timestamp"] = rfc3339(start.at);
    frame["task_id"] = start.task.value;
    return to_text(frame);
}

std::string progress_frame(const Progress& progress) {
    json::object details;
    if (!progress.step.empty()) details["current_step"] = clipped(progress.step, kNameBytesMax);
    if (!progress.agent.empty()) details["agent"] = clipped(progress.agent, kNameBytesMax);
    for (const auto& [key, value] : bounded(progress.details))
        if (!details.contains(key)) details[key] = value;

    json::object frame;
    frame["type"] = "progress";
    frame["message"] = clipped(progress.message, kMessageBytesMax);
    frame["progress"] = json_number(progress.percent);
    if (!details.empty()) frame["details"] = std::move(details);
    frame["timestamp"] = rfc3339(progress.at);
    return to_text(frame);
}

std::string input_required_frame(const Asked& asked) {
    json::object frame;
    frame["type"] = "input_required";
    frame["message"] = clipped(message_of_question(asked.question), kDetailsBytesMax);
    frame["task_id"] = asked.task.value;
    frame["key"] = clipped(asked.key, kKeyBytesMax);
    if (json::serialize(asked.question).size() <= kQuestionBytesMax)
        frame["question"] = asked.question;
    else
        frame["truncated"] = true;
    frame["expires_at"] =
        asked.expires_at ? json::value(rfc3339_ms(*asked.expires_at)) : json::value(nullptr);
    frame["answer_url"] = answer_url(asked.task);
    if (!asked.link.empty() && asked.link.size() <= kLinkBytesMax) frame["link"] = asked.link;
    frame["timestamp"] = rfc3339(asked.at);
    return to_text(frame);
}

std::string input_given_frame(const Answered& answered) {
    json::object frame;
    frame["type"] = "input_given";
    frame["message"] = answered.by == "expired" ? "Nobody answered in time" : "The task has its answer";
    frame["key"] = clipped(answered.key, kKeyBytesMax);
    frame["by"] = clipped(answered.by, kNameBytesMax);
    frame["timestamp"] = rfc3339(answered.at);
    return to_text(frame);
}

std::vector<std::string> token_frames(std::string_view text, int attempt) {
    return step_token_frames({}, text, attempt);
}

std::string keepalive_frame(WallTime at) {
    json::object frame;
    frame["type"] = "keepalive";
    frame["timestamp"] = rfc3339(at);
    return to_text(frame);
}

std::string result_frame(const Outcome& outcome) {
    json::object frame;
    frame["type"] = "result";
    frame["data"] = bounded_data(outcome, kFrameBytesMax - kNameBytesMax);
    frame["progress"] = 100;
    return to_text(frame);
}

std::string complete_frame(const Outcome& outcome) {
    json::object frame;
    frame["type"] = "complete";
    frame["status"] = outcome.status;
    frame["duration_ms"] = outcome.duration_ms;
    return to_text(frame);
}

std::string error_frame(Code code, std::string_view message, const json::object& details) {
    json::object frame;
    frame["type"] = "error";
    frame["message"] = clipped(message, kMessageBytesMax);
    frame["code"] = code_name(code);
    frame["details"] = bounded(details);
    return to_text(frame);
}

json::object tool_result(const Outcome& outcome) {
    if (outcome.status != "completed") return failed_tool_result(outcome);
    // The answer stands in it twice, as text for a model and as data for a
    // program, and a text of quotes and line ends doubles once more.
    auto data = bounded_data(outcome, kFrameBytesMax / 4);
    auto text = text_of(outcome, data);

    auto content = structured(outcome);
    content["data"] = std::move(data);
    content["agent_id"] = clipped(outcome.agent, kNameBytesMax);
    content["duration_ms"] = outcome.duration_ms;

    json::object result;
    result["content"] = json::array{text_content(std::move(text))};
    result["structuredContent"] = std::move(content);
    result["status"] = outcome.status;
    return result;
}

json::object tool_result_unfinished(const Outcome& outcome) {
    auto content = structured(outcome);
    content["status_url"] = "/api/v1/tasks/" + outcome.task.value;
    content["stream_url"] = "/api/v1/tasks/" + outcome.task.value + "/stream";
    content["result_url"] = result_url(outcome.task);
    content["duration_ms"] = outcome.duration_ms;

    json::object result;
    result["content"] = json::array{text_content(fmt::format(
        "Task {0} is still running after {1} s and goes on. Ask for it with GET /api/v1/tasks/{0}, or follow "
        "it with GET /api/v1/tasks/{0}/stream.",
        outcome.task.value, outcome.duration_ms / 1000))};
    result["structuredContent"] = std::move(content);
    result["status"] = outcome.status;
    return result;
}

json::object data_of(const json::value& result) {
    if (const auto* object = result.if_object()) return *object;
    json::object data;
    data[result.is_string() ? "text" : "value"] = result;
    return data;
}

std::string message_of_question(const json::value& question) {
    if (const auto* text = question.if_string()) return std::string(*text);
    const auto* object = question.if_object();
    const auto* params = object ? find_object(*object, "params") : nullptr;
    const auto message = params ? find_string(*params, "message") : std::nullopt;
    return message.value_or("The task waits for an answer");
}

std::string answer_url(const TaskId& task) {
    return "/api/v1/tasks/" + task.value + "/input";
}

std::string result_url(const TaskId& task) {
    return "/api/v1/tasks/" + task.value + "/result";
}

}  // namespace meshai::wire::guide
