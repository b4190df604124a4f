#include <fmt/format.h>

#include "task/commit.h"
#include "task/conversation_rows.h"
#include "task/fit.h"
#include "task/log.h"
#include "task/rows.h"
#include "task/track.h"

namespace meshai::task {
namespace {

constexpr int kKeyRacesMax = 8;

struct KeyUse {
    std::string key;
    std::string digest;
    std::uint64_t version = 0;  ///< of an expired row that may be overwritten
};

Event first_event(const Caller& caller, const Request& request, WallTime deadline, WallTime now,
                  Random& random) {
    return Event{Seq{1}, EventId{new_id("e_", unix_ms(now), random)}, now,
                 Submitted{request, caller.subject, deadline}};
}

/// Turns sort by their ids as they came, also within one millisecond and by a clock that was set back.
TaskId new_task_id(WallTime now, const TaskId& behind, Random& random) {
    TaskId id{new_id(kTaskPrefix, unix_ms(now), random)};
    if (id > behind || !is_id(behind.value, kTaskPrefix)) return id;
    // The time is the first ten letters: one more than it, and the order is what it should be.
    constexpr std::string_view kLetters = "0123456789abcdefghjkmnpqrstvwxyz";
    constexpr std::size_t kTimeLetters = 10;
    std::int64_t ms = 0;
    for (const auto letter : std::string_view(behind.value).substr(kTaskPrefix.size(), kTimeLetters))
        ms = ms << 5 | static_cast<std::int64_t>(kLetters.find(letter));
    return TaskId{new_id(kTaskPrefix, ms + 1, random)};
}

store::Unit make_unit(const Caller& caller, const Track& track, const Event& event,
                      const std::optional<KeyUse>& use, const std::string& server,
                      const std::optional<Conversation>& talk) {
    const auto& id = track.summary.id;
    store::Unit unit{caller.tenant, {}, {}};
    unit.appends.push_back({id, Seq{0}, {{event.id, event.at, encode(event.body), false}}});
    unit.puts.push_back({store::Table::Tasks, id.value, 0, encode_row(track.summary)});
    unit.puts.push_back({store::Table::Tasks, open_key(id), 0, std::string("{}")});
    if (talk) put_turn(unit, *talk);
    if (!server.empty()) unit.puts.push_back({store::Table::Runs, id.value, 0, encode_row(Holder{server})});
    if (use)
        unit.puts.push_back({store::Table::IdempotencyKeys, use->key, use->version,
                             encode_row(KeyRow{id, caller.subject, use->digest, event.at})});
    return unit;
}

// What the key stands for already: a task, nothing (then `use.version` says
// what may be overwritten), or a reason to refuse.
Async<Result<std::optional<TaskId>>> look_up(store::Engine& engine, Caller caller, KeyUse& use,
                                             WallTime now) {
    auto row = co_await engine.get(caller.tenant, store::Table::IdempotencyKeys, use.key);
    if (!row) co_return row.error();
    use.version = *row ? (*row)->version : 0;
    if (!*row) co_return std::optional<TaskId>{};
    const auto used = decode_key_row((*row)->value);
    if (!used) co_return used.error();
    if (used->at + std::chrono::duration_cast<Millis>(kIdempotencyKept) <= now)
        co_return std::optional<TaskId>{};
    if (used->digest != use.digest || used->subject != caller.subject)
        co_return Error{Code::Conflict, "This idempotency key was used for another request; send a new key."};
    co_return std::optional<TaskId>{used->task};
}

Status check_key(const std::string& key) {
    if (!key.empty() && key.size() <= kIdempotencyKeyBytesMax) return {};
    return Error{Code::InvalidArgument,
                 fmt::format("An idempotency key must have 1 to {} bytes.", kIdempotencyKeyBytesMax)};
}

}  // namespace

Async<Result<Submission>> TaskLog::submit(Caller caller, Request request, WallTime deadline,
                                          std::optional<std::string> idempotency_key, std::string server) {
    if (auto fine = check_request(request); !fine) co_return fine.error();
    std::optional<KeyUse> use;
    if (idempotency_key) {
        if (auto fine = check_key(*idempotency_key); !fine) co_return fine.error();
        use = KeyUse{*idempotency_key, request_digest(request)};
    }
    // Whoever loses the race for the key, or for the next turn, finds the winner's row the next time round.
    for (int races = 0; races < kKeyRacesMax; ++races) {
        if (use) {
            auto task = co_await look_up(engine_, caller, *use, clock_.wall());
            if (!task) co_return task.error();
            if (*task) {
                auto events = co_await read(caller.tenant, **task, Seq{0}, 1);
                if (!events) co_return events.error();
                co_return Submission{**task, false, std::move(events->front())};
            }
        }
        const auto now = clock_.wall();
        std::optional<Conversation> talk;
        if (!request.conversation.empty()) {
            auto opened = co_await open_turn(engine_, caller, request.conversation, now);
            if (!opened) co_return opened.error();
            talk = std::move(*opened);
        }
        const auto id = new_task_id(now, talk ? talk->last : TaskId{}, random_);
        if (talk) talk->last = id;
        auto event = first_event(caller, request, deadline, now, random_);
        Track track;
        track.summary.id = id;
        track = follow(std::move(track), event);

        const auto outcome =
            co_await commit_surely(engine_, clock_, make_unit(caller, track, event, use, server, talk));
        if (outcome) {
            track.summary.version = 1;
            tracks_->keep({caller.tenant, id}, std::move(track));
            co_return Submission{id, true, std::move(event)};
        }
        if (outcome.error().code != Code::Conflict || !(use || talk)) co_return outcome.error();
    }
    co_return Error{Code::Unavailable,
                    "Too many requests use this key or this conversation at once; try again."};
}

OnDisconnect Submission::on_disconnect() const {
    const auto* body = std::get_if<Submitted>(&submitted.body);
    return body ? body->request.on_disconnect : OnDisconnect::Continue;
}

TaskId TaskLog::make_id() {
    return TaskId{new_id(kTaskPrefix, unix_ms(clock_.wall()), random_)};
}

Async<Result<Submission>> TaskLog::submit_child(Caller caller, TaskId id, Request request, WallTime deadline,
                                                std::string server) {
    if (auto fine = check_request(request); !fine) co_return fine.error();
    auto event = first_event(caller, request, deadline, clock_.wall(), random_);
    Track track;
    track.summary.id = id;
    track = follow(std::move(track), event);
    const auto outcome = co_await commit_surely(
        engine_, clock_, make_unit(caller, track, event, std::nullopt, server, std::nullopt));
    if (outcome) {
        track.summary.version = 1;
        tracks_->keep({caller.tenant, id}, std::move(track));
        co_return Submission{id, true, std::move(event)};
    }
    if (outcome.error().code != Code::Conflict) co_return outcome.error();
    auto events = co_await read(caller.tenant, id, Seq{0}, 1);
    if (!events) co_return events.error();
    if (events->empty()) co_return Error{Code::Conflict, "The task's place in the store is taken."};
    co_return Submission{id, false, std::move(events->front())};
}

}  // namespace meshai::task
