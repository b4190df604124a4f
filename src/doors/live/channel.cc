#include "doors/live/channel.h"

#include <algorithm>

#include "doors/live/line.h"
#include "wire/meshai/frames.h"

namespace meshai::doors::live {
namespace {

constexpr std::size_t kLineCost = 512;  // of a kept line, beside its bytes

json::object agent_json(const mesh::Agent& agent) {
    json::object out;
    out["agent_id"] = agent.spec.id.value;
    out["name"] = agent.spec.name;
    out["status"] = mesh::lifecycle_name(agent.lifecycle);
    out["health"] = mesh::health_name(agent.health);
    out["breaker"] = mesh::breaker_name(agent.breaker);
    out["available"] = agent.is_available();
    out["running"] = agent.running;
    out["queued"] = agent.queued;
    out["calls"] = agent.calls;
    out["success_rate"] = json_number(agent.success_rate);
    out["avg_response_time_ms"] = json_number(agent.avg_response_time_ms);
    return out;
}

}  // namespace

Async<AgentId> WorkingAgents::of(task::TaskLog& tasks, const TenantId& tenant, const task::FeedItem& item) {
    if (known_.size() >= kTasksMax) known_.clear();
    if (task::is_last(item.event.body)) {
        const auto known = known_.extract(item.task);
        if (!known.empty()) co_return known.mapped();
    } else if (const auto* routed = std::get_if<task::Routed>(&item.event.body)) {
        co_return known_[item.task] = routed->agent;
    } else if (const auto* started = std::get_if<task::Started>(&item.event.body)) {
        co_return known_[item.task] = started->agent;
    } else if (std::holds_alternative<task::Submitted>(item.event.body)) {
        co_return known_[item.task] = AgentId{};
    } else if (const auto known = known_.find(item.task); known != known_.end()) {
        co_return known->second;
    }
    const auto summary = co_await tasks.summary(task::Caller{tenant, {}, /*sees_tenant=*/true}, item.task);
    if (!summary) co_return AgentId{};
    if (!task::is_final(summary->state)) known_[item.task] = summary->agent;
    co_return summary->agent;
}

Channel::Channel(Parts parts, TenantId tenant)
    : parts_(parts),
      tenant_(std::move(tenant)),
      news_(parts.ex, parts.clock),
      alone_since_(parts.clock.now()) {}

Async<void> Channel::run(std::shared_ptr<Channel> self, std::function<bool()> may_end) {
    auto& channel = *self;
    const auto watch = channel.parts_.feed.watch(channel.tenant_, channel.news_);
    for (;;) {
        Status looked = co_await channel.begin();
        bool is_end = true;
        if (looked) {
            const auto read = co_await channel.read_on();
            is_end = !read || *read;
            if (!read) looked = read.error();
        }
        if (co_await is_cancelled()) break;
        if (!looked)
            channel.parts_.log.warn(
                "the events of a tenant could not be read; it is tried again",
                {{"code", code_name(looked.error().code)}, {"cause", looked.error().cause}});
        if (looked) channel.measure();
        if (!is_end) continue;
        if (channel.has_been_alone() && may_end()) break;
        const auto until = looked ? channel.next_look() : channel.parts_.clock.in(kRetryPause);
        if (co_await channel.news_.wait_until(until) == Wake::Cancelled) break;
    }
    channel.end();
}

// The place first and the open tasks second: what happens in between is folded over them once more, which
// changes nothing for the worse.
Async<Status> Channel::begin() {
    if (statistics_) co_return Status{};
    auto place = co_await parts_.feed.end(tenant_);
    if (!place) co_return place.error();
    const auto open = co_await parts_.feed.open_tasks(tenant_);
    if (!open) co_return open.error();
    read_to_ = *place;
    statistics_.emplace(*open, parts_.clock.now(), parts_.clock.wall());
    std::lock_guard lock(mutex_);
    cursor_ = before_first_ = std::move(*place);
    has_begun_ = true;
    co_return Status{};
}

// True when nothing more was there.
Async<Result<bool>> Channel::read_on() {
    const task::Caller everybody{tenant_, Subject{}, /*sees_tenant=*/true};
    for (int pages = 0; pages < kPagesAtOnce; ++pages) {
        auto page = co_await parts_.feed.read(everybody, read_to_, kPageEventsMax);
        if (!page) co_return page.error();
        read_to_ = page->cursor;
        const bool is_end = page->is_end;
        co_await add(std::move(page->items), std::move(page->cursor));
        if (is_end) co_return true;
    }
    co_return false;
}

Async<void> Channel::add(std::vector<task::FeedItem> items, std::string cursor) {
    bool bulk = false;
    {
        std::lock_guard lock(mutex_);
        bulk = std::ranges::any_of(watchers_, &Watcher::wants_bulk);
    }
    std::vector<Kept> made;
    for (const auto& item : items) {
        statistics_->note(item, parts_.clock.now());
        Kept kept{facts_of(item), item.cursor, nullptr};
        kept.facts.working = co_await working_.of(parts_.tasks, tenant_, item);
        if (bulk || !is_bulky(kept.facts.kind))
            kept.json = std::make_shared<const std::string>(event_line(item));
        made.push_back(std::move(kept));
    }
    std::lock_guard lock(mutex_);
    for (auto& kept : made) keep(std::move(kept));
    cursor_ = std::move(cursor);
    if (made.empty()) co_return;
    for (const auto& watcher : watchers_)
        if (!watcher.wants_metrics) watcher.bell.notify();
}

// The caller holds the mutex.
void Channel::keep(Kept kept) {
    const auto cost = [](const Kept& one) { return kLineCost + (one.json ? one.json->size() : 0); };
    bytes_ += cost(kept);
    numbers_[kept.cursor] = first_ + kept_.size();
    kept_.push_back(std::move(kept));
    while (kept_.size() > kLinesKept || (bytes_ > kLineBytesKept && kept_.size() > 1)) {
        bytes_ -= cost(kept_.front());
        numbers_.erase(kept_.front().cursor);
        before_first_ = std::move(kept_.front().cursor);
        kept_.pop_front();
        ++first_;
    }
}

Channel::Taken Channel::take(std::uint64_t& next, const task::Caller& caller, const Filter& filter,
                             std::size_t max) {
    Taken taken;
    std::lock_guard lock(mutex_);
    if (next < first_) {
        taken.is_behind = true;
        return taken;
    }
    const auto end = first_ + kept_.size();
    for (; next < end && taken.lines.size() < max; ++next) {
        const auto& one = kept_[next - first_];
        const bool is_wanted =
            (caller.sees_tenant || caller.subject == one.facts.subject) && filter.wants(one.facts);
        if (is_wanted && !one.json) {
            taken.is_behind = true;
            return taken;
        }
        taken.cursor = one.cursor;
        if (is_wanted) taken.lines.push_back({one.cursor, one.json});
    }
    // Rows of other tenants may lie between the last event and the place that was read to.
    if (next == end) taken.cursor = cursor_;
    return taken;
}

std::optional<std::uint64_t> Channel::number_behind(std::string_view cursor) const {
    std::lock_guard lock(mutex_);
    if (!has_begun_ || over_) return std::nullopt;
    if (cursor == cursor_) return first_ + kept_.size();
    if (cursor == before_first_) return first_;
    const auto found = numbers_.find(std::string(cursor));
    if (found == numbers_.end()) return std::nullopt;
    return found->second + 1;
}

void Channel::measure() {
    const auto now = parts_.clock.now();
    if (!wants_metrics() || (measured_at_ != MonoTime{} && now - measured_at_ < kMetricsPeriod)) return;
    measured_at_ = now;
    json::object out;
    out["type"] = "metrics";
    out["at"] = rfc3339_ms(parts_.clock.wall());
    for (auto& [key, value] : statistics_->snapshot(now)) out[key] = std::move(value);
    auto all = agents();
    out["agents_total"] = all.size();
    if (all.size() > kAgentsShownMax) all.resize(kAgentsShownMax);
    out["agents"] = std::move(all);
    auto text = to_text(out);
    // Names have their bounds, and this is the last one.
    if (text.size() > wire::guide::kFrameBytesMax) {
        out["agents"] = json::array{};
        text = to_text(out);
    }
    std::lock_guard lock(mutex_);
    snapshot_ = {snapshot_.number + 1, now, std::make_shared<const std::string>(std::move(text))};
    for (const auto& watcher : watchers_)
        if (watcher.wants_metrics) watcher.bell.notify();
}

json::array Channel::agents() const {
    parts_.registry.sweep();
    auto list = parts_.registry.routable(tenant_);
    std::ranges::stable_sort(list, [](const mesh::Agent& a, const mesh::Agent& b) {
        return a.running + a.queued > b.running + b.queued;
    });
    json::array out;
    for (const auto& agent : list) out.push_back(agent_json(agent));
    return out;
}

Channel::Snapshot Channel::snapshot() const {
    std::lock_guard lock(mutex_);
    return snapshot_;
}

Channel::Watchers::iterator Channel::enter(Watcher watcher) {
    std::lock_guard lock(mutex_);
    // Whoever asks for numbers first must not wait for the next event.
    news_.notify();
    return watchers_.insert(watchers_.end(), std::move(watcher));
}

void Channel::leave(Watchers::iterator watcher) {
    std::lock_guard lock(mutex_);
    watchers_.erase(watcher);
    if (watchers_.empty()) alone_since_ = parts_.clock.now();
}

std::size_t Channel::watchers() const {
    std::lock_guard lock(mutex_);
    return watchers_.size();
}

bool Channel::wants_metrics() const {
    std::lock_guard lock(mutex_);
    return std::ranges::any_of(watchers_, &Watcher::wants_metrics);
}

bool Channel::has_been_alone() const {
    std::lock_guard lock(mutex_);
    return watchers_.empty() && parts_.clock.now() - alone_since_ >= kLinger;
}

// The ring is a hint: another process may have written, so the feed is looked at from time to time without
// one.
MonoTime Channel::next_look() const {
    std::lock_guard lock(mutex_);
    auto until = parts_.clock.in(store::kWatchPoll);
    if (std::ranges::any_of(watchers_, &Watcher::wants_metrics))
        until = std::min(until, measured_at_ + kMetricsPeriod);
    if (watchers_.empty()) until = std::min(until, alone_since_ + kLinger);
    return until;
}

bool Channel::is_over() const {
    std::lock_guard lock(mutex_);
    return over_;
}

void Channel::end() {
    std::lock_guard lock(mutex_);
    over_ = true;
    for (const auto& watcher : watchers_) watcher.bell.notify();
}

}  // namespace meshai::doors::live
