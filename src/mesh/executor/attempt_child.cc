#include <fmt/format.h>

#include "agents/cost.h"
#include "agents/delegation/messages.h"
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

/// Together with what else is put in before the caller waits.
void Attempt::put_message(task::AgentMessage message) {
    const auto bytes = to_text(message.content).size();
    pending_.add(std::move(message), bytes);
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
    if (auto room = co_await wait_for_room(); !room) co_return room.error();
    // What is put in at once is stored at once: no crash parts what is said of a step from the step.
    if (child.type == agents::kDelegationStep) put_message(agents::handover_message(child));
    pending_.add(std::move(started), child.step.size());
    run_.wake.notify();
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
    const auto step = child.step;
    const auto attempt = child.attempt;
    auto reply = std::make_shared<Reply<Result<agents::ChildEnding>>>(ex_, shop_.clock);
    if (!scope_.spawn("child " + step, carry_child(std::move(child), reply))) co_return over();
    if (auto ending = co_await reply->wait(kNever)) co_return std::move(*ending);
    // The caller is cancelled, and with it the child, whose end is waited for all the same: what the caller
    // has lent to it must not go before.
    if (!is_over_) give_up(step, attempt);
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    (void)co_await reply->wait(kNever);
    co_return over();
}

Async<void> Attempt::carry_child(agents::ChildTask child, ChildReply reply) {
    // Whoever waits hears of it in any case.
    Result<agents::ChildEnding> ending = Error{Code::Internal, "The server failed while it ran the step."};
    try {
        ending = co_await work_on_child(std::move(child));
    } catch (const std::exception& error) {
        shop_.sink.error("a step ended by an exception, which is a bug",
                         {{"task", run_.id.value}, {"what", error.what()}});
    }
    reply->give(std::move(ending));
}

Async<Result<agents::ChildEnding>> Attempt::work_on_child(agents::ChildTask child) {
    const auto* known = known_step(child.step, child.attempt);
    if (known && known->finished) co_return co_await ended_child(child, known->started.child);
    if (!known)
        if (auto fine = check(child); !fine) co_return fine.error();
    auto id = co_await announce(child);
    if (!id) co_return id.error();
    agents::ChildEnding ending;
    ending.task = *id;
    if (is_given_up(child)) {
        ending.is_given_up = true;
        ending.result = std::unexpected(task::Failed{Code::Cancelled, std::string(kStepGivenUp), {}, {}});
        co_return co_await tell_end(child, std::move(ending));
    }
    auto submitted =
        co_await submit_child(shop_.shared_from_this(), run_.shared_from_this(), *id, request_of(child));
    if (!submitted && submitted.error().code == Code::Cancelled) co_return submitted.error();
    if (!submitted) {
        ending.result = std::unexpected(failed(submitted.error()));
        co_return co_await tell_end(child, std::move(ending));
    }
    if (is_given_up(child)) co_await cancel_child(*id);
    const auto* step = known_step(child.step, child.attempt);
    auto followed = co_await follow_child(*this, child, *id, step ? step->relayed : Seq{}, true);
    if (!followed) co_return followed.error();
    co_return co_await tell_end(child, std::move(*followed));
}

/// Of a child that ended before: its own log has the whole, and where that is gone this one has the rest.
Async<Result<agents::ChildEnding>> Attempt::ended_child(const agents::ChildTask& child, TaskId id) {
    const auto finished = *known_step(child.step, child.attempt)->finished;
    auto ending = co_await follow_child(*this, child, id, Seq{}, false);
    if (!ending) co_return ending;
    const bool is_gone = !ending->result && (ending->result.error().code == Code::Gone ||
                                             ending->result.error().code == Code::NotFound);
    if (!is_gone) co_return ending;
    ending->agent = finished.agent;
    ending->usage = finished.usage;
    if (finished.status == "completed" && !finished.result.is_null()) ending->result = finished.result;
    if (finished.status == "completed") co_return ending;
    ending->is_given_up = finished.status == "cancelled" && finished.reason == kStepGivenUp;
    ending->result = std::unexpected(task::Failed{code_of(finished.error), finished.reason, {}, {}});
    co_return ending;
}

void Attempt::give_up(std::string step, int attempt) {
    const auto* known = known_step(step, attempt);
    if (known && known->finished) return;
    given_up_.emplace(std::move(step), attempt);
    if (known) scope_.spawn("give a child up", cancel_child(known->started.child));
}

bool Attempt::is_given_up(const agents::ChildTask& child) const {
    return given_up_.contains({child.step, child.attempt});
}

/// A child that is only about to be submitted is cancelled by whoever submits it.
Async<void> Attempt::cancel_child(TaskId id) {
    auto done = co_await cancel_task(shop_.shared_from_this(), run_.tenant, id, std::string(kHouse),
                                     std::string(kStepGivenUp));
    if (done || done.error().code == Code::AlreadyFinished || done.error().code == Code::NotFound) co_return;
    shop_.sink.warn("a step that nobody waits for cannot be cancelled",
                    {{"task", id.value}, {"cause", done.error().message}});
}

Async<Result<agents::ChildEnding>> Attempt::tell_end(const agents::ChildTask& child,
                                                     agents::ChildEnding ending) {
    if (auto room = co_await wait_for_room(); !room) co_return room.error();
    pending_.add(finished(child, ending), child.step.size() + task::kStepResultBytesMax);
    // Where nobody waits any more, nobody is answered.
    if (child.type == agents::kDelegationStep && !ending.is_given_up)
        put_message(agents::answer_message(child, ending));
    run_.wake.notify();
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
