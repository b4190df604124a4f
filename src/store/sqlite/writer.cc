#include "store/sqlite/writer.h"

#include <fmt/format.h>

namespace meshai::store {

Writer::Writer(std::unique_ptr<Ledger> ledger, WriterQueue& queue, Tail& tail, Watches& watches, Log& log)
    : ledger_(std::move(ledger)), queue_(queue), tail_(tail), watches_(watches), log_(log) {
    if (const auto hidden = ledger_->hidden())
        for (const auto key : *hidden) sweeps_.push_back({key, std::nullopt});
    thread_ = std::thread([this] { work(); });
}

Writer::~Writer() {
    join();
}

void Writer::join() {
    if (thread_.joinable()) thread_.join();
}

void Writer::work() {
    for (;;) {
        auto jobs = queue_.take(/*patient=*/!has_chores());
        const bool is_idle = jobs.empty();
        if (is_idle && queue_.is_closed()) break;
        if (!is_idle) run(std::move(jobs));
        // One chore after each group, so that removal goes on under load too.
        if (has_chores()) do_a_chore();
    }
    // The logs are hidden, which is what was promised; the next start sweeps on.
    for (auto& sweep : sweeps_)
        if (sweep.reply) (*sweep.reply)(Status{});
}

void Writer::run(std::vector<Job> jobs) {
    // Jobs of one caller keep their order: a removal ends the group before it.
    std::vector<UnitJob> group;
    for (auto& job : jobs) {
        if (auto* unit = std::get_if<UnitJob>(&job)) {
            group.push_back(std::move(*unit));
            continue;
        }
        commit_group(group);
        group.clear();
        erase(std::move(std::get<EraseJob>(job)));
    }
    commit_group(group);
}

void Writer::commit_group(std::vector<UnitJob>& group) {
    if (group.empty()) return;
    std::vector<UnitJob*> all;
    for (auto& job : group) all.push_back(&job);
    auto outcomes = try_group(all);
    // An event is durable before anyone sees it: the copies in memory and the
    // bells come after the commit.
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (outcomes[i]) publish(group[i].unit);
        group[i].reply(std::move(outcomes[i]));
    }
    for (const auto& job : group)
        for (const auto& append : job.unit.appends) watches_.ring({job.unit.tenant, append.log});
    for (const auto& job : group)
        if (!job.unit.appends.empty()) watches_.ring(feed_key(job.unit.tenant));
}

std::vector<Status> Writer::try_group(std::vector<UnitJob*> group) {
    if (auto fine = ledger_->begin(); !fine) return std::vector<Status>(group.size(), fine);
    std::vector<Status> outcomes;
    for (const auto* job : group) {
        auto checked = ledger_->check(job->unit);
        if (checked) {
            if (auto written = ledger_->write(job->unit); !written) {
                ledger_->rollback();
                if (group.size() == 1) return {written};
                // One unit spoiled the transaction (an event id that exists, no
                // room for it): each alone shows which.
                std::vector<Status> alone;
                for (auto* one : group) alone.push_back(try_group({one}).front());
                return alone;
            }
        }
        outcomes.push_back(std::move(checked));
    }
    return commit_checked(group, std::move(outcomes));
}

std::vector<Status> Writer::commit_checked(const std::vector<UnitJob*>& group, std::vector<Status> outcomes) {
    auto committed = ledger_->commit();
    if (committed) {
        chores_blocked_ = false;
        return outcomes;
    }
    const auto failure = failed_commit(committed.error());
    ledger_->rollback();
    log_.error("a commit failed",
               {{"units", group.size()}, {"code", code_name(failure.code)}, {"cause", failure.cause}});
    for (auto& outcome : outcomes)
        if (outcome) outcome = failure;
    return outcomes;
}

// A commit that could not be written did not happen: the frame that ends it is
// not whole. One that could not be synced may be found after a crash.
Error Writer::failed_commit(Error error) const {
    const int code = ledger_->last_error();
    const bool surely_not =
        (code & 0xFF) == SQLITE_FULL || code == SQLITE_IOERR_WRITE || (code & 0xFF) == SQLITE_BUSY;
    if (surely_not) return error;
    return Error{Code::OutcomeUnknown, "The disk did not say whether the commit happened.", error.cause};
}

void Writer::publish(const Unit& unit) {
    for (const auto& append : unit.appends)
        if (!append.records.empty())
            tail_.append({unit.tenant, append.log}, append.expected_last, append.records);
}

void Writer::erase(EraseJob job) {
    const auto key = hide(job.log);
    if (!key) {
        job.reply(Status(key.error()));
        return;
    }
    tail_.forget(job.log);
    watches_.ring(job.log);
    sweeps_.push_back({*key, std::move(job.reply)});
}

Result<std::int64_t> Writer::hide(const LogKey& log) {
    if (auto fine = ledger_->begin(); !fine) return fine.error();
    auto key = ledger_->hide(log.tenant, log.log);
    if (!key) {
        ledger_->rollback();
        return key;
    }
    if (auto fine = ledger_->commit(); !fine) {
        const auto failure = failed_commit(fine.error());
        ledger_->rollback();
        return failure;
    }
    return key;
}

bool Writer::has_chores() const {
    return !chores_blocked_ && (!sweeps_.empty() || may_shrink_);
}

void Writer::do_a_chore() {
    if (!sweeps_.empty()) return sweep_a_little();
    const auto done = ledger_->shrink(kShrinkPagesMax, kFreePagesKept);
    if (!done) chores_blocked_ = true;
    may_shrink_ = done && !*done;
}

void Writer::sweep_a_little() {
    Result<bool> done = false;
    if (auto fine = ledger_->begin(); !fine) done = fine.error();
    if (done) done = ledger_->sweep(sweeps_.front().log_key, kSweepRecordsMax);
    if (done)
        if (auto fine = ledger_->commit(); !fine) done = fine.error();
    if (!done) {
        ledger_->rollback();
        chores_blocked_ = true;
        log_.warn("events of an erased log could not be removed; it goes on after the next commit",
                  {{"cause", done.error().cause}});
    }
    auto& sweep = sweeps_.front();
    // The log is hidden for good: a failure to free its bytes is no failure to erase it.
    const bool is_over = !done || *done;
    if (is_over && sweep.reply) {
        (*sweep.reply)(Status{});
        sweep.reply.reset();
    }
    if (!done || !*done) return;
    sweeps_.pop_front();
    may_shrink_ = true;
}

}  // namespace meshai::store
