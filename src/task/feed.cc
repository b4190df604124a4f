#include "task/feed.h"

#include "task/rows.h"

namespace meshai::task {
namespace {

bool may_see(const Caller& caller, const Subject& owner) {
    return caller.sees_tenant || caller.subject == owner;
}

Caller house_of(const TenantId& tenant) {
    return Caller{tenant, Subject{}, /*sees_tenant=*/true};
}

bool is_missing(Code code) {
    return code == Code::NotFound || code == Code::Gone;
}

}  // namespace

Async<Result<FeedPage>> Feed::read(Caller caller, std::string cursor, std::size_t max) {
    auto records = co_await log_.engine().read_feed(caller.tenant, std::move(cursor), max);
    if (!records) co_return records.error();
    FeedPage page{{}, std::move(records->cursor), records->is_end};
    for (auto& [task, stored, behind] : records->records) {
        auto body = decode(stored.record.bytes);
        if (!body) {
            // One event that cannot be read must not hide all that come after it.
            lines_.error("an event cannot be read back and is left out of the feed",
                         {{"task", task.value}, {"seq", stored.seq.value}, {"cause", body.error().cause}});
            continue;
        }
        Event event{stored.seq, std::move(stored.record.id), stored.record.at, std::move(*body)};
        auto origin = co_await origin_of(caller.tenant, task, &event);
        // A task that retention has taken meanwhile has no events any more.
        if (!origin && is_missing(origin.error().code)) continue;
        if (!origin) co_return origin.error();
        if (!may_see(caller, origin->subject)) continue;
        page.items.push_back({std::move(task), std::move(*origin), std::move(event), std::move(behind)});
    }
    co_return page;
}

Async<Result<std::string>> Feed::end(TenantId tenant) {
    co_return co_await log_.engine().feed_end(std::move(tenant));
}

std::unique_ptr<store::Watch> Feed::watch(const TenantId& tenant, Signal signal) {
    return log_.engine().watch_feed(tenant, std::move(signal));
}

Async<Result<std::vector<Summary>>> Feed::open_tasks(TenantId tenant) {
    std::vector<Summary> open;
    std::string after;
    while (open.size() < kOpenTasksMax) {
        const auto rows = co_await log_.engine().scan(tenant, store::Table::Tasks, std::string(kOpenPrefix),
                                                      after, store::kScanRowsMax, store::Order::Ascending);
        if (!rows) co_return rows.error();
        if (rows->empty()) break;
        after = rows->back().key;
        for (const auto& row : *rows) {
            if (open.size() >= kOpenTasksMax) break;
            auto summary =
                co_await log_.summary(house_of(tenant), TaskId{row.key.substr(kOpenPrefix.size())});
            if (!summary && is_missing(summary.error().code)) continue;
            if (!summary) co_return summary.error();
            // It may have ended since its row was read.
            if (!is_final(summary->state)) open.push_back(std::move(*summary));
        }
    }
    co_return open;
}

// The first event knows its task without a look at the store.
Async<Result<Origin>> Feed::origin_of(TenantId tenant, TaskId id, const Event* event) {
    const store::LogKey key{tenant, id};
    if (auto known = find(key)) co_return std::move(*known);
    const auto* submitted = event ? std::get_if<Submitted>(&event->body) : nullptr;
    if (!submitted) co_return co_await look_up(std::move(tenant), std::move(id), kLineageDepthMax);

    const auto& request = submitted->request;
    Origin origin{.subject = submitted->subject,
                  .parent = request.lineage.parent,
                  .root = request.lineage.root.empty() ? id : request.lineage.root,
                  .workflow = workflow_name(request),
                  .task_type = request.task_type,
                  .is_composite = request.is_composite()};
    if (!origin.parent.empty()) {
        const auto root = co_await look_up(std::move(tenant), origin.root, kLineageDepthMax);
        if (!root && !is_missing(root.error().code)) co_return root.error();
        origin.workflow = root ? root->workflow : std::string();
    }
    keep(key, origin);
    co_return origin;
}

Async<Result<Origin>> Feed::look_up(TenantId tenant, TaskId id, int levels_left) {
    const store::LogKey key{tenant, id};
    if (auto known = find(key)) co_return std::move(*known);
    const auto summary = co_await log_.summary(house_of(tenant), id);
    if (!summary) co_return summary.error();
    Origin origin{.subject = summary->subject,
                  .parent = summary->parent,
                  .root = id,
                  .workflow = summary->workflow,
                  .task_type = summary->task_type,
                  .is_composite = !summary->workflow.empty()};
    if (!origin.parent.empty() && levels_left > 0) {
        const auto parent = co_await look_up(tenant, origin.parent, levels_left - 1);
        if (!parent && !is_missing(parent.error().code)) co_return parent.error();
        origin.root = parent ? parent->root : origin.parent;
        origin.workflow = parent ? parent->workflow : std::string();
    }
    keep(key, origin);
    co_return origin;
}

std::optional<Origin> Feed::find(const store::LogKey& key) {
    std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->origin;
}

void Feed::keep(const store::LogKey& key, const Origin& origin) {
    std::lock_guard lock(mutex_);
    if (by_key_.contains(key)) return;
    entries_.push_front({key, origin});
    by_key_.emplace(key, entries_.begin());
    if (entries_.size() <= kOriginsMax) return;
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
}

}  // namespace meshai::task
