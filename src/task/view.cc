#include "task/view.h"

#include <algorithm>
#include <array>

namespace meshai::task {
namespace {

struct Named {
    State state;
    std::string_view name;
};

constexpr std::array kNames = {
    Named{State::Pending, "pending"},     Named{State::Routing, "routing"},
    Named{State::Executing, "executing"}, Named{State::InputRequired, "input_required"},
    Named{State::Completed, "completed"}, Named{State::Failed, "failed"},
    Named{State::Cancelled, "cancelled"},
};

// One overload per kind of event; what a kind does not change is not mentioned.
struct Fold {
    View& view;
    WallTime at;

    void operator()(const Submitted& body) const {
        view.submitted = body;
        view.submitted_at = at;
    }
    void operator()(const Routed& body) const {
        view.state = State::Routing;
        view.routed = body;
    }
    void operator()(const Started& body) const {
        view.state = State::Executing;
        view.attempt = body.attempt;
        view.agent = body.agent;
        view.agent_name = body.agent_name;
        view.text.clear();
        view.output_bytes = 0;
        if (view.started_at == WallTime{}) view.started_at = at;
    }
    void operator()(const Progress& body) const {
        if (body.percent) view.percent = std::max(view.percent, *body.percent);
        if (!body.message.empty()) view.message = body.message;
    }
    void operator()(const Output& body) const {
        if (body.attempt != view.attempt) return;  // a piece of an attempt that is over
        view.output_bytes += body.text.size();
        if (view.text.size() + body.text.size() <= kOutputBytesMax) view.text += body.text;
    }
    void operator()(const StepStarted&) const {}
    void operator()(const StepFinished&) const {}
    void operator()(const AgentMessage&) const {}
    void operator()(const Relayed&) const {}
    void operator()(const Spent&) const {}
    void operator()(const InputRequired&) const {
        if (has_open(view.inquiries)) view.state = State::InputRequired;
    }
    void operator()(const InputGiven&) const {
        if (view.state == State::InputRequired && !has_open(view.inquiries)) view.state = State::Executing;
    }
    void operator()(const Completed& body) const {
        view.state = State::Completed;
        view.percent = 100;
        view.completed = body;
        view.finished_at = at;
    }
    void operator()(const Failed& body) const {
        view.state = State::Failed;
        view.failed = body;
        view.finished_at = at;
    }
    void operator()(const Cancelled& body) const {
        view.state = State::Cancelled;
        view.cancelled = body;
        view.finished_at = at;
    }
};

}  // namespace

void apply(Inquiries& inquiries, const Body& body) {
    if (const auto* asked = std::get_if<InputRequired>(&body)) {
        auto& inquiry = inquiries[asked->key];
        inquiry.question = asked->question;
        inquiry.expires_at = asked->expires_at;
        // The answer may come just before an attempt that asks again is in the log.
        inquiry.is_open = !inquiry.answer;
    } else if (const auto* given = std::get_if<InputGiven>(&body)) {
        auto& inquiry = inquiries[given->key];
        inquiry.answer = given->answer;
        inquiry.answered_by = given->by;
        inquiry.is_open = false;
    } else if (std::holds_alternative<Started>(body)) {
        for (auto& [key, inquiry] : inquiries) inquiry.is_open = false;
    }
}

bool has_open(const Inquiries& inquiries) {
    return std::ranges::any_of(inquiries, [](const auto& entry) { return entry.second.is_open; });
}

View apply(View view, const Event& event) {
    if (is_final(view.state)) return view;
    apply(view.inquiries, event.body);
    apply(view.steps, event);
    std::visit(Fold{view, event.at}, event.body);
    view.last = event.seq;
    view.updated_at = event.at;
    return view;
}

std::string_view state_name(State state) {
    for (const auto& named : kNames)
        if (named.state == state) return named.name;
    return "pending";
}

std::optional<State> state_of(std::string_view name) {
    for (const auto& named : kNames)
        if (named.name == name) return named.state;
    return std::nullopt;
}

bool is_final(State state) {
    return state == State::Completed || state == State::Failed || state == State::Cancelled;
}

}  // namespace meshai::task
