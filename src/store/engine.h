// store/engine.h
//
// Where the server keeps what must not be lost: append-only logs and small
// tables, committed together. This interface is all that the rest of the
// server knows about storage; `sqlite/` and `memory/` implement it, a cluster
// engine can. Nobody outside this room may assume that one process is the only
// one that writes, and nothing here waits for anything but the disk.
//
// Threads: every call may be made from any executor; a coroutine continues on
// the executor it was called on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "base/signal.h"

namespace meshai::store {

/// One event as the store sees it: bytes with a unique id. `last` closes the
/// log: nothing can follow.
struct Record {
    EventId id;
    WallTime at;
    std::string bytes;
    bool last = false;

    friend bool operator==(const Record&, const Record&) = default;
};

struct StoredRecord {
    Seq seq;
    Record record;

    friend bool operator==(const StoredRecord&, const StoredRecord&) = default;
};

/// Adds `records` behind event `expected_last` of `log` (Seq{0}: the log must
/// not exist yet). If the log has gone on meanwhile, or is closed, the whole
/// unit is refused with Code::Conflict: the expected number is the fence.
struct Append {
    TaskId log;
    Seq expected_last;
    std::vector<Record> records;
};

/// The small tables. A row belongs to one tenant and has a version: 1 when it
/// is made, one more with each put.
enum class Table { Tasks, IdempotencyKeys, Runs, Agents, ApiKeys, Conversations, Secrets, Workflows };

/// Puts a row, or removes it when `value` is absent. `expected_version` 0 says
/// that the row must not exist; kAnyVersion that it does not matter.
struct Put {
    Table table;
    std::string key;
    std::uint64_t expected_version;
    std::optional<std::string> value;
};

inline constexpr std::uint64_t kAnyVersion = UINT64_MAX;

struct Row {
    std::string key;
    std::uint64_t version = 0;
    std::string value;

    friend bool operator==(const Row&, const Row&) = default;
};

/// All or nothing, for one tenant. A unit names a log and a row at most once.
/// An append without records is a fence: it only checks `expected_last`.
struct Unit {
    TenantId tenant;
    std::vector<Append> appends;
    std::vector<Put> puts;
};

/// Bounds of one unit; more is Code::TooLarge.
inline constexpr std::size_t kUnitRecordsMax = 4096;
inline constexpr std::size_t kUnitBytesMax = 32U << 20U;
inline constexpr std::size_t kReadRecordsMax = 1024;
inline constexpr std::size_t kScanRowsMax = 1000;

/// Bytes after which a read or a scan ends early (it gives at least one item):
/// a short answer is not the end, only an empty one is.
inline constexpr std::size_t kAnswerBytesMax = 32U << 20U;

/// Bounds of the names a unit uses: tenants, logs, event ids; and of row keys.
inline constexpr std::size_t kNameBytesMax = 256;
inline constexpr std::size_t kKeyBytesMax = 1024;

enum class Order { Ascending, Descending };

/// A subscription to a hint. Destroying it ends it. The signal it was made with
/// is rung after every commit to the log: a hint, never the truth; a reader
/// also polls (kWatchPoll) because another process may be the writer.
class Watch {
  public:
    virtual ~Watch() = default;
};

inline constexpr Duration kWatchPoll = std::chrono::seconds(5);

/// A record with the log it stands in, and the place right behind it.
struct FeedRecord {
    TaskId log;
    StoredRecord stored;
    std::string cursor;
};

/// A piece of the feed of a tenant. Others write to the same store, and a look is
/// over after kFeedRowsMax rows: an empty page is no end, `is_end` is. Either way
/// `cursor` is where to go on.
struct FeedPage {
    std::vector<FeedRecord> records;
    std::string cursor;
    bool is_end = false;  ///< nothing stood behind `cursor` when this was read
};

/// Rows of the store, of whatever tenant, that one look at a feed passes.
inline constexpr std::size_t kFeedRowsMax = 4096;

/// What a store can say about itself.
struct Usage {
    std::uint64_t bytes = 0;  ///< on disk, or in memory
    std::uint64_t logs = 0;
    std::uint64_t records = 0;
};

class Engine {
  public:
    virtual ~Engine() = default;

    /// Makes a unit durable. One outcome: fine, or
    /// Conflict (an expectation failed; nothing happened),
    /// StorageFull (nothing happened), Unavailable (closing, or the bounded
    /// queue of waiting units stayed full until `deadline`; nothing happened),
    /// OutcomeUnknown (read back by event id, then decide).
    /// Committing the same unit again after OutcomeUnknown gives Conflict if it
    /// had happened.
    virtual Async<Status> commit(Unit unit, MonoTime deadline) = 0;

    /// Events of `log` after `after`, in order, at most `max` (and
    /// kReadRecordsMax). Code::NotFound for a log that this tenant does not
    /// have; empty when nothing is after `after`.
    virtual Async<Result<std::vector<StoredRecord>>> read(TenantId tenant, TaskId log, Seq after,
                                                          std::size_t max) = 0;

    /// Rings `signal` after each commit that touches `log`, and after its removal.
    virtual std::unique_ptr<Watch> watch(const TenantId& tenant, const TaskId& log, Signal signal) = 0;

    /// The records of all logs of the tenant behind `cursor`, in the order in which
    /// they were committed, at most `max` (and kReadRecordsMax). A cursor is a place
    /// that only this store understands, for this tenant; "" is the beginning. It
    /// stays good when what lay around it is erased. InvalidArgument for one of
    /// another tenant or store, and for a place that the store has not reached.
    virtual Async<Result<FeedPage>> read_feed(TenantId tenant, std::string cursor, std::size_t max) = 0;

    /// The cursor behind everything that is committed now.
    virtual Async<Result<std::string>> feed_end(TenantId tenant) = 0;

    /// Rings `signal` after each commit that appends to any log of the tenant.
    virtual std::unique_ptr<Watch> watch_feed(const TenantId& tenant, Signal signal) = 0;

    /// One row, or nothing.
    virtual Async<Result<std::optional<Row>>> get(TenantId tenant, Table table, std::string key) = 0;

    /// Rows whose key starts with `prefix`, behind `after` in the given order
    /// ("" begins at the end that comes first), at most `max` (and kScanRowsMax).
    virtual Async<Result<std::vector<Row>>> scan(TenantId tenant, Table table, std::string prefix,
                                                 std::string after, std::size_t max, Order order) = 0;

    /// The tenants that have any row, sorted; for recovery at start.
    virtual Async<Result<std::vector<TenantId>>> tenants() = 0;

    /// Removes a whole log (retention); NotFound if there is none. It is gone for
    /// every reader at once; the bytes may be given back a little later. An append
    /// behind any of its old numbers is a conflict; ids of logs are never used twice.
    virtual Async<Status> erase_log(TenantId tenant, TaskId log) = 0;

    virtual Async<Result<Usage>> usage() = 0;

    /// Ends all work; later calls give Code::Unavailable. Units accepted before are
    /// finished. Call it (or destroy the engine) before the executors end that wait for it.
    virtual void close() = 0;
};

}  // namespace meshai::store
