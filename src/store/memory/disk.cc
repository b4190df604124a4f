#include "store/memory/disk.h"

#include "store/unit.h"

namespace meshai::store {
namespace {

const Error kUnknown{Code::OutcomeUnknown, "The disk did not say whether the commit happened."};
const Error kFull{Code::StorageFull, "The disk is full; free some space and try again."};

}  // namespace

void MemoryDisk::fail(Fault fault, int times, int skip) {
    Lock lock(mutex_);
    faults_.insert(faults_.end(), static_cast<std::size_t>(skip), Fault::None);
    faults_.insert(faults_.end(), static_cast<std::size_t>(times), fault);
}

void MemoryDisk::set_full(bool full) {
    Lock lock(mutex_);
    full_ = full;
}

void MemoryDisk::set_delay(Duration delay) {
    Lock lock(mutex_);
    delay_ = delay;
}

void MemoryDisk::pull_plug() {
    Lock lock(mutex_);
    ++generation_;
}

std::uint64_t MemoryDisk::commits() const {
    Lock lock(mutex_);
    return commits_;
}

std::uint64_t MemoryDisk::generation() const {
    Lock lock(mutex_);
    return generation_;
}

Duration MemoryDisk::delay() const {
    Lock lock(mutex_);
    return delay_;
}

Status MemoryDisk::apply(const Unit& unit, std::uint64_t generation) {
    Lock lock(mutex_);
    if (generation != generation_) return Error{Code::Unavailable, "The store is closed."};
    if (auto fine = conflict(unit); !fine) return fine;
    if (full_) return kFull;
    switch (next_fault()) {
        case Fault::Full:
            return kFull;
        case Fault::UnknownLost:
            return kUnknown;
        case Fault::UnknownHappened:
            write(unit);
            return kUnknown;
        case Fault::None:
            break;
    }
    write(unit);
    return {};
}

Status MemoryDisk::conflict(const Unit& unit) const {
    static const Content kNothing;
    const auto found = tenants_.find(unit.tenant);
    const auto& content = found == tenants_.end() ? kNothing : found->second;

    std::unordered_set<std::string_view> ids;
    for (const auto& append : unit.appends) {
        const auto log = content.logs.find(append.log.value);
        const auto last = log == content.logs.end() ? Seq{0} : log->second.back().seq;
        if (last != append.expected_last) return Error{Code::Conflict, "The log has gone on meanwhile."};
        if (last != Seq{0} && log->second.back().record.last)
            return Error{Code::Conflict, "The log is closed."};
        for (const auto& record : append.records)
            if (event_ids_.contains(record.id) || !ids.insert(record.id.value).second)
                return Error{Code::Conflict, "An event with this id exists already."};
    }
    for (const auto& put : unit.puts) {
        if (put.expected_version == kAnyVersion) continue;
        const auto table = content.rows.find(put.table);
        std::uint64_t version = 0;
        if (table != content.rows.end())
            if (const auto row = table->second.find(put.key); row != table->second.end())
                version = row->second.version;
        if (version != put.expected_version) return Error{Code::Conflict, "The row has changed meanwhile."};
    }
    return {};
}

void MemoryDisk::write(const Unit& unit) {
    ++commits_;
    auto& content = tenants_[unit.tenant];
    for (const auto& append : unit.appends) {
        if (append.records.empty()) continue;
        auto& log = content.logs[append.log.value];
        auto& numbers = content.numbers[append.log.value];
        for (const auto& record : append.records) {
            log.push_back({Seq{log.size() + 1}, record});
            numbers.push_back(++newest_);
            content.feed.emplace(newest_, Place{append.log.value, log.back().seq});
            event_ids_.insert(record.id);
            bytes_ += record.bytes.size();
        }
    }
    for (const auto& put : unit.puts) {
        auto& table = content.rows[put.table];
        const auto row = table.find(put.key);
        const auto version = row == table.end() ? 0 : row->second.version;
        if (row != table.end()) bytes_ -= row->second.value.size();
        if (!put.value) {
            table.erase(put.key);
            continue;
        }
        bytes_ += put.value->size();
        table[put.key] = Row{put.key, version + 1, *put.value};
    }
}

Fault MemoryDisk::next_fault() {
    if (faults_.empty()) return Fault::None;
    const auto fault = faults_.front();
    faults_.pop_front();
    return fault;
}

}  // namespace meshai::store
