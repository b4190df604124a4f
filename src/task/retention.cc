#include "task/retention.h"

#include <algorithm>

#include "task/commit.h"
#include "task/conversation.h"
#include "task/rows.h"

namespace meshai::task {
namespace {

constexpr std::size_t kPage = 64;  // of finished tasks per tenant, looked at in one go

Millis millis(Duration duration) {
    return std::chrono::duration_cast<Millis>(duration);
}

}  // namespace

Retention::Retention(store::Engine& engine, Clock& clock, Log& log, RetentionRules rules)
    : engine_(engine), clock_(clock), log_(log), rules_(rules) {}

Async<void> Retention::run() {
    auto keys_at = clock_.now();
    for (;;) {
        if (const auto removed = co_await forget_tasks(); !removed)
            log_.warn("old tasks could not be removed",
                      {{"error", removed.error().message}, {"cause", removed.error().cause}});
        else if (*removed > 0)
            log_.info("old tasks were removed", {{"tasks", *removed}});
        if (clock_.now() >= keys_at) {
            keys_at = clock_.in(kKeysPeriod);
            if (const auto removed = co_await forget_keys(); !removed)
                log_.warn("old keys could not be removed",
                          {{"error", removed.error().message}, {"cause", removed.error().cause}});
        }
        if (!co_await pause(clock_, kRetentionPeriod)) co_return;
    }
}

Async<Result<std::size_t>> Retention::forget_tasks() {
    std::size_t removed = 0;
    const auto open = co_await unfinished();
    if (!open) co_return open.error();
    while (removed < kRoundRemovesMax) {
        const auto victims = co_await oldest();
        if (!victims) co_return victims.error();
        if (victims->empty()) break;
        for (const auto& victim : *victims) {
            if (!is_too_old(victim.done_key)) {
                const auto over = co_await surplus(*open);
                if (!over) co_return over.error();
                if (*over == 0) co_return removed;
            }
            if (auto fine = co_await remove(victim); !fine) co_return fine.error();
            ++removed;
            if (auto fine = co_await pause(clock_, kRetentionPause); !fine) co_return fine.error();
        }
    }
    co_return removed;
}

// The tasks that finished first, of all tenants together. Of a tenant only one
// page is read; what lies behind the end of any full page waits for its turn.
Async<Result<std::vector<Retention::Victim>>> Retention::oldest() {
    const auto tenants = co_await engine_.tenants();
    if (!tenants) co_return tenants.error();
    std::vector<Victim> victims;
    std::optional<std::string> horizon;
    for (const auto& tenant : *tenants) {
        const auto rows = co_await engine_.scan(tenant, store::Table::Tasks, std::string(kDonePrefix), "",
                                                kPage, store::Order::Ascending);
        if (!rows) co_return rows.error();
        for (const auto& row : *rows) victims.push_back({tenant, row.key});
        if (rows->size() == kPage && (!horizon || rows->back().key < *horizon)) horizon = rows->back().key;
    }
    if (horizon) std::erase_if(victims, [&](const Victim& victim) { return victim.done_key > *horizon; });
    std::ranges::sort(victims, {}, &Victim::done_key);
    co_return victims;
}

bool Retention::is_too_old(const std::string& done_key) const {
    const auto done = done_of(done_key);
    return done && done->finished_at + millis(rules_.age_max) <= clock_.wall();
}

// How far the store is over its bounds; 0 is fine.
Async<Result<std::uint64_t>> Retention::surplus(std::uint64_t open) {
    const auto usage = co_await engine_.usage();
    if (!usage) co_return usage.error();
    const auto finished = usage->logs - std::min(open, usage->logs);
    const auto logs = finished - std::min(rules_.tasks_max, finished);
    const auto bytes = usage->bytes > rules_.bytes_max ? usage->bytes - rules_.bytes_max : 0;
    co_return std::max(logs, bytes);
}

Async<Result<std::uint64_t>> Retention::unfinished() {
    const auto tenants = co_await engine_.tenants();
    if (!tenants) co_return tenants.error();
    std::uint64_t count = 0;
    for (const auto& tenant : *tenants) {
        std::string after;
        for (;;) {
            const auto rows = co_await engine_.scan(tenant, store::Table::Tasks, std::string(kOpenPrefix),
                                                    after, store::kScanRowsMax, store::Order::Ascending);
            if (!rows) co_return rows.error();
            if (rows->empty()) break;
            count += rows->size();
            after = rows->back().key;
        }
    }
    co_return count;
}

// In three steps, each of which may be the last before a crash: the "done" row
// goes last, so that the next round finds the task again and repeats the rest.
Async<Status> Retention::remove(Victim victim) {
    const auto done = done_of(victim.done_key);
    const auto row_key = done ? done->id.value : std::string();
    if (done) {
        const auto row = co_await engine_.get(victim.tenant, store::Table::Tasks, row_key);
        if (!row) co_return row.error();
        if (*row) {
            const auto summary = decode_summary(**row);
            const Tombstone stone{summary ? summary->subject : Subject{}, clock_.wall()};
            store::Unit bury{victim.tenant, {}, {}};
            bury.puts.push_back({store::Table::Tasks, row_key, store::kAnyVersion, std::nullopt});
            bury.puts.push_back(
                {store::Table::Tasks, gone_key(done->id), store::kAnyVersion, encode_row(stone)});
            if (summary && !summary->conversation.empty())
                bury.puts.push_back({store::Table::Conversations, turn_key(summary->conversation, done->id),
                                     store::kAnyVersion, std::nullopt});
            if (auto fine = co_await commit_surely(engine_, clock_, std::move(bury)); !fine) co_return fine;
        }
        const auto erased = co_await engine_.erase_log(victim.tenant, done->id);
        if (!erased && erased.error().code != Code::NotFound) co_return erased;
    }
    store::Unit last{victim.tenant, {}, {}};
    last.puts.push_back({store::Table::Tasks, victim.done_key, store::kAnyVersion, std::nullopt});
    co_return co_await commit_surely(engine_, clock_, std::move(last));
}

Async<Result<std::size_t>> Retention::forget_keys() {
    const auto tenants = co_await engine_.tenants();
    if (!tenants) co_return tenants.error();
    std::size_t removed = 0;
    for (const auto& tenant : *tenants) {
        auto keys = co_await forget_old_rows(tenant, store::Table::IdempotencyKeys, "", kIdempotencyKept);
        if (!keys) co_return keys.error();
        auto stones = co_await forget_old_rows(tenant, store::Table::Tasks, std::string(kGonePrefix),
                                               rules_.tombstones_kept);
        if (!stones) co_return stones.error();
        auto talks = co_await Conversations(engine_, clock_).forget_empty(tenant, rules_.age_max);
        if (!talks) co_return talks.error();
        removed += *keys + *stones + *talks;
    }
    co_return removed;
}

// Both kinds of row say in "at" when they were made.
Async<Result<std::size_t>> Retention::forget_old_rows(TenantId tenant, store::Table table, std::string prefix,
                                                      Duration kept) {
    std::size_t removed = 0;
    std::string after;
    for (;;) {
        const auto rows =
            co_await engine_.scan(tenant, table, prefix, after, store::kScanRowsMax, store::Order::Ascending);
        if (!rows) co_return rows.error();
        if (rows->empty()) co_return removed;
        after = rows->back().key;
        store::Unit unit{tenant, {}, {}};
        for (const auto& row : *rows) {
            const auto made = decode_tombstone(row.value);
            if (made && made->at + millis(kept) > clock_.wall()) continue;
            // Only the row that was looked at: a new use of the key since then must stay.
            unit.puts.push_back({table, row.key, row.version, std::nullopt});
        }
        removed += unit.puts.size();
        if (!unit.puts.empty()) {
            const auto outcome = co_await commit_surely(engine_, clock_, std::move(unit));
            if (!outcome && outcome.error().code != Code::Conflict) co_return outcome.error();
        }
        if (auto fine = co_await pause(clock_, kRetentionPause); !fine) co_return fine.error();
    }
}

}  // namespace meshai::task
