#include "doors/stream/encoder.h"
#include "doors/stream/together.h"
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

GuideEncoder::GuideEncoder(TaskId task, std::uint64_t after, std::optional<wire::jsonrpc::RequestId> request,
                           LinkOf link_of)
    : task_(std::move(task)), after_(after), request_(std::move(request)), link_of_(std::move(link_of)) {}

std::vector<std::string> GuideEncoder::encode(const task::Event& event) {
    std::vector<std::string> frames;
    for (auto& said : events_of(event)) {
        auto id = said.id.empty() ? std::nullopt : std::optional(std::move(said.id));
        frames.push_back(frame_text(said.name, std::move(id), said.data));
    }
    return frames;
}

std::vector<GuideEvent> GuideEncoder::events_of(const task::Event& event) {
    context_.note(event);
    std::vector<GuideEvent> frames;
    if (task::is_last(event.body)) {
        add_ending(frames, event);
        return frames;
    }
    if (event.seq.value <= after_) return frames;
    if (std::holds_alternative<task::Submitted>(event.body))
        add(frames, event.seq.value, "start", wire::guide::start_frame({task_, event.at}));
    else if (const auto* asked = std::get_if<task::InputRequired>(&event.body))
        add(frames, event.seq.value, "input_required", asked_frame(*asked, event.at));
    else if (const auto* given = std::get_if<task::InputGiven>(&event.body))
        add(frames, event.seq.value, "input_given",
            wire::guide::input_given_frame({given->key, given->by.value, event.at}));
    else if (auto together = together_of(event, context_))
        add(frames, event.seq.value, together->name, std::move(together->data));
    else if (const auto progress = progress_of(event, context_))
        add(frames, event.seq.value, "progress", wire::guide::progress_frame(*progress));
    else
        add_tokens(frames, event);
    return frames;
}

void GuideEncoder::add_tokens(std::vector<GuideEvent>& frames, const task::Event& event) const {
    // The log holds pieces that fit into one frame. Were there a longer one,
    // its last frame alone would carry the id: whoever has only the first
    // gets the whole piece again.
    auto tokens = tokens_of(event);
    for (auto& token : tokens) {
        if (&token == &tokens.back())
            add(frames, event.seq.value, "token", std::move(token));
        else
            frames.push_back({"token", {}, std::move(token)});
    }
}

std::string GuideEncoder::asked_frame(const task::InputRequired& asked, WallTime at) const {
    wire::guide::Asked frame{task_, asked.key, asked.question, asked.expires_at, {}, at};
    const auto until = asked.expires_at.value_or(context_.deadline());
    if (link_of_) frame.link = link_of_(task_, asked.key, until);
    return wire::guide::input_required_frame(frame);
}

void GuideEncoder::add(std::vector<GuideEvent>& events, std::uint64_t place, std::string_view name,
                       std::string data) const {
    if (place <= after_) return;
    events.push_back({name, wire::guide::event_number(task_, place), std::move(data)});
}

void GuideEncoder::add_ending(std::vector<GuideEvent>& frames, const task::Event& event) const {
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
    frames.push_back({"", {}, std::string(wire::guide::kDone)});
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
