#include "mesh/executor/log_writer.h"

#include <algorithm>

namespace meshai::mesh {
namespace {

/// What the log has now, this run knows: questions and answers, whoever wrote them.
void note(Run& run, const std::vector<task::Event>& events) {
    run.last = events.back().seq;
    for (const auto& event : events) {
        task::apply(run.inquiries, event.body);
        task::apply(run.steps, event);
    }
}

bool is_taken_over(const task::Body& body, int attempt) {
    const auto* started = std::get_if<task::Started>(&body);
    return task::is_last(body) || (started && started->attempt > attempt);
}

/// Whether `events` are what this run tried to write: the store could not tell
/// that it had taken them.
bool came_true(const std::vector<task::Event>& events, const std::vector<task::Body>& bodies) {
    return std::ranges::equal(events, bodies, [](const task::Event& event, const task::Body& body) {
        return task::encode(event.body) == task::encode(body);
    });
}

/// Reads what came behind `run.last`. Done: our own events are there already.
/// Refused: others are, and the log is still this run's. Over: it is not.
Async<Wrote> catch_up(Workshop& shop, Run& run, const std::vector<task::Body>& bodies) {
    std::vector<task::Event> news;
    for (;;) {
        const auto after = news.empty() ? run.last : news.back().seq;
        auto events = co_await shop.log.read(run.tenant, run.id, after, store::kReadRecordsMax);
        if (!events) co_return events.error().code == Code::Unavailable ? Wrote::Late : Wrote::Over;
        if (events->empty()) break;
        for (auto& event : *events) news.push_back(std::move(event));
    }
    if (news.empty()) co_return Wrote::Refused;
    const bool ours = came_true(news, bodies);
    note(run, news);
    if (ours) co_return Wrote::Done;
    for (const auto& event : news)
        if (is_taken_over(event.body, run.attempt)) co_return Wrote::Over;
    co_return Wrote::Refused;
}

void note(Workshop& shop, const Run& run, const Error& error, Duration wait) {
    shop.sink.warn("a run cannot write to its log and tries again",
                   {{"task", run.id.value},
                    {"after", run.last.value},
                    {"code", code_name(error.code)},
                    {"cause", error.cause.empty() ? error.message : error.cause},
                    {"again_in_ms", std::chrono::duration_cast<Millis>(wait).count()}});
}

bool is_for_ever(Code code) {
    return code == Code::NotFound || code == Code::Gone || code == Code::Corrupt;
}

/// Waits before the next try. False when there shall be none.
Async<std::optional<Wrote>> wait_for_store(Workshop& shop, Run& run, Duration wait, Patience patience) {
    const auto now = shop.clock.now();
    if (run.mail.is_asked_to_stop()) co_return Wrote::Over;
    if (patience == Patience::UntilDeadline && now >= run.deadline) co_return Wrote::Late;
    auto until = now + wait;
    if (patience == Patience::UntilDeadline) until = std::min(until, run.deadline);
    while (shop.clock.now() < until && !run.mail.is_asked_to_stop())
        if (co_await run.wake.wait_until(until) == Wake::Cancelled) co_return Wrote::Over;
    co_return std::nullopt;
}

/// Whether no other server has the task now. Two servers may begin the same
/// attempt with the same words: then the row says whose they are. Where it
/// cannot be read the next try tells.
Async<bool> is_ours(Workshop& shop, Run& run) {
    const auto holder = co_await shop.log.holder(run.tenant, run.id);
    if (!holder) co_return true;
    run.hold = *holder ? (*holder)->version : 0;
    co_return !*holder || (*holder)->server == shop.presence.name();
}

Async<Wrote> write_as(Workshop& shop, Run& run, std::vector<task::Body> bodies, Patience patience,
                      bool begins) {
    auto wait = kBackoffFirst;
    for (int conflicts = 0; conflicts < kConflictsMax;) {
        std::optional<task::Holder> holder;
        if (begins) holder = task::Holder{shop.presence.name(), 0, run.hold};
        auto wrote = co_await shop.log.append(run.tenant, run.id, run.last, bodies, std::move(holder));
        if (wrote) {
            if (begins) ++run.hold;
            note(run, *wrote);
            run.progress.said(shop.clock.now());
            co_return Wrote::Done;
        }
        const auto& error = wrote.error();
        if (error.code == Code::AlreadyFinished || is_for_ever(error.code)) co_return Wrote::Over;
        if (error.code == Code::TooLarge || error.code == Code::InvalidArgument) {
            shop.sink.warn("the log refuses an event", {{"task", run.id.value}, {"message", error.message}});
            co_return Wrote::Refused;
        }
        if (error.code == Code::Conflict) {
            const auto caught = co_await catch_up(shop, run, bodies);
            if (caught == Wrote::Over) co_return caught;
            if (begins && !co_await is_ours(shop, run)) co_return Wrote::Over;
            if (caught == Wrote::Done) co_return caught;
            ++conflicts;
            continue;
        }
        note(shop, run, error, wait);
        if (const auto over = co_await wait_for_store(shop, run, wait, patience)) co_return *over;
        wait = std::min(wait * 2, kBackoffMax);
    }
    shop.sink.error("a run gives up: its log goes on without it", {{"task", run.id.value}});
    co_return Wrote::Over;
}

}  // namespace

Async<Wrote> write(Workshop& shop, Run& run, std::vector<task::Body> bodies, Patience patience) {
    co_return co_await write_as(shop, run, std::move(bodies), patience, false);
}

Async<Wrote> write_beginning(Workshop& shop, Run& run, std::vector<task::Body> bodies) {
    co_return co_await write_as(shop, run, std::move(bodies), Patience::UntilDeadline, true);
}

}  // namespace meshai::mesh
