#include "store/sqlite/reads.h"

#include <algorithm>

#include "store/sqlite/schema.h"
#include "store/unit.h"

namespace meshai::store {

Result<std::unique_ptr<Reads>> Reads::open(Connection db) {
    std::unique_ptr<Reads> reads(new Reads(std::move(db)));
    if (auto fine = reads->prepare(); !fine) return fine.error();
    return reads;
}

Status Reads::prepare() {
    const std::pair<Statement*, std::string_view> statements[] = {
        {&events_,
         "SELECT seq, id, at, last, bytes FROM events WHERE log=(SELECT key FROM logs WHERE"
         " tenant=(SELECT key FROM tenants WHERE id=?) AND id=?) AND seq>? ORDER BY seq LIMIT ?"},
        {&log_, "SELECT 1 FROM logs WHERE tenant=(SELECT key FROM tenants WHERE id=?) AND id=?"},
        {&row_,
         "SELECT key, version, value FROM rows WHERE tenant=(SELECT key FROM tenants WHERE id=?) AND tbl=? "
         "AND key=?"},
        // ?5 = '' stands for "no upper end".
        {&up_,
         "SELECT key, version, value FROM rows WHERE tenant=(SELECT key FROM tenants WHERE id=?1) AND tbl=?2"
         " AND key>=?3 AND key>?4 AND (?5='' OR key<?5) ORDER BY key LIMIT ?6"},
        {&down_,
         "SELECT key, version, value FROM rows WHERE tenant=(SELECT key FROM tenants WHERE id=?1) AND tbl=?2"
         " AND key>=?3 AND (?5='' OR key<?5) AND (?4='' OR key<?4) ORDER BY key DESC LIMIT ?6"},
        {&tenants_,
         "SELECT id FROM tenants t WHERE EXISTS (SELECT 1 FROM rows WHERE tenant=t.key) ORDER BY id"},
        {&totals_, "SELECT logs, records FROM totals"},
    };
    for (const auto& [into, sql] : statements) {
        auto statement = db_.prepare(sql);
        if (!statement) return statement.error();
        *into = std::move(*statement);
    }
    return {};
}

Result<std::vector<StoredRecord>> Reads::read(const LogKey& key, Seq after, std::size_t max) {
    std::vector<StoredRecord> records;
    const std::string_view tenant = key.tenant.value;
    const std::string_view log = key.log.value;
    // SQLite's numbers are signed; nothing lies behind the largest.
    const auto behind = static_cast<std::int64_t>(std::min<std::uint64_t>(after.value, INT64_MAX));
    {
        auto& find =
            events_.with(tenant, log, behind, static_cast<std::int64_t>(std::min(max, kReadRecordsMax)));
        const ResetAtEnd reset_at_end(find);
        for (std::size_t bytes = 0; bytes < kAnswerBytesMax;) {
            const auto row = find.step();
            if (!row) return row.error();
            if (!*row) break;
            StoredRecord stored{
                Seq{static_cast<std::uint64_t>(find.number(0))},
                {EventId{find.bytes(1)}, wall_of(find.number(2)), find.bytes(4), find.number(3) != 0}};
            bytes += stored.record.bytes.size();
            records.push_back(std::move(stored));
        }
    }
    if (!records.empty()) return records;
    auto& find = log_.with(tenant, log);
    const ResetAtEnd reset_at_end(find);
    const auto row = find.step();
    if (!row) return row.error();
    if (!*row) return Error{Code::NotFound, "No such log."};
    return records;
}

Result<std::optional<Row>> Reads::get(const TenantId& tenant, Table table, const std::string& key) {
    auto& find = row_.with(std::string_view(tenant.value), table_number(table), std::string_view(key));
    const ResetAtEnd reset_at_end(find);
    const auto row = find.step();
    if (!row) return row.error();
    std::optional<Row> found;
    if (*row) found = Row{find.bytes(0), static_cast<std::uint64_t>(find.number(1)), find.bytes(2)};
    return found;
}

Result<std::vector<Row>> Reads::scan(const TenantId& tenant, Table table, const std::string& prefix,
                                     const std::string& after, std::size_t max, Order order) {
    const auto end = end_of_prefix(prefix);
    auto& statement = order == Order::Ascending ? up_ : down_;
    auto& find = statement.with(std::string_view(tenant.value), table_number(table), std::string_view(prefix),
                                std::string_view(after), std::string_view(end),
                                static_cast<std::int64_t>(std::min(max, kScanRowsMax)));
    const ResetAtEnd reset_at_end(find);
    std::vector<Row> rows;
    for (std::size_t bytes = 0; bytes < kAnswerBytesMax;) {
        const auto row = find.step();
        if (!row) return row.error();
        if (!*row) break;
        rows.push_back({find.bytes(0), static_cast<std::uint64_t>(find.number(1)), find.bytes(2)});
        bytes += rows.back().value.size();
    }
    return rows;
}

Result<std::vector<TenantId>> Reads::tenants() {
    tenants_.reset();
    const ResetAtEnd reset_at_end(tenants_);
    std::vector<TenantId> found;
    for (;;) {
        const auto row = tenants_.step();
        if (!row) return row.error();
        if (!*row) return found;
        found.push_back(TenantId{tenants_.bytes(0)});
    }
}

Result<Usage> Reads::usage() {
    Usage usage;
    {
        totals_.reset();
        const ResetAtEnd reset_at_end(totals_);
        const auto row = totals_.step();
        if (!row) return row.error();
        if (*row) {
            usage.logs = static_cast<std::uint64_t>(totals_.number(0));
            usage.records = static_cast<std::uint64_t>(totals_.number(1));
        }
    }
    const auto pages = db_.number("PRAGMA page_count");
    if (!pages) return pages.error();
    const auto free = db_.number("PRAGMA freelist_count");
    if (!free) return free.error();
    const auto size = db_.number("PRAGMA page_size");
    if (!size) return size.error();
    usage.bytes = static_cast<std::uint64_t>((*pages - *free) * *size);
    return usage;
}

ReaderPool::ReaderPool(std::vector<std::unique_ptr<Reads>> readers) : readers_(std::move(readers)) {
    for (auto& reads : readers_) threads_.emplace_back([this, &reads] { work(*reads); });
}

ReaderPool::~ReaderPool() {
    close();
}

void ReaderPool::close() {
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
    }
    filled_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

void ReaderPool::start(Work job) {
    {
        std::lock_guard lock(mutex_);
        if (!closed_ && waiting_.size() < kWaitingMax) {
            waiting_.push_back(std::move(job));
            filled_.notify_one();
            return;
        }
    }
    job(nullptr);
}

void ReaderPool::work(Reads& reads) {
    for (;;) {
        Work next;
        {
            std::unique_lock lock(mutex_);
            filled_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            next = std::move(waiting_.front());
            waiting_.pop_front();
        }
        next(&reads);
    }
}

}  // namespace meshai::store
