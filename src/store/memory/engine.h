// store/memory/engine.h
//
// A store in memory: for `meshai dev`, and for every test that wants the whole
// server without a disk. It keeps the same promises as the others except that
// its disk ends with the process. Deterministic: a commit happens in the call,
// its outcome comes on the caller's executor. Any thread.
#pragma once

#include <atomic>

#include "store/memory/disk.h"
#include "store/watches.h"

namespace meshai::store {

class MemoryEngine final : public Engine {
  public:
    /// An engine on a new disk, or on one that a test keeps.
    explicit MemoryEngine(Clock& clock, std::shared_ptr<MemoryDisk> disk = std::make_shared<MemoryDisk>());

    Async<Status> commit(Unit unit, MonoTime deadline) override;
    Async<Result<std::vector<StoredRecord>>> read(TenantId tenant, TaskId log, Seq after,
                                                  std::size_t max) override;
    std::unique_ptr<Watch> watch(const TenantId& tenant, const TaskId& log, Signal signal) override;
    Async<Result<FeedPage>> read_feed(TenantId tenant, std::string cursor, std::size_t max) override;
    Async<Result<std::string>> feed_end(TenantId tenant) override;
    std::unique_ptr<Watch> watch_feed(const TenantId& tenant, Signal signal) override;
    Async<Result<std::optional<Row>>> get(TenantId tenant, Table table, std::string key) override;
    Async<Result<std::vector<Row>>> scan(TenantId tenant, Table table, std::string prefix, std::string after,
                                         std::size_t max, Order order) override;
    Async<Result<std::vector<TenantId>>> tenants() override;
    Async<Status> erase_log(TenantId tenant, TaskId log) override;
    Async<Result<Usage>> usage() override;
    void close() override;

    MemoryDisk& disk() { return *disk_; }

  private:
    bool is_closed() const;
    Positions positions(const TenantId& tenant) const;

    Clock& clock_;
    std::shared_ptr<MemoryDisk> disk_;
    std::uint64_t generation_;
    std::atomic<bool> closed_{false};
    Watches watches_;
};

}  // namespace meshai::store
