#include "doors/live/statistics.h"

#include <algorithm>
#include <cmath>

namespace meshai::doors::live {
namespace {

constexpr Duration kBucket = std::chrono::seconds(1);

double seconds(Duration span) {
    return std::chrono::duration<double>(span).count();
}

// Two digits are what a person reads.
json::value rounded(double number) {
    return json_number(std::round(number * 100) / 100);
}

// The smallest time that at least this share of all does not exceed (nearest rank).
json::value percentile(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return nullptr;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return rounded(sorted[std::max<std::size_t>(rank, 1) - 1]);
}

}  // namespace

Statistics::Statistics(const std::vector<task::Summary>& open, MonoTime now, WallTime wall)
    : began_(now), since_(wall) {
    for (const auto& summary : open)
        open_.emplace(summary.id, Open{summary.state, summary.started_at, !summary.workflow.empty()});
}

// One overload per kind that changes a number.
struct Statistics::Note {
    Statistics& all;
    const task::FeedItem& item;
    MonoTime now;

    void operator()(const task::Submitted&) const {
        (void)all.open(item);
        ++all.totals_.submitted;
        ++all.bucket(now).submitted;
    }
    void operator()(const task::Routed&) const {
        if (auto* mine = all.open(item)) mine->state = task::State::Routing;
    }
    void operator()(const task::Started&) const {
        auto* mine = all.open(item);
        if (!mine) return;
        mine->state = task::State::Executing;
        mine->asked.clear();
        mine->spent = {};
        if (mine->started_at == WallTime{}) mine->started_at = item.event.at;
    }
    void operator()(const task::InputRequired& body) const {
        auto* mine = all.open(item);
        if (!mine || mine->asked.size() >= task::kQuestionsMax) return;
        mine->asked.insert(body.key);
        mine->state = task::State::InputRequired;
    }
    void operator()(const task::InputGiven& body) const {
        auto* mine = all.open(item);
        if (!mine) return;
        mine->asked.erase(body.key);
        if (mine->asked.empty() && mine->state == task::State::InputRequired)
            mine->state = task::State::Executing;
    }
    void operator()(const task::Spent& body) const {
        if (auto* mine = all.open(item)) mine->spent += body.usage;
        all.use(body.usage, now);
    }
    void operator()(const task::Completed& body) const {
        // A composite task sums up what its children have used: they are counted where they end.
        if (!item.origin.is_composite) {
            auto rest = body.usage;
            if (const auto mine = all.open_.find(item.task); mine != all.open_.end()) {
                const auto& spent = mine->second.spent;
                rest.input_tokens = std::max<std::int64_t>(0, rest.input_tokens - spent.input_tokens);
                rest.output_tokens = std::max<std::int64_t>(0, rest.output_tokens - spent.output_tokens);
                rest.cost = std::max(0.0, rest.cost - spent.cost);
            }
            all.use(rest, now);
        }
        ++all.totals_.completed;
        ++all.bucket(now).completed;
        all.end(item, now);
    }
    void operator()(const task::Failed&) const {
        ++all.totals_.failed;
        ++all.bucket(now).failed;
        all.end(item, now);
    }
    void operator()(const task::Cancelled&) const {
        ++all.totals_.cancelled;
        ++all.bucket(now).cancelled;
        all.end(item, now);
    }
    template <class Other>
    void operator()(const Other&) const {}
};

void Statistics::note(const task::FeedItem& item, MonoTime now) {
    forget(now);
    std::visit(Note{*this, item, now}, item.event.body);
}

Statistics::Open* Statistics::open(const task::FeedItem& item) {
    if (const auto found = open_.find(item.task); found != open_.end()) return &found->second;
    if (open_.size() >= kCountedTasksMax) return nullptr;
    return &open_.emplace(item.task, Open{.is_composite = item.origin.is_composite}).first->second;
}

void Statistics::end(const task::FeedItem& item, MonoTime now) {
    const auto found = open_.find(item.task);
    if (found == open_.end()) return;
    const auto [state, started_at, is_composite, spent, asked] = std::move(found->second);
    open_.erase(found);
    // How long a workflow takes says nothing about the agents, and would drown their times.
    if (is_composite || started_at == WallTime{}) return;
    times_.push_back({now, std::max(0.0, static_cast<double>((item.event.at - started_at).count()))});
    if (times_.size() > kTimesMax) times_.pop_front();
}

Statistics::Counts& Statistics::bucket(MonoTime now) {
    if (buckets_.empty() || now - buckets_.back().at >= kBucket) buckets_.push_back({now, {}});
    return buckets_.back().counts;
}

void Statistics::use(const task::Usage& usage, MonoTime now) {
    totals_.usage += usage;
    bucket(now).usage += usage;
}

void Statistics::forget(MonoTime now) {
    while (!buckets_.empty() && now - buckets_.front().at >= kRateWindow) buckets_.pop_front();
    while (!times_.empty() && now - times_.front().at >= kTimesWindow) times_.pop_front();
}

json::object Statistics::snapshot(MonoTime now) {
    forget(now);
    std::size_t running = 0, queued = 0, waiting = 0, workflows = 0;
    for (const auto& [task, one] : open_) {
        if (one.state == task::State::Executing)
            ++(one.is_composite ? workflows : running);
        else if (one.state == task::State::InputRequired)
            ++waiting;
        else
            ++queued;
    }
    Counts recent;
    for (const auto& [at, counts] : buckets_) {
        recent.submitted += counts.submitted;
        recent.completed += counts.completed;
        recent.failed += counts.failed;
        recent.cancelled += counts.cancelled;
        recent.usage += counts.usage;
    }
    // A watch that began just now has not seen a whole window.
    const auto span = seconds(std::clamp<Duration>(now - began_, kBucket, kRateWindow));
    const auto rate = [span](auto count) { return rounded(static_cast<double>(count) / span); };
    std::vector<double> sorted;
    for (const auto& time : times_) sorted.push_back(time.ms);
    std::ranges::sort(sorted);

    json::object out;
    out["since"] = rfc3339_ms(since_);
    out["tasks"] = {{"running", running}, {"queued", queued}, {"waiting", waiting}, {"workflows", workflows}};
    out["rates"] = {{"window_seconds", seconds(kRateWindow)},
                    {"submitted", rate(recent.submitted)},
                    {"completed", rate(recent.completed)},
                    {"failed", rate(recent.failed)},
                    {"cancelled", rate(recent.cancelled)},
                    {"input_tokens", rate(recent.usage.input_tokens)},
                    {"output_tokens", rate(recent.usage.output_tokens)}};
    out["execution_ms"] = {{"window_seconds", seconds(kTimesWindow)},
                           {"count", sorted.size()},
                           {"p50", percentile(sorted, 0.50)},
                           {"p95", percentile(sorted, 0.95)},
                           {"p99", percentile(sorted, 0.99)}};
    out["totals"] = {{"submitted", totals_.submitted},
                     {"completed", totals_.completed},
                     {"failed", totals_.failed},
                     {"cancelled", totals_.cancelled},
                     {"input_tokens", totals_.usage.input_tokens},
                     {"output_tokens", totals_.usage.output_tokens},
                     {"cost", json_number(totals_.usage.cost)}};
    return out;
}

}  // namespace meshai::doors::live
