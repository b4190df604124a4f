#include "doors/stream/encoder.h"
#include "doors/stream/words.h"
#include "net/sse/writer.h"
#include "wire/meshai/event_number.h"

namespace meshai::doors {
namespace {

using wire::guide::Outcome;

std::string frame_text(std::string_view event, std::optional<std::string> id, std::string_view data) {
    std::string bytes;
    net::sse::write_frame(bytes, net::sse::Frame{.event = event, .id = std::move(id), .data = data});
    return bytes;
}

}  // namespace

GuideEncoder::GuideEncoder(TaskId task, std::uint64_t after, std::optional<wire::jsonrpc::RequestId> request)
    : task_(std::move(task)), after_(after), request_(std::move(request)) {}

std::vector<std::string> GuideEncoder::encode(const task::Event& event) {
    context_.note(event);
    std::vector<std::string> frames;
    if (task::is_last(event.body)) {
        add_ending(frames, event);
        return frames;
    }
    if (event.seq.value <= after_) return frames;
    if (std::holds_alternative<task::Submitted>(event.body))
        add(frames, event.seq.value, "start", wire::guide::start_frame({task_, event.at}));
    else if (const auto progress = progress_of(event, context_))
        add(frames, event.seq.value, "progress", wire::guide::progress_frame(*progress));
    else if (const auto* output = std::get_if<task::Output>(&event.body)) {
        // The log holds pieces that fit into one frame. Were there a longer one,
        // its last frame alone would carry the id: whoever has only the first
        // gets the whole piece again.
        const auto tokens = wire::guide::token_frames(output->text, output->attempt);
        for (const auto& token : tokens) {
            if (&token == &tokens.back())
                add(frames, event.seq.value, "token", token);
            else
                frames.push_back(frame_text("token", std::nullopt, token));
        }
    }
    return frames;
}

void GuideEncoder::add(std::vector<std::string>& frames, std::uint64_t place, std::string_view event,
                       std::string_view data) const {
    if (place <= after_) return;
    frames.push_back(frame_text(event, wire::guide::event_number(task_, place), data));
}

void GuideEncoder::add_ending(std::vector<std::string>& frames, const task::Event& event) const {
    auto place = event.seq.value;
    const auto outcome = context_.outcome(task_, event);
    if (outcome.status == "completed") {
        add(frames, place++, "result", wire::guide::result_frame(outcome));
        add(frames, place++, "complete", wire::guide::complete_frame(outcome));
    } else {
        add(frames, place++, "error",
            wire::guide::error_frame(outcome.code, outcome.message, outcome.details));
    }
    // No event name: to an SDK of MCP this is the message it waits for.
    if (const auto request = request_to_answer())
        add(frames, place, "",
            to_text(wire::jsonrpc::result_message(*request, wire::guide::tool_result(outcome))));
    frames.push_back(frame_text("", std::nullopt, wire::guide::kDone));
}

std::optional<wire::jsonrpc::RequestId> GuideEncoder::request_to_answer() const {
    return request_ ? request_ : request_id_of(context_.correlation_id());
}

std::string GuideEncoder::keepalive(WallTime now) {
    return frame_text("keepalive", std::nullopt, wire::guide::keepalive_frame(now));
}

std::vector<std::string> GuideEncoder::broken(const Error& error) {
    return {frame_text("error", std::nullopt, wire::guide::error_frame(error.code, error.message, {})),
            frame_text("", std::nullopt, wire::guide::kDone)};
}

}  // namespace meshai::doors
