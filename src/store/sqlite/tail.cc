#include "store/sqlite/tail.h"

#include <algorithm>

namespace meshai::store {
namespace {

constexpr std::size_t kEntryCost = 256;
constexpr std::size_t kRecordCost = 128;

std::size_t cost(const Record& record) {
    return record.bytes.size() + kRecordCost;
}

}  // namespace

std::optional<std::vector<StoredRecord>> Tail::read(const LogKey& key, Seq after, std::size_t max) {
    auto& mine = shard(key);
    std::lock_guard lock(mine.mutex);
    const auto found = mine.by_key.find(key);
    if (found == mine.by_key.end() || after < found->second->before) return std::nullopt;
    mine.entries.splice(mine.entries.begin(), mine.entries, found->second);

    const auto& entry = *found->second;
    std::vector<StoredRecord> got;
    const auto skip = after.value - entry.before.value;
    if (skip >= entry.records.size()) return got;
    max = std::min({max, kReadRecordsMax, entry.records.size() - skip});
    const auto begin = entry.records.begin() + static_cast<std::ptrdiff_t>(skip);
    got.assign(begin, begin + static_cast<std::ptrdiff_t>(max));
    return got;
}

void Tail::append(const LogKey& key, Seq before, const std::vector<Record>& records) {
    auto& mine = shard(key);
    std::lock_guard lock(mine.mutex);
    auto found = mine.by_key.find(key);
    if (found != mine.by_key.end() &&
        found->second->before.value + found->second->records.size() != before.value) {
        remove(mine, found->second);
        found = mine.by_key.end();
    }
    if (found == mine.by_key.end()) {
        mine.entries.push_front({key, before, {}, kEntryCost});
        mine.bytes += kEntryCost;
        found = mine.by_key.emplace(key, mine.entries.begin()).first;
    } else {
        mine.entries.splice(mine.entries.begin(), mine.entries, found->second);
    }

    auto& entry = *found->second;
    for (const auto& record : records) {
        before = before.next();
        entry.records.push_back({before, record});
        entry.bytes += cost(record);
        mine.bytes += cost(record);
    }
    while (!entry.records.empty() && entry.bytes > kLogBytesMax) {
        const auto freed = cost(entry.records.front().record);
        entry.bytes -= freed;
        mine.bytes -= freed;
        entry.before = entry.records.front().seq;
        entry.records.pop_front();
    }
    while (mine.bytes > shard_bytes_max_ && !mine.entries.empty())
        remove(mine, std::prev(mine.entries.end()));
}

void Tail::forget(const LogKey& key) {
    auto& mine = shard(key);
    std::lock_guard lock(mine.mutex);
    if (const auto found = mine.by_key.find(key); found != mine.by_key.end()) remove(mine, found->second);
}

std::size_t Tail::bytes() const {
    std::size_t all = 0;
    for (const auto& one : shards_) {
        std::lock_guard lock(one.mutex);
        all += one.bytes;
    }
    return all;
}

void Tail::remove(Shard& shard, Entries::iterator entry) {
    shard.bytes -= entry->bytes;
    shard.by_key.erase(entry->key);
    shard.entries.erase(entry);
}

}  // namespace meshai::store
