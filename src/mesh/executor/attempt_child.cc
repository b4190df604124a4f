#include <fmt/format.h>

#include "agents/cost.h"
#include "mesh/executor/answers.h"
#include "mesh/executor/attempt.h"
#include "mesh/executor/children.h"
#include "mesh/executor/follow_child.h"
#include "mesh/executor/turn.h"

namespace meshai::mesh {
namespace {

Error over() {
    return Error{Code::Cancelled, "The run is over."};
}

std::string status_of(const agents::ChildEnding& ending) {
    if (ending.result) return "completed";
    return ending.result.error().code == Code::Cancelled ? "cancelled" : "failed";
}

task::StepFinished finished(const agents::ChildTask& child, const agents::ChildEnding& ending) {
    task::StepFinished step;
    step.step = child.step;
    step.agent = ending.agent;
    step.status = status_of(ending);
    step.child = ending.task;
    step.attempt = child.attempt;
    step.usage = ending.usage;
    if (ending.result) {
        step.result = *ending.result;
    } else {
        step.error = code_name(ending.result.error().code);
        step.reason = ending.result.error().message;
    }
    return step;
}

}  // namespace

const task::StepView* Attempt::known_step(std::string_view step, int attempt) const {
    const auto known = run_.steps.find(step);
    if (known == run_.steps.end() || known->second.started.attempt != attempt) return nullptr;
    return &known->second;
}

Status Attempt::check(const agents::ChildTask& child) const {
    if (child.step.empty() || child.step.size() > task::kStepPathBytesMax || !is_valid_utf8(child.step))
        return Error{Code::InvalidArgument,
                     fmt::format("A step's name has 1 to {} bytes of UTF-8.", task::kStepPathBytesMax)};
    if (run_.steps.size() >= task::kStepsMax && !run_.steps.contains(child.step))
        return Error{Code::TooLarge, fmt::format("A task has at most {} steps.", task::kStepsMax)};
    const auto depth = run_.lineage.depth + 1;
    if (depth > task::kLineageDepthMax)
        return Error{Code::TooLarge,
                     fmt::format("Tasks go at most {} levels below the first.", task::kLineageDepthMax)};
    return shop_.ledger.check_depth(run_.accounts(), depth);
}

/// The log names the child before there is one: after a crash nothing is lost and nothing done twice.
Async<Result<TaskId>> Attempt::announce(const agents::ChildTask& child) {
    if (const auto* known = known_step(child.step, child.attempt)) co_return known->started.child;
    task::StepStarted started;
    started.step = child.step;
    started.type = child.type;
    started.attempt = child.attempt;
    started.child = shop_.log.make_id();
    if (!child.request.agents.empty()) started.agent.value = child.request.agents.front();
    const auto id = started.child;
    if (auto told = co_await add(std::move(started), child.step.size()); !told) co_return told.error();
    while (!known_step(child.step, child.attempt)) {
        if (is_over_) co_return over();
        if (auto rung = co_await wait_for_bell(kNever); !rung) co_return rung.error();
    }
    co_return id;
}

task::Request Attempt::request_of(const agents::ChildTask& child) const {
    auto request = child.request;
    request.on_disconnect = task::OnDisconnect::Continue;
    request.lineage.parent = run_.id;
    request.lineage.root = run_.lineage.root.empty() ? run_.id : run_.lineage.root;
    request.lineage.step = child.step;
    request.lineage.depth = run_.lineage.depth + 1;
    request.lineage.budgets = run_.accounts();
    if (run_.request) request.trace = run_.request->trace;
    // The agent of this task waits for the child and takes a place while it does.
    if (run_.request) request.avoided = run_.request->avoided;
    if (!run_.is_composite) request.avoided.push_back(spec_.id.value);
    if (!request.timeout && !request.is_composite()) {
        // A step may take as long as its task, unless somebody says otherwise.
        const auto left = std::chrono::duration_cast<Millis>(run_.deadline - shop_.clock.now());
        request.timeout = std::max(left, Millis{1});
    }
    return request;
}

Async<Result<agents::ChildEnding>> Attempt::run_child(agents::ChildTask child) {
    if (is_over_) co_return over();
    const auto* known = known_step(child.step, child.attempt);
    if (!known)
        if (auto fine = check(child); !fine) co_return fine.error();
    const bool has_ended = known && known->finished;
    auto id = co_await announce(child);
    if (!id) co_return id.error();
    agents::ChildEnding ending;
    ending.task = *id;
    if (!has_ended) {
        auto submitted =
            co_await submit_child(shop_.shared_from_this(), run_.shared_from_this(), *id, request_of(child));
        if (!submitted && submitted.error().code == Code::Cancelled) co_return submitted.error();
        if (!submitted) ending.result = std::unexpected(failed(submitted.error()));
        if (!submitted) co_return co_await tell_end(child, std::move(ending), has_ended);
    }
    const auto* step = known_step(child.step, child.attempt);
    const auto after = step && !has_ended ? step->relayed : Seq{};
    auto followed = co_await follow_child(*this, child, *id, after, !has_ended);
    if (!followed) co_return followed.error();
    co_return co_await tell_end(child, std::move(*followed), has_ended);
}

Async<Result<agents::ChildEnding>> Attempt::tell_end(const agents::ChildTask& child,
                                                     agents::ChildEnding ending, bool is_told) {
    if (is_told) co_return ending;
    auto step = finished(child, ending);
    if (auto told = co_await add(std::move(step), child.step.size() + task::kStepResultBytesMax); !told)
        co_return told.error();
    co_return ending;
}

Async<Status> Attempt::step_started(task::StepStarted step) {
    if (known_step(step.step, step.attempt)) co_return Status{};
    if (run_.steps.size() >= task::kStepsMax && !run_.steps.contains(step.step))
        co_return Error{Code::TooLarge, fmt::format("A task has at most {} steps.", task::kStepsMax)};
    const auto bytes = step.step.size();
    co_return co_await add(std::move(step), bytes);
}

Async<Status> Attempt::step_finished(task::StepFinished step) {
    if (const auto* known = known_step(step.step, step.attempt); known && known->finished) co_return Status{};
    const auto bytes = step.step.size() + to_text(step.result).size();
    co_return co_await add(std::move(step), bytes);
}

Async<Status> Attempt::spend(task::Usage usage) {
    const auto with_price = agents::with_cost(usage, spec_.cost);
    run_.spent += with_price;
    shop_.ledger.spend(run_.accounts(), with_price);
    if (auto told = co_await add(task::Spent{with_price, run_.attempt}, 0); !told) co_return told;
    co_return shop_.ledger.draw(run_.accounts());
}

Async<Status> Attempt::pass_on(task::Relayed relayed, std::size_t bytes) {
    const bool is_step =
        relayed.body.at("kind") == "step_started" || relayed.body.at("kind") == "step_finished";
    relayed_bytes_ += bytes;
    ++relayed_events_;
    if (!is_step && (relayed_bytes_ > kRelayedBytesMax || relayed_events_ > kRelayedEventsMax)) {
        if (std::exchange(relays_less_, true)) co_return Status{};
        task::Progress line;
        line.message = "The steps say more than is passed on; the rest stands in the logs of their tasks";
        co_return co_await add(std::move(line), 0);
    }
    co_return co_await add(std::move(relayed), bytes);
}

/// Asks the client of this task what the child asks, and gives the child the answer.
Async<void> Attempt::carry_question(TaskId child, std::string step, std::string key, json::value question,
                                    std::optional<WallTime> expires_at) {
    const auto mine = step + "/" + key;
    if (mine.size() > task::kQuestionKeyBytesMax) co_return;  // it can be answered at the child all the same
    agents::Questions questions{{mine, std::move(question)}};
    if (auto fine = check(questions); !fine) co_return;
    if (auto room = co_await wait_for_room(); !room) co_return;
    if (put_questions(questions, expires_at)) run_.wake.notify();
    while (!is_over_) {
        const auto known = run_.inquiries.find(mine);
        if (known != run_.inquiries.end() && known->second.answer) {
            (void)co_await store_answer(shop_.shared_from_this(), run_.tenant, child,
                                        {{key, *known->second.answer}}, known->second.answered_by);
            co_return;
        }
        if (auto rung = co_await wait_for_bell(kNever); !rung) co_return;
    }
}

void Attempt::begin_question(TaskId child, std::string step, const task::InputRequired& asked) {
    scope_.spawn("question of a child", carry_question(std::move(child), std::move(step), asked.key,
                                                       asked.question, asked.expires_at));
}

void Attempt::note_answer(const std::string& step, const task::InputGiven& given) {
    put_answer(step + "/" + given.key, given.answer, given.by);
}

}  // namespace meshai::mesh
