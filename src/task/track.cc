#include "task/track.h"

#include <algorithm>

#include "task/rows.h"

namespace meshai::task {
namespace {

// The same rules as in view.cc, for the few members that an append needs; a
// test folds every kind both ways and compares.
struct Fold {
    Track& track;
    WallTime at;

    void operator()(const Submitted& body) const {
        track.summary.subject = body.subject;
        track.summary.task_type = body.request.task_type;
        track.summary.conversation = body.request.conversation;
        track.summary.parent = body.request.lineage.parent;
        track.summary.workflow = workflow_name(body.request);
        track.summary.submitted_at = at;
    }
    void operator()(const Routed&) const { track.summary.state = State::Routing; }
    void operator()(const Started& body) const {
        track.summary.state = State::Executing;
        track.summary.agent = body.agent;
        track.summary.attempt = body.attempt;
        track.output_bytes = 0;
        track.open.clear();
        if (track.summary.started_at == WallTime{}) track.summary.started_at = at;
    }
    void operator()(const Progress& body) const {
        if (body.percent) track.percent = std::max(track.percent, *body.percent);
    }
    void operator()(const Output& body) const {
        if (body.attempt == track.summary.attempt) track.output_bytes += body.text.size();
    }
    void operator()(const StepStarted&) const {}
    void operator()(const StepFinished&) const {}
    void operator()(const AgentMessage&) const {}
    void operator()(const Relayed&) const {}
    void operator()(const Spent&) const {}
    void operator()(const InputRequired& body) const {
        if (!track.answered.contains(body.key)) track.open.insert(body.key);
        if (!track.open.empty()) track.summary.state = State::InputRequired;
    }
    void operator()(const InputGiven& body) const {
        track.open.erase(body.key);
        track.answered.insert(body.key);
        if (track.summary.state == State::InputRequired && track.open.empty())
            track.summary.state = State::Executing;
    }
    void operator()(const Completed&) const { finish(State::Completed); }
    void operator()(const Failed& body) const {
        finish(State::Failed);
        track.summary.error_code = code_name(body.code);
    }
    void operator()(const Cancelled&) const { finish(State::Cancelled); }

    void finish(State state) const {
        track.summary.state = state;
        track.summary.finished_at = at;
    }
};

}  // namespace

Track follow(Track track, const Event& event) {
    std::visit(Fold{track, event.at}, event.body);
    track.last = event.seq;
    track.last_at = event.at;
    return track;
}

std::optional<Track> Tracks::find(const store::LogKey& key) {
    std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->track;
}

void Tracks::keep(const store::LogKey& key, Track track) {
    std::lock_guard lock(mutex_);
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
        if (found->second->track.last < track.last) found->second->track = std::move(track);
        return;
    }
    entries_.push_front({key, std::move(track)});
    by_key_[key] = entries_.begin();
    if (entries_.size() <= kTracksMax) return;
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
}

void Tracks::forget(const store::LogKey& key) {
    std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    entries_.erase(found->second);
    by_key_.erase(found);
}

Async<Result<Track>> load_track(store::Engine& engine, TenantId tenant, TaskId id) {
    // The log first, the row second: a row that is newer than what was read of
    // the log can then only belong to a log that has gone on, which the
    // expected number finds out.
    Track track;
    track.summary.id = id;
    for (;;) {
        auto records = co_await engine.read(tenant, id, track.last, store::kReadRecordsMax);
        if (!records) co_return records.error();
        if (records->empty()) break;
        auto events = to_events(*records);
        if (!events) co_return events.error();
        for (const auto& event : *events) track = follow(std::move(track), event);
    }
    auto row = co_await engine.get(tenant, store::Table::Tasks, id.value);
    if (!row) co_return row.error();
    if (*row) track.summary.version = (*row)->version;
    co_return track;
}

Result<std::vector<Event>> to_events(const std::vector<store::StoredRecord>& records) {
    std::vector<Event> events;
    events.reserve(records.size());
    for (const auto& stored : records) {
        auto body = decode(stored.record.bytes);
        if (!body) return body.error();
        events.push_back({stored.seq, stored.record.id, stored.record.at, std::move(*body)});
    }
    return events;
}

}  // namespace meshai::task
