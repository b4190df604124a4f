#include "task/log.h"

#include <fmt/format.h>

#include <algorithm>

#include "task/commit.h"
#include "task/fit.h"
#include "task/rows.h"
#include "task/track.h"

namespace meshai::task {
namespace {

// What an append is about to do: the unit, the events it will have made, and
// the track as it is afterwards.
struct Draft {
    store::Unit unit;
    std::vector<Event> events;
    Track track;
};

Status check_bounds(const Track& track, const std::vector<Body>& bodies) {
    // One place is kept for the terminal event, so that a task that says too
    // much can still end.
    const auto events = track.last.value + bodies.size();
    if (events > kEventsMax || (events == kEventsMax && !is_last(bodies.back())))
        return Error{Code::TooLarge, fmt::format("A task has at most {} events.", kEventsMax)};

    auto bytes = track.output_bytes;
    auto attempt = track.summary.attempt;
    for (const auto& body : bodies) {
        if (const auto* started = std::get_if<Started>(&body)) {
            attempt = started->attempt;
            bytes = 0;
        }
        if (const auto* output = std::get_if<Output>(&body); output && output->attempt == attempt)
            bytes += output->text.size();
    }
    if (bytes > kOutputBytesMax)
        return Error{Code::TooLarge,
                     fmt::format("One attempt writes at most {} bytes of output.", kOutputBytesMax)};
    return {};
}

void put_rows(store::Unit& unit, const Summary& before, const Summary& after) {
    const auto value = encode_row(after);
    if (value == encode_row(before)) return;
    unit.puts.push_back({store::Table::Tasks, after.id.value, before.version, value});
    if (!is_final(after.state)) return;
    unit.puts.push_back({store::Table::Tasks, open_key(after.id), store::kAnyVersion, std::nullopt});
    unit.puts.push_back({store::Table::Runs, after.id.value, store::kAnyVersion, std::nullopt});
    unit.puts.push_back(
        {store::Table::Tasks, done_key(after.finished_at, after.id), store::kAnyVersion, std::string("{}")});
}

Draft draft(const TenantId& tenant, const Track& track, std::vector<Body> bodies, WallTime now,
            Random& random) {
    Draft made{{tenant, {}, {}}, {}, track};
    store::Append append{track.summary.id, track.last, {}};
    for (auto& body : bodies) {
        if (auto* progress = std::get_if<Progress>(&body); progress && progress->percent)
            progress->percent = std::max(*progress->percent, made.track.percent);
        // The wall clock may be stepped back; the log of a task may not.
        const auto at = std::max(now, made.track.last_at);
        Event event{made.track.last.next(), EventId{new_id("e_", unix_ms(at), random)}, at, std::move(body)};
        append.records.push_back({event.id, event.at, encode(event.body), is_last(event.body)});
        made.track = follow(std::move(made.track), event);
        made.events.push_back(std::move(event));
    }
    made.unit.appends.push_back(std::move(append));
    put_rows(made.unit, track.summary, made.track.summary);
    const bool has_row = made.unit.puts.size() > 0;
    if (has_row) ++made.track.summary.version;
    return made;
}

Error finished() {
    return Error{Code::AlreadyFinished, "The task has already finished."};
}
Error gone_on() {
    return Error{Code::Conflict, "The task has gone on meanwhile; read it again."};
}

}  // namespace

TaskLog::TaskLog(store::Engine& engine, Clock& clock, Random& random, Log& log)
    : engine_(engine), clock_(clock), random_(random), log_(log), tracks_(std::make_unique<Tracks>()) {}

TaskLog::~TaskLog() = default;

Async<Result<std::vector<Event>>> TaskLog::append(TenantId tenant, TaskId id, Seq expected_last,
                                                  std::vector<Body> bodies, std::optional<Holder> holder) {
    if (expected_last == Seq{0})
        co_return Error{Code::InvalidArgument, "Only a submission makes the first event of a task."};
    auto fitted = fit(std::move(bodies));
    if (!fitted) co_return fitted.error();

    const store::LogKey key{tenant, id};
    auto track = tracks_->find(key);
    if (!track || track->last < expected_last) {
        auto loaded = co_await load_track(engine_, tenant, id);
        if (!loaded && loaded.error().code == Code::NotFound) co_return co_await missing(tenant, id);
        if (!loaded) co_return loaded.error();
        track = std::move(*loaded);
        tracks_->keep(key, *track);
    }
    if (track->is_closed()) co_return finished();
    if (track->last != expected_last) co_return gone_on();
    if (auto fine = check_bounds(*track, *fitted); !fine) co_return fine.error();

    auto made = draft(tenant, *track, std::move(*fitted), clock_.wall(), random_);
    if (holder && !made.track.is_closed()) {
        const auto version = holder->version;
        holder->attempt = made.track.summary.attempt;
        made.unit.puts.push_back({store::Table::Runs, id.value, version, encode_row(*holder)});
    }
    const auto outcome = co_await commit_surely(engine_, clock_, std::move(made.unit));
    if (outcome) {
        tracks_->keep(key, std::move(made.track));
        co_return std::move(made.events);
    }
    tracks_->forget(key);
    if (outcome.error().code == Code::OutcomeUnknown)
        log_.error("the store cannot say whether events were written",
                   {{"task", id.value}, {"after", expected_last.value}, {"cause", outcome.error().cause}});
    if (outcome.error().code != Code::Conflict) co_return outcome.error();
    const auto now = co_await load_track(engine_, tenant, id);
    if (!now && now.error().code == Code::NotFound) co_return co_await missing(tenant, id);
    co_return now && now->is_closed() ? finished() : gone_on();
}

Async<Result<std::vector<Event>>> TaskLog::read(TenantId tenant, TaskId id, Seq after, std::size_t max) {
    if (!is_id(id.value, kTaskPrefix)) co_return co_await missing(tenant, id);
    const auto records = co_await engine_.read(tenant, id, after, max);
    if (records) co_return to_events(*records);
    if (records.error().code == Code::NotFound) co_return co_await missing(tenant, id);
    co_return records.error();
}

Async<Result<View>> TaskLog::view(TenantId tenant, TaskId id) {
    View view;
    for (;;) {
        auto events = co_await read(tenant, id, view.last, store::kReadRecordsMax);
        if (!events) co_return events.error();
        if (events->empty()) co_return view;
        for (const auto& event : *events) view = apply(std::move(view), event);
        if (is_final(view.state)) co_return view;
    }
}

Async<Error> TaskLog::missing(TenantId tenant, TaskId id) {
    const Error unknown{Code::NotFound, "No such task."};
    if (!is_id(id.value, kTaskPrefix)) co_return unknown;
    const auto row = co_await engine_.get(tenant, store::Table::Tasks, gone_key(id));
    if (!row) co_return row.error();
    if (!*row) co_return unknown;
    co_return Error{Code::Gone, "The task is past its retention; its events have been removed."};
}

}  // namespace meshai::task
