#include "store/sqlite/engine.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/sqlite/lock_file.h"
#include "store/sqlite/reads.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/writer.h"
#include "store/unit.h"

namespace meshai::store {
namespace {

class SqliteEngine final : public Engine {
  public:
    struct Parts {
        std::optional<LockFile> lock;
        std::unique_ptr<Ledger> ledger;
        std::vector<std::unique_ptr<Reads>> readers;
    };

    SqliteEngine(Parts parts, const SqliteOptions& options, Clock& clock, Log& log)
        : role_(options.role),
          clock_(clock),
          lock_(std::move(parts.lock)),
          tail_(options.tail_bytes_max),
          readers_(std::move(parts.readers)),
          writer_(std::move(parts.ledger), queue_, tail_, watches_, log) {}

    ~SqliteEngine() override { close(); }

    Async<Status> commit(Unit unit, MonoTime deadline) override {
        if (auto fine = check(unit); !fine) co_return fine;
        if (role_ == Role::Tool && !unit.appends.empty())
            co_return Error{Code::InvalidArgument, "Only the server appends to logs."};
        const auto bytes = bytes_of(unit);
        co_return co_await write(bytes, deadline, [unit = std::move(unit)](Reply<Status> reply) mutable {
            return Job(UnitJob{std::move(unit), std::move(reply)});
        });
    }

    Async<Result<std::vector<StoredRecord>>> read(TenantId tenant, TaskId log, Seq after,
                                                  std::size_t max) override {
        LogKey key{std::move(tenant), std::move(log)};
        if (queue_.is_closed()) co_return kClosed;
        if (auto known = tail_.read(key, after, max)) co_return std::move(*known);
        co_return co_await readers_.run<std::vector<StoredRecord>>(
            [key = std::move(key), after, max](Reads& reads) { return reads.read(key, after, max); });
    }

    std::unique_ptr<Watch> watch(const TenantId& tenant, const TaskId& log, Signal signal) override {
        return watches_.add({tenant, log}, std::move(signal));
    }

    Async<Result<FeedPage>> read_feed(TenantId tenant, std::string cursor, std::size_t max) override {
        co_return co_await readers_.run<FeedPage>(
            [tenant = std::move(tenant), cursor = std::move(cursor), max](Reads& reads) {
                return reads.read_feed(tenant, cursor, max);
            });
    }

    Async<Result<std::string>> feed_end(TenantId tenant) override {
        co_return co_await readers_.run<std::string>(
            [tenant = std::move(tenant)](Reads& reads) { return reads.feed_end(tenant); });
    }

    std::unique_ptr<Watch> watch_feed(const TenantId& tenant, Signal signal) override {
        return watches_.add(feed_key(tenant), std::move(signal));
    }

    Async<Result<std::optional<Row>>> get(TenantId tenant, Table table, std::string key) override {
        co_return co_await readers_.run<std::optional<Row>>(
            [tenant = std::move(tenant), table, key = std::move(key)](Reads& reads) {
                return reads.get(tenant, table, key);
            });
    }

    Async<Result<std::vector<Row>>> scan(TenantId tenant, Table table, std::string prefix, std::string after,
                                         std::size_t max, Order order) override {
        co_return co_await readers_.run<std::vector<Row>>(
            [tenant = std::move(tenant), table, prefix = std::move(prefix), after = std::move(after), max,
             order](Reads& reads) { return reads.scan(tenant, table, prefix, after, max, order); });
    }

    Async<Result<std::vector<TenantId>>> tenants() override {
        co_return co_await readers_.run<std::vector<TenantId>>([](Reads& reads) { return reads.tenants(); });
    }

    Async<Status> erase_log(TenantId tenant, TaskId log) override {
        if (role_ == Role::Tool) co_return Error{Code::InvalidArgument, "Only the server erases logs."};
        LogKey key{std::move(tenant), std::move(log)};
        co_return co_await write(0, kNever, [key = std::move(key)](Reply<Status> reply) mutable {
            return Job(EraseJob{std::move(key), std::move(reply)});
        });
    }

    Async<Result<Usage>> usage() override {
        co_return co_await readers_.run<Usage>([](Reads& reads) { return reads.usage(); });
    }

    void close() override {
        queue_.close();
        writer_.join();
        readers_.close();
    }

  private:
    template <class MakeJob>
    Async<Status> write(std::size_t bytes, MonoTime deadline, MakeJob make_job) {
        auto place = co_await queue_.reserve(bytes, deadline, clock_);
        if (!place) co_return place;
        co_return co_await hand_over<Status>(
            [this, bytes, make_job = std::move(make_job)](Reply<Status> reply) mutable {
                auto job = make_job(std::move(reply));
                if (queue_.push(job, bytes)) return;
                std::visit([](auto& refused) { refused.reply(Status(kClosed)); }, job);
            });
    }

    static inline const Error kClosed{Code::Unavailable, "The store is closed."};

    Role role_;
    Clock& clock_;
    std::optional<LockFile> lock_;
    WriterQueue queue_;
    Tail tail_;
    Watches watches_;
    ReaderPool readers_;
    Writer writer_;
};

Result<std::int64_t> file_bytes(Connection& db) {
    const auto pages = db.number("PRAGMA page_count");
    const auto size = db.number("PRAGMA page_size");
    if (!pages) return pages.error();
    if (!size) return size.error();
    return *pages * *size;
}

Status check_file(Connection& db, const SqliteOptions& options, Log& log) {
    const auto bytes = file_bytes(db);
    if (!bytes) return bytes.error();
    if (static_cast<std::uint64_t>(*bytes) <= options.check_bytes_max) return quick_check(db, options.path);
    log.info("the store is too large to be checked at every start; meshai db check does it",
             {{"path", options.path}, {"bytes", *bytes}});
    return {};
}

Status bound_file(Connection& db, std::uint64_t bytes_max) {
    if (bytes_max == 0) return {};
    const auto size = db.number("PRAGMA page_size");
    if (!size) return size.error();
    return db.run(fmt::format("PRAGMA max_page_count={}",
                              std::max<std::uint64_t>(1, bytes_max / static_cast<std::uint64_t>(*size))));
}

Result<Connection> open_as_server(const SqliteOptions& options, Log& log, std::optional<LockFile>& lock) {
    auto taken = LockFile::take(options.path);
    if (!taken) return taken.error();
    lock.emplace(std::move(*taken));
    auto db = open_database(options.path, /*may_migrate=*/true, options.vfs);
    if (!db) return db;
    if (auto fine = check_file(*db, options, log); !fine) return fine.error();
    return db;
}

// A tool that finds an old file, or none, and no server brings it up to date
// itself; it holds the lock only while it does.
Result<Connection> open_as_tool(const SqliteOptions& options) {
    auto db = open_database(options.path, /*may_migrate=*/false, options.vfs);
    if (db || db.error().code != Code::Unavailable) return db;
    const auto lock = LockFile::take(options.path);
    if (!lock) return db;
    return open_database(options.path, /*may_migrate=*/true, options.vfs);
}

Result<SqliteEngine::Parts> open_parts(const SqliteOptions& options, Log& log) {
    SqliteEngine::Parts parts;
    auto db = options.role == Role::Server ? open_as_server(options, log, parts.lock) : open_as_tool(options);
    if (!db) return db.error();
    if (auto fine = bound_file(*db, options.bytes_max); !fine) return fine.error();
    auto ledger = Ledger::open(std::move(*db), options.role == Role::Server);
    if (!ledger) return ledger.error();
    parts.ledger = std::move(*ledger);

    for (std::size_t i = 0; i < std::max<std::size_t>(1, options.readers); ++i) {
        auto again = open_again(options.path, options.vfs);
        if (!again) return again.error();
        auto reads = Reads::open(std::move(*again));
        if (!reads) return reads.error();
        parts.readers.push_back(std::move(*reads));
    }
    return parts;
}

}  // namespace

Result<std::unique_ptr<Engine>> open_sqlite(SqliteOptions options, Clock& clock, Log& log) {
    auto parts = open_parts(options, log);
    if (!parts) return parts.error();
    return std::make_unique<SqliteEngine>(std::move(*parts), options, clock, log);
}

}  // namespace meshai::store
