#include "mesh/executor/attempt.h"

#include <algorithm>

namespace meshai::mesh {
namespace {

Error over() {
    return Error{Code::Cancelled, "The run is over."};
}

/// What a progress says besides its message must stay small as well.
constexpr std::size_t kDetailsBytesMax = task::kMessageBytesMax;

}  // namespace

Attempt::Attempt(Workshop& shop, Run& run, agents::Spec spec, std::unique_ptr<agents::Adapter> adapter)
    : shop_(shop),
      run_(run),
      spec_(std::move(spec)),
      adapter_(std::move(adapter)),
      ex_(shop.floor_of(run).place.ex),
      scope_(ex_, shop.clock, shop.sink),
      begun_at_(shop.clock.now()) {}

void Attempt::begin(agents::Call call) {
    begun_at_ = shop_.clock.now();
    scope_.spawn("agent " + spec_.name, call_agent(std::move(call)));
}

Async<void> Attempt::call_agent(agents::Call call) {
    // This is the edge of a task run: an exception of an adapter is our bug, and
    // ends this one call.
    std::string what;
    try {
        ending_.emplace(co_await adapter_->run(std::move(call), *this));
    } catch (const std::exception& error) {
        what = error.what();
    }
    if (!ending_) {
        shop_.sink.error("an adapter ended by an exception, which is a bug",
                         {{"task", run_.id.value}, {"agent", spec_.name}, {"what", what}});
        agents::Failure failure;
        failure.error = Error{Code::Internal, "The server failed while it talked to the agent.", what};
        ending_.emplace(std::unexpect, std::move(failure));
    }
    run_.wake.notify();
}

void Attempt::cancel() {
    is_over_ = true;
    scope_.cancel();
    let_in();
}

Async<void> Attempt::close() {
    cancel();
    co_await scope_.close();
}

void Attempt::let_in() {
    for (const auto& waiter : waiting_) waiter.notify();
}

std::vector<task::Body> Attempt::take_pending() {
    auto bodies = pending_.take();
    let_in();
    return bodies;
}

Async<Status> Attempt::wait_for_bell(MonoTime until) {
    // Each caller waits at a bell of its own: an adapter may read two streams at once.
    const auto mine = waiting_.emplace(waiting_.end(), ex_, shop_.clock);
    const auto bell = *mine;
    const auto woken = co_await bell.wait_until(until);
    waiting_.erase(mine);
    if (woken == Wake::Cancelled) co_return over();
    co_return Status{};
}

Async<Status> Attempt::wait_for_room() {
    while (!is_over_ && pending_.is_full())
        if (auto rung = co_await wait_for_bell(kNever); !rung) co_return rung;
    if (is_over_) co_return over();
    co_return Status{};
}

Async<Status> Attempt::add(task::Body body, std::size_t bytes) {
    if (auto room = co_await wait_for_room(); !room) co_return room;
    pending_.add(std::move(body), bytes);
    run_.wake.notify();
    co_return Status{};
}

Async<Status> Attempt::output(std::string text) {
    if (!is_valid_utf8(text)) text = valid_utf8(text);
    output_bytes_ += text.size();
    if (output_bytes_ > task::kOutputBytesMax) {
        said_too_much_ = true;
        run_.wake.notify();
        co_return Error{Code::TooLarge, "The agent wrote more than one attempt may write."};
    }
    std::string_view rest(text);
    while (!rest.empty()) {
        const auto piece = utf8_prefix(rest, task::kOutputPieceBytesMax);
        rest.remove_prefix(piece.size());
        auto added = co_await add(task::Output{std::string(piece), run_.attempt}, piece.size());
        if (!added) co_return added;
    }
    co_return Status{};
}

Async<Status> Attempt::progress(task::Progress progress) {
    if (!is_valid_utf8(progress.message)) progress.message = valid_utf8(progress.message);
    progress.message = std::string(utf8_prefix(progress.message, task::kMessageBytesMax));
    progress.step = std::string(utf8_prefix(valid_utf8(progress.step), task::kMessageBytesMax));
    if (progress.percent) {
        const double told = std::clamp(*progress.percent, 0.0, 100.0);
        run_.percent = std::max(run_.percent, told);
        progress.percent = run_.percent;
    }
    if (progress.agent.empty()) progress.agent = spec_.id;
    auto bytes = progress.message.size() + progress.step.size();
    if (!progress.details.empty()) {
        const auto details = to_text(progress.details).size();
        if (details > kDetailsBytesMax) progress.details = {{"left_out", "details over 8 KiB"}};
        bytes += std::min(details, kDetailsBytesMax);
    }
    co_return co_await add(std::move(progress), bytes);
}

Async<Status> Attempt::message(task::AgentMessage message) {
    if (message.from.empty()) message.from = spec_.id;
    const auto bytes = to_text(message.content).size();
    co_return co_await add(std::move(message), bytes);
}

Async<Status> Attempt::alive() {
    if (is_over_) co_return over();
    co_return Status{};
}

}  // namespace meshai::mesh
