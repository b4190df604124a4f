#include "store/sqlite/reads.h"

#include <algorithm>

#include "store/sqlite/schema.h"
#include "store/unit.h"

namespace meshai::store {

Result<std::unique_ptr<Reads>> Reads::open(Connection db) {
    std::unique_ptr<Reads> reads(new Reads(std::move(db)));
    if (auto fine = reads->prepare(); !fine) return fine.error();
    if (auto fine = reads->load_feed_key(); !fine) return fine.error();
    return reads;
}

Status Reads::prepare() {
    const std::pair<Statement*, std::string_view> statements[] = {
        {&events_,
         "SELECT seq, id, at, last, bytes FROM events WHERE log=(SELECT key FROM logs WHERE"
         " tenant=(SELECT key FROM tenants WHERE id=?) AND id=?) AND seq>? ORDER BY seq LIMIT ?"},
        {&log_, "SELECT 1 FROM logs WHERE tenant=(SELECT key FROM tenants WHERE id=?) AND id=?"},
        // Rows of other tenants are stepped over, and CASE keeps their bytes on the disk. The tenant is
        // looked up in the same snapshot: its first event makes it.
        {&feed_,
         "SELECT n, CASE WHEN logs.tenant=(SELECT key FROM tenants WHERE id=?1) THEN logs.id END,"
         " seq, events.id, at, last,"
         " CASE WHEN logs.tenant=(SELECT key FROM tenants WHERE id=?1) THEN bytes END"
         " FROM events LEFT JOIN logs ON logs.key=log WHERE n>?2 ORDER BY n LIMIT ?3"},
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
        {&totals_, "SELECT logs, records, newest FROM totals"},
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

Status Reads::load_feed_key() {
    auto find = db_.prepare("SELECT feed_key FROM totals");
    if (!find) return find.error();
    const auto row = find->step();
    if (!row) return row.error();
    const auto key = *row ? find->bytes(0) : std::string();
    if (key.size() != feed_key_.size())
        return Error{Code::Corrupt, "The store has lost the key of its event streams."};
    std::ranges::copy(key, feed_key_.begin());
    return {};
}

Result<std::uint64_t> Reads::newest() {
    totals_.reset();
    const ResetAtEnd reset_at_end(totals_);
    const auto row = totals_.step();
    if (!row) return row.error();
    return *row ? static_cast<std::uint64_t>(totals_.number(2)) : 0;
}

Result<FeedPage> Reads::read_feed(const TenantId& tenant, const std::string& cursor, std::size_t max) {
    const Positions places(feed_key_, tenant);
    const auto after = places.place_of(cursor);
    if (!after) return after.error();

    max = std::min(max, kReadRecordsMax);
    FeedPage page;
    auto reached = *after;
    std::size_t passed = 0;
    std::size_t bytes = 0;
    bool is_cut = false;
    {
        auto& find =
            feed_.with(std::string_view(tenant.value), reached, static_cast<std::int64_t>(kFeedRowsMax));
        const ResetAtEnd reset_at_end(find);
        for (;; ++passed) {
            is_cut = page.records.size() >= max || bytes >= kAnswerBytesMax;
            if (is_cut) break;
            const auto row = find.step();
            if (!row) return row.error();
            if (!*row) break;
            reached = static_cast<std::uint64_t>(find.number(0));
            if (find.bytes(1).empty()) continue;
            StoredRecord stored{
                Seq{static_cast<std::uint64_t>(find.number(2))},
                {EventId{find.bytes(3)}, wall_of(find.number(4)), find.bytes(6), find.number(5) != 0}};
            bytes += stored.record.bytes.size();
            page.records.push_back({TaskId{find.bytes(1)}, std::move(stored), places.text_of(reached)});
        }
    }
    page.is_end = !is_cut && passed < kFeedRowsMax;
    page.cursor = reached == 0 ? std::string() : places.text_of(reached);
    if (passed > 0 || reached == 0) return page;
    // Nothing was there: the place may be one that this store has never reached.
    const auto last = newest();
    if (!last) return last.error();
    if (reached > *last) return beyond_the_end();
    return page;
}

Result<std::string> Reads::feed_end(const TenantId& tenant) {
    const auto last = newest();
    if (!last) return last.error();
    return Positions(feed_key_, tenant).text_of(*last);
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
