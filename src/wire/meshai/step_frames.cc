#include "wire/meshai/step_frames.h"

#include "wire/meshai/clip.h"
#include "wire/meshai/frames.h"

namespace meshai::wire::guide {
namespace {

constexpr std::size_t kStepBytesMax = 3U << 10U;  // six times the path's own bound: what JSON makes of it
constexpr std::size_t kResultBytesMax = 16U << 10U;
constexpr std::size_t kContentBytesMax = 32U << 10U;
constexpr std::size_t kTokenEnvelopeBytes = 128 + kStepBytesMax;

void put(json::object& frame, std::string_view key, const std::string& text, std::size_t bytes_max) {
    if (!text.empty()) frame[key] = clipped(text, bytes_max);
}

}  // namespace

std::string step_frame(const Step& step) {
    json::object frame;
    frame["type"] = "step";
    frame["step"] = clipped(step.step, kStepBytesMax);
    frame["state"] = clipped(step.state, kNameBytesMax);
    frame["message"] = clipped(step.message, kMessageBytesMax);
    put(frame, "kind", step.kind, kNameBytesMax);
    put(frame, "agent", step.agent, kNameBytesMax);
    put(frame, "task_id", step.task.value, kNameBytesMax);
    frame["attempt"] = step.attempt;
    frame["progress"] = json_number(step.percent);
    put(frame, "code", step.error, kNameBytesMax);
    put(frame, "reason", step.reason, kMessageBytesMax);
    if (!step.result.is_null() && json::serialize(step.result).size() <= kResultBytesMax)
        frame["result"] = step.result;
    frame["timestamp"] = rfc3339(step.at);
    return to_text(frame);
}

std::string agent_message_frame(const Message& message) {
    json::object frame;
    frame["type"] = "agent_message";
    frame["from"] = clipped(message.from, kNameBytesMax);
    frame["to"] = clipped(message.to, kNameBytesMax);
    put(frame, "kind", message.kind, kNameBytesMax);
    put(frame, "step", message.step, kStepBytesMax);
    if (json::serialize(message.content).size() <= kContentBytesMax)
        frame["content"] = message.content;
    else
        frame["truncated"] = true;
    frame["timestamp"] = rfc3339(message.at);
    return to_text(frame);
}

std::vector<std::string> step_token_frames(std::string_view step, std::string_view text, int attempt) {
    const auto clean = is_valid_utf8(text) ? std::string(text) : valid_utf8(text);
    std::string_view rest = clean;
    std::vector<std::string> frames;
    do {
        const auto piece = escaped_prefix(rest, kFrameBytesMax - kTokenEnvelopeBytes);
        rest.remove_prefix(piece.size());
        json::object frame;
        frame["type"] = "token";
        frame["text"] = piece;
        if (!step.empty()) frame["step"] = clipped(step, kStepBytesMax);
        if (attempt > 1) frame["attempt"] = attempt;
        frames.push_back(json::serialize(frame));
    } while (!rest.empty());
    return frames;
}

}  // namespace meshai::wire::guide
