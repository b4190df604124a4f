#include "mesh/executor/follow_child.h"

#include <set>

#include "mesh/executor/children.h"

namespace meshai::mesh {
namespace {

/// What is heard of one child.
struct Ear {
    Attempt& attempt;
    const agents::ChildTask& child;
    agents::ChildEnding ending{};
    std::optional<task::Relayed> output{};  ///< pieces that wait to be joined with the next
    std::string text{};
    int text_attempt = 0;
    std::set<std::string> open{};  ///< keys of its questions that nobody has answered
    bool passes_on = true;
    bool is_over = false;
};

std::size_t bytes_of(const task::Relayed& relayed) {
    return to_text(relayed.body).size() + relayed.step.size();
}

Async<Status> let_go(Ear& ear) {
    if (!ear.output) co_return Status{};
    auto relayed = std::move(*ear.output);
    ear.output.reset();
    const auto piece = task::relay(relayed.step, relayed.child, relayed.seq,
                                   task::Output{std::exchange(ear.text, {}), ear.text_attempt});
    const auto bytes = bytes_of(piece);
    co_return co_await ear.attempt.pass_on(piece, bytes);
}

Async<Status> pass_on(Ear& ear, const task::Event& event) {
    const auto& id = ear.ending.task;
    if (const auto* output = std::get_if<task::Output>(&event.body)) {
        const bool fits = ear.output && ear.text_attempt == output->attempt &&
                          ear.text.size() + output->text.size() <= task::kOutputPieceBytesMax;
        if (!fits)
            if (auto gone = co_await let_go(ear); !gone) co_return gone;
        ear.output = task::Relayed{ear.child.step, id, event.seq, {}};
        ear.text += output->text;
        ear.text_attempt = output->attempt;
        co_return Status{};
    }
    if (!task::is_relayed(event.body)) co_return Status{};
    if (auto gone = co_await let_go(ear); !gone) co_return gone;
    auto relayed = task::relay(ear.child.step, id, event.seq, event.body);
    const auto bytes = bytes_of(relayed);
    co_return co_await ear.attempt.pass_on(std::move(relayed), bytes);
}

void note(Ear& ear, const task::Body& body) {
    if (const auto* started = std::get_if<task::Started>(&body)) ear.ending.agent = started->agent;
    if (const auto* progress = std::get_if<task::Progress>(&body);
        progress && progress->percent && ear.child.on_percent)
        ear.child.on_percent(*progress->percent);
    if (const auto* asked = std::get_if<task::InputRequired>(&body)) {
        ear.open.insert(asked->key);
        if (ear.passes_on) ear.attempt.begin_question(ear.ending.task, ear.child.step, *asked);
    }
    if (const auto* given = std::get_if<task::InputGiven>(&body)) {
        ear.open.erase(given->key);
        if (ear.passes_on) ear.attempt.note_answer(ear.child.step, *given);
    }
}

/// Questions that go with the child that asked them are not the parent's any more.
void close_questions(Ear& ear) {
    for (const auto& key : ear.open)
        ear.attempt.note_answer(ear.child.step,
                                {key, json::object{{"action", "cancel"}}, Subject{"withdrawn"}});
}

void end(Ear& ear, const task::Body& body) {
    if (const auto* completed = std::get_if<task::Completed>(&body)) {
        ear.ending.result = completed->result;
        ear.ending.usage = completed->usage;
        ear.ending.agent = completed->agent;
    } else if (const auto* failed = std::get_if<task::Failed>(&body)) {
        ear.ending.result = std::unexpected(*failed);
    } else if (const auto* cancelled = std::get_if<task::Cancelled>(&body)) {
        ear.ending.is_given_up = cancelled->by == kHouse && cancelled->why == kStepGivenUp;
        auto words = ear.ending.is_given_up ? std::string(kStepGivenUp)
                                            : "The step was cancelled by " + cancelled->by + ".";
        ear.ending.result = std::unexpected(task::Failed{Code::Cancelled, std::move(words), {}, {}});
    }
    ear.is_over = task::is_last(body);
}

/// The log of the child is gone: it ended longer ago than endings are kept.
agents::ChildEnding gone(Ear& ear, const Error& error) {
    ear.ending.result = std::unexpected(task::Failed{error.code, error.message, {}, {}});
    return std::move(ear.ending);
}

}  // namespace

Async<Result<agents::ChildEnding>> follow_child(Attempt& attempt, const agents::ChildTask& child, TaskId id,
                                                Seq after, bool passes_on) {
    Ear ear{attempt, child};
    ear.ending.task = id;
    ear.passes_on = passes_on;
    task::Follower follower(attempt.log(), attempt.executor(), attempt.tenant(), id, after);
    while (!ear.is_over) {
        auto events = co_await follower.next(kNever);
        if (!events) {
            const auto code = events.error().code;
            if (code == Code::Gone || code == Code::NotFound) co_return gone(ear, events.error());
            if (code != Code::Unavailable) co_return events.error();
            if (auto waited = co_await pause(attempt.clock(), kBackoffFirst); !waited)
                co_return waited.error();
            continue;
        }
        for (const auto& event : *events) {
            note(ear, event.body);
            if (passes_on)
                if (auto told = co_await ::meshai::mesh::pass_on(ear, event); !told) co_return told.error();
            end(ear, event.body);
        }
        if (auto told = co_await let_go(ear); !told) co_return told.error();
    }
    if (passes_on) close_questions(ear);
    co_return std::move(ear.ending);
}

}  // namespace meshai::mesh
