#include "store/memory/engine.h"

#include <algorithm>

#include "store/unit.h"

namespace meshai::store {
namespace {

const Error kClosed{Code::Unavailable, "The store is closed."};

// What a caller does next must not depend on whether an engine answers inside
// the call, so this one never does.
Async<void> come_back_later() {
    co_await asio::post(co_await this_executor(), use_async);
}

}  // namespace

MemoryEngine::MemoryEngine(Clock& clock, std::shared_ptr<MemoryDisk> disk)
    : clock_(clock), disk_(std::move(disk)), generation_(disk_->generation()) {
    MemoryDisk::Lock lock(disk_->mutex_);
    if (disk_->feed_key_) return;
    // A disk in memory begins anew with its process, and what an earlier one gave
    // out must not look like its own: the time it was made tells them apart.
    disk_->feed_key_.emplace();
    const auto made = static_cast<std::uint64_t>(unix_ms(clock_.wall()));
    for (std::size_t i = 0; i < sizeof made; ++i)
        disk_->feed_key_->at(i) = static_cast<unsigned char>(made >> (8 * i));
}

Async<Status> MemoryEngine::commit(Unit unit, MonoTime) {
    if (is_closed()) co_return kClosed;
    if (auto fine = check(unit); !fine) co_return fine;

    // A commit that was handed in always finishes: a cancelled wait only makes it earlier.
    if (const auto delay = disk_->delay(); delay > Duration::zero()) (void)co_await pause(clock_, delay);

    auto outcome = disk_->apply(unit, generation_);
    for (const auto& append : unit.appends) watches_.ring({unit.tenant, append.log});
    if (!unit.appends.empty()) watches_.ring(feed_key(unit.tenant));
    co_await come_back_later();
    co_return outcome;
}

Async<Result<std::vector<StoredRecord>>> MemoryEngine::read(TenantId tenant, TaskId log, Seq after,
                                                            std::size_t max) {
    if (is_closed()) co_return kClosed;
    MemoryDisk::Lock lock(disk_->mutex_);
    const auto content = disk_->tenants_.find(tenant);
    if (content == disk_->tenants_.end()) co_return Error{Code::NotFound, "No such log."};
    const auto found = content->second.logs.find(log.value);
    if (found == content->second.logs.end()) co_return Error{Code::NotFound, "No such log."};

    std::vector<StoredRecord> records;
    std::size_t bytes = 0;
    max = std::min(max, kReadRecordsMax);
    for (auto i = after.value; i < found->second.size() && records.size() < max; ++i) {
        bytes += found->second[i].record.bytes.size();
        if (bytes > kAnswerBytesMax && !records.empty()) break;
        records.push_back(found->second[i]);
    }
    co_return records;
}

std::unique_ptr<Watch> MemoryEngine::watch(const TenantId& tenant, const TaskId& log, Signal signal) {
    return watches_.add({tenant, log}, std::move(signal));
}

Async<Result<FeedPage>> MemoryEngine::read_feed(TenantId tenant, std::string cursor, std::size_t max) {
    if (is_closed()) co_return kClosed;
    MemoryDisk::Lock lock(disk_->mutex_);
    const auto places = positions(tenant);
    auto after = places.place_of(cursor);
    if (!after) co_return after.error();
    if (*after > disk_->newest_) co_return beyond_the_end();
    FeedPage page{{}, std::move(cursor), true};
    const auto content = disk_->tenants_.find(tenant);
    if (content == disk_->tenants_.end()) co_return page;

    const auto& feed = content->second.feed;
    auto next = feed.upper_bound(*after);
    std::size_t bytes = 0;
    max = std::min(max, kReadRecordsMax);
    for (; next != feed.end() && page.records.size() < max && bytes < kAnswerBytesMax; ++next) {
        const auto& [log, seq] = next->second;
        const auto& stored = content->second.logs.at(log)[seq.value - 1];
        bytes += stored.record.bytes.size();
        page.records.push_back({TaskId{log}, stored, places.text_of(next->first)});
    }
    if (!page.records.empty()) page.cursor = page.records.back().cursor;
    page.is_end = next == feed.end();
    co_return page;
}

Async<Result<std::string>> MemoryEngine::feed_end(TenantId tenant) {
    if (is_closed()) co_return kClosed;
    MemoryDisk::Lock lock(disk_->mutex_);
    co_return positions(tenant).text_of(disk_->newest_);
}

std::unique_ptr<Watch> MemoryEngine::watch_feed(const TenantId& tenant, Signal signal) {
    return watches_.add(feed_key(tenant), std::move(signal));
}

Async<Result<std::optional<Row>>> MemoryEngine::get(TenantId tenant, Table table, std::string key) {
    if (is_closed()) co_return kClosed;
    MemoryDisk::Lock lock(disk_->mutex_);
    std::optional<Row> row;
    if (const auto content = disk_->tenants_.find(tenant); content != disk_->tenants_.end())
        if (const auto rows = content->second.rows.find(table); rows != content->second.rows.end())
            if (const auto found = rows->second.find(key); found != rows->second.end()) row = found->second;
    co_return row;
}

Async<Result<std::vector<Row>>> MemoryEngine::scan(TenantId tenant, Table table, std::string prefix,
                                                   std::string after, std::size_t max, Order order) {
    if (is_closed()) co_return kClosed;
    MemoryDisk::Lock lock(disk_->mutex_);
    std::vector<Row> got;
    const auto content = disk_->tenants_.find(tenant);
    if (content == disk_->tenants_.end()) co_return got;
    const auto table_rows = content->second.rows.find(table);
    if (table_rows == content->second.rows.end()) co_return got;

    const auto& rows = table_rows->second;
    const auto behind = end_of_prefix(prefix);
    auto begin = rows.lower_bound(prefix);
    auto end = behind.empty() ? rows.end() : rows.lower_bound(behind);
    if (!after.empty() && order == Order::Ascending && after >= prefix) begin = rows.upper_bound(after);
    if (!after.empty() && order == Order::Descending && (behind.empty() || after < behind))
        end = rows.lower_bound(after);

    // `after` may lie beyond the other end of the prefix: then nothing is left.
    if (begin == rows.end() || (end != rows.end() && begin->first >= end->first)) co_return got;
    std::size_t bytes = 0;
    max = std::min(max, kScanRowsMax);
    while (begin != end && got.size() < max) {
        const auto& row = order == Order::Ascending ? *begin : *std::prev(end);
        bytes += row.second.value.size();
        if (bytes > kAnswerBytesMax && !got.empty()) break;
        got.push_back(row.second);
        order == Order::Ascending ? ++begin : --end;
    }
    co_return got;
}

Async<Result<std::vector<TenantId>>> MemoryEngine::tenants() {
    if (is_closed()) co_return kClosed;
    MemoryDisk::Lock lock(disk_->mutex_);
    std::vector<TenantId> tenants;
    for (const auto& [tenant, content] : disk_->tenants_)
        if (std::ranges::any_of(content.rows, [](const auto& table) { return !table.second.empty(); }))
            tenants.push_back(tenant);
    co_return tenants;
}

Async<Status> MemoryEngine::erase_log(TenantId tenant, TaskId log) {
    if (is_closed()) co_return kClosed;
    {
        MemoryDisk::Lock lock(disk_->mutex_);
        const auto content = disk_->tenants_.find(tenant);
        if (content == disk_->tenants_.end()) co_return Error{Code::NotFound, "No such log."};
        const auto found = content->second.logs.find(log.value);
        if (found == content->second.logs.end()) co_return Error{Code::NotFound, "No such log."};
        for (const auto& stored : found->second) {
            disk_->bytes_ -= stored.record.bytes.size();
            disk_->event_ids_.erase(stored.record.id);
        }
        content->second.logs.erase(found);
        for (const auto number : content->second.numbers[log.value]) content->second.feed.erase(number);
        content->second.numbers.erase(log.value);
    }
    watches_.ring({tenant, log});
    co_await come_back_later();
    co_return Status{};
}

Async<Result<Usage>> MemoryEngine::usage() {
    if (is_closed()) co_return kClosed;
    MemoryDisk::Lock lock(disk_->mutex_);
    Usage usage{.bytes = disk_->bytes_, .records = disk_->event_ids_.size()};
    for (const auto& [tenant, content] : disk_->tenants_) usage.logs += content.logs.size();
    co_return usage;
}

void MemoryEngine::close() {
    closed_ = true;
}

Positions MemoryEngine::positions(const TenantId& tenant) const {
    return {*disk_->feed_key_, tenant};
}

bool MemoryEngine::is_closed() const {
    return closed_ || generation_ != disk_->generation();
}

}  // namespace meshai::store
