#include <fmt/format.h>

#include "task/commit.h"
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

store::Unit make_unit(const Caller& caller, const Track& track, const Event& event,
                      const std::optional<KeyUse>& use, const std::string& server) {
    const auto& id = track.summary.id;
    store::Unit unit{caller.tenant, {}, {}};
    unit.appends.push_back({id, Seq{0}, {{event.id, event.at, encode(event.body), false}}});
    unit.puts.push_back({store::Table::Tasks, id.value, 0, encode_row(track.summary)});
    unit.puts.push_back({store::Table::Tasks, open_key(id), 0, std::string("{}")});
    if (const auto& conversation = track.summary.conversation; !conversation.empty())
        unit.puts.push_back({store::Table::Conversations, turn_key(conversation, id), 0,
                             encode_row(TurnRow{caller.subject})});
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
    // Whoever loses the race for the key finds the winner's row the next time round.
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
        const TaskId id{new_id(kTaskPrefix, unix_ms(now), random_)};
        auto event = first_event(caller, request, deadline, now, random_);
        Track track;
        track.summary.id = id;
        track = follow(std::move(track), event);

        const auto outcome =
            co_await commit_surely(engine_, clock_, make_unit(caller, track, event, use, server));
        if (outcome) {
            track.summary.version = 1;
            tracks_->keep({caller.tenant, id}, std::move(track));
            co_return Submission{id, true, std::move(event)};
        }
        if (outcome.error().code != Code::Conflict || !use) co_return outcome.error();
    }
    co_return Error{Code::Unavailable, "Too many requests use this idempotency key at once; try again."};
}

}  // namespace meshai::task
