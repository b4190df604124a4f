// store/sqlite/ledger.h
//
// The writer's SQL: checks a unit against what is stored, writes it, removes
// logs. Used by one thread, inside transactions that the writer opens. Keeps
// the heads of the logs that are being written in memory; a rollback forgets
// them, for they may then be wrong.
#pragma once

#include <optional>
#include <unordered_map>

#include "store/sqlite/connection.h"
#include "store/watches.h"

namespace meshai::store {

class Ledger {
  public:
    /// Heads kept in memory; with more they are all forgotten and looked up again.
    static constexpr std::size_t kHeadsMax = 100'000;

    /// A tool, which is no server, writes rows only: no logs, no totals, no removals.
    static Result<std::unique_ptr<Ledger>> open(Connection db, bool is_server);

    Status begin();

    /// After a failed commit nothing is stored, as far as this process can tell.
    Status commit();
    void rollback();

    /// Whether every expectation of the unit holds; Conflict if not. Writes nothing.
    Status check(const Unit& unit);

    /// Writes a unit that was checked in this transaction. A failure leaves the
    /// transaction half done: roll it back.
    Status write(const Unit& unit);

    /// Makes a log invisible; its events are removed by sweep. The key of the
    /// log, or NotFound.
    Result<std::int64_t> hide(const TenantId& tenant, const TaskId& log);

    /// Removes at most `max` events of a hidden log; true when none is left.
    Result<bool> sweep(std::int64_t log_key, std::size_t max);

    /// Hidden logs that an earlier process did not finish to remove.
    Result<std::vector<std::int64_t>> hidden();

    /// Gives at most `pages` of the free pages back to the file system, outside
    /// of transactions; true when no more than `keep` are left.
    Result<bool> shrink(std::int64_t pages, std::int64_t keep);

    int last_error() const { return db_.last_error(); }

  private:
    struct Head {
        std::int64_t key = 0;  ///< 0: no such log
        Seq last;
        bool closed = false;
    };
    struct Totals {
        std::int64_t logs = 0;
        std::int64_t records = 0;
        std::int64_t newest = 0;  ///< number of the newest event there ever was
        friend bool operator==(const Totals&, const Totals&) = default;
    };

    explicit Ledger(Connection db, bool is_server) : db_(std::move(db)), is_server_(is_server) {}

    Status prepare();
    Status load_totals();
    Result<std::int64_t> tenant_key(const TenantId& tenant);
    Result<std::int64_t> make_tenant(const TenantId& tenant);
    Result<Head> head(const LogKey& key);
    Status check(const TenantId& tenant, const Append& append);
    Status check(std::int64_t tenant, const Put& put);
    Status write(const TenantId& tenant, const Append& append);
    Status write(std::int64_t tenant, const Put& put);
    Result<std::uint64_t> version(std::int64_t tenant, const Put& put);

    Connection db_;
    bool is_server_;
    std::unordered_map<TenantId, std::int64_t> tenants_;
    std::unordered_map<LogKey, Head, LogKeyHash> heads_;
    std::int64_t next_log_key_ = 1;
    Totals totals_;
    Totals stored_totals_;

    Statement find_tenant_, add_tenant_, find_log_, find_head_, add_log_, add_event_;
    Statement find_version_, put_row_, remove_row_, put_totals_;
    Statement remove_log_, add_hidden_, remove_events_, remove_hidden_;
};

}  // namespace meshai::store
