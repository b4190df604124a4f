#include "store/sqlite/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "store/sqlite/schema.h"

namespace meshai::store {
namespace {

Error gone_on() {
    return Error{Code::Conflict, "The log has gone on meanwhile."};
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(Connection db, bool is_server) {
    std::unique_ptr<Ledger> ledger(new Ledger(std::move(db), is_server));
    if (auto fine = ledger->prepare(); !fine) return fine.error();
    if (auto fine = ledger->load_totals(); !fine) return fine.error();
    // A key of a removed log may still stand in its events; it is not given again.
    const auto key = ledger->db_.number(
        "SELECT max(ifnull((SELECT max(key) FROM logs), 0), ifnull((SELECT max(log) FROM events), 0),"
        " ifnull((SELECT max(log) FROM erasing), 0)) + 1");
    if (!key) return key.error();
    ledger->next_log_key_ = *key;
    return ledger;
}

Status Ledger::prepare() {
    const std::pair<Statement*, std::string_view> statements[] = {
        {&find_tenant_, "SELECT key FROM tenants WHERE id=?"},
        {&add_tenant_, "INSERT INTO tenants(id) VALUES(?)"},
        {&find_log_, "SELECT key FROM logs WHERE tenant=? AND id=?"},
        {&find_head_, "SELECT seq, last FROM events WHERE log=? ORDER BY seq DESC LIMIT 1"},
        {&add_log_, "INSERT INTO logs(key, tenant, id) VALUES(?,?,?)"},
        {&add_event_, "INSERT INTO events(n, log, seq, id, at, last, bytes) VALUES(?,?,?,?,?,?,?)"},
        {&find_version_, "SELECT version FROM rows WHERE tenant=? AND tbl=? AND key=?"},
        {&put_row_,
         "INSERT INTO rows(tenant, tbl, key, version, value) VALUES(?,?,?,?,?)"
         " ON CONFLICT DO UPDATE SET version=excluded.version, value=excluded.value"},
        {&remove_row_, "DELETE FROM rows WHERE tenant=? AND tbl=? AND key=?"},
        {&put_totals_, "UPDATE totals SET logs=?, records=?, newest=? WHERE one=1"},
        {&remove_log_, "DELETE FROM logs WHERE key=?"},
        {&add_hidden_, "INSERT INTO erasing(log) VALUES(?)"},
        {&remove_events_,
         "DELETE FROM events WHERE n IN (SELECT n FROM events WHERE log=? ORDER BY seq LIMIT ?)"},
        {&remove_hidden_, "DELETE FROM erasing WHERE log=?"},
    };
    for (const auto& [into, sql] : statements) {
        auto statement = db_.prepare(sql);
        if (!statement) return statement.error();
        *into = std::move(*statement);
    }
    return {};
}

Status Ledger::load_totals() {
    const auto logs = db_.number("SELECT logs FROM totals");
    const auto records = db_.number("SELECT records FROM totals");
    if (!logs) return logs.error();
    const auto newest = db_.number("SELECT max(newest, ifnull((SELECT max(n) FROM events), 0)) FROM totals");
    if (!records) return records.error();
    if (!newest) return newest.error();
    totals_ = stored_totals_ = {*logs, *records, *newest};
    return {};
}

Status Ledger::begin() {
    return db_.run("BEGIN IMMEDIATE");
}

Status Ledger::commit() {
    if (is_server_ && totals_ != stored_totals_)
        if (auto fine = put_totals_.with(totals_.logs, totals_.records, totals_.newest).run(); !fine)
            return fine;
    if (auto fine = db_.run("COMMIT"); !fine) return fine;
    stored_totals_ = totals_;
    return {};
}

void Ledger::rollback() {
    heads_.clear();
    tenants_.clear();
    totals_ = stored_totals_;
    // SQLite has rolled back by itself after some errors.
    if (db_.in_transaction()) (void)db_.run("ROLLBACK");
}

Status Ledger::check(const Unit& unit) {
    const auto tenant = tenant_key(unit.tenant);
    if (!tenant) return tenant.error();
    for (const auto& append : unit.appends)
        if (auto fine = check(unit.tenant, append); !fine) return fine;
    for (const auto& put : unit.puts)
        if (auto fine = check(*tenant, put); !fine) return fine;
    return {};
}

Status Ledger::check(const TenantId& tenant, const Append& append) {
    const auto found = head({tenant, append.log});
    if (!found) return found.error();
    if (found->last != append.expected_last) return gone_on();
    if (found->closed) return Error{Code::Conflict, "The log is closed."};
    return {};
}

Status Ledger::check(std::int64_t tenant, const Put& put) {
    if (put.expected_version == kAnyVersion) return {};
    const auto now = version(tenant, put);
    if (!now) return now.error();
    if (*now != put.expected_version) return Error{Code::Conflict, "The row has changed meanwhile."};
    return {};
}

Status Ledger::write(const Unit& unit) {
    const auto tenant = make_tenant(unit.tenant);
    if (!tenant) return tenant.error();
    for (const auto& append : unit.appends)
        if (auto fine = write(unit.tenant, append); !fine) return fine;
    for (const auto& put : unit.puts)
        if (auto fine = write(*tenant, put); !fine) return fine;
    return {};
}

Status Ledger::write(const TenantId& tenant, const Append& append) {
    if (append.records.empty()) return {};
    const LogKey key{tenant, append.log};
    auto found = head(key);
    if (!found) return found.error();
    auto now = *found;
    if (now.key == 0) {
        const auto owner = tenant_key(tenant);
        if (!owner) return owner.error();
        now.key = next_log_key_++;
        if (auto fine = add_log_.with(now.key, *owner, std::string_view(append.log.value)).run(); !fine)
            return fine;
        ++totals_.logs;
    }
    for (const auto& record : append.records) {
        now.last = now.last.next();
        now.closed = record.last;
        auto& insert =
            add_event_.with(++totals_.newest, now.key, now.last.value, std::string_view(record.id.value),
                            unix_ms(record.at), record.last ? 1 : 0, Blob{record.bytes});
        if (auto fine = insert.run(); !fine) return fine;
        ++totals_.records;
    }
    if (heads_.size() >= kHeadsMax) heads_.clear();
    heads_[key] = now;
    return {};
}

Status Ledger::write(std::int64_t tenant, const Put& put) {
    const std::string_view key = put.key;
    if (!put.value) return remove_row_.with(tenant, table_number(put.table), key).run();
    const auto before = version(tenant, put);
    if (!before) return before.error();
    return put_row_.with(tenant, table_number(put.table), key, *before + 1, Blob{*put.value}).run();
}

Result<std::uint64_t> Ledger::version(std::int64_t tenant, const Put& put) {
    auto& find = find_version_.with(tenant, table_number(put.table), std::string_view(put.key));
    const ResetAtEnd reset_at_end(find);
    const auto row = find.step();
    if (!row) return row.error();
    return *row ? static_cast<std::uint64_t>(find.number(0)) : 0;
}

Result<std::int64_t> Ledger::tenant_key(const TenantId& tenant) {
    if (const auto known = tenants_.find(tenant); known != tenants_.end()) return known->second;
    auto& find = find_tenant_.with(std::string_view(tenant.value));
    const ResetAtEnd reset_at_end(find);
    const auto row = find.step();
    if (!row) return row.error();
    if (!*row) return 0;
    if (tenants_.size() >= kHeadsMax) tenants_.clear();
    return tenants_[tenant] = find.number(0);
}

Result<std::int64_t> Ledger::make_tenant(const TenantId& tenant) {
    const auto known = tenant_key(tenant);
    if (!known || *known != 0) return known;
    if (auto fine = add_tenant_.with(std::string_view(tenant.value)).run(); !fine) return fine.error();
    return tenant_key(tenant);
}

Result<Ledger::Head> Ledger::head(const LogKey& key) {
    if (const auto known = heads_.find(key); known != heads_.end()) return known->second;
    const auto tenant = tenant_key(key.tenant);
    if (!tenant) return tenant.error();
    Head found;
    {
        auto& find = find_log_.with(*tenant, std::string_view(key.log.value));
        const ResetAtEnd reset_at_end(find);
        const auto row = find.step();
        if (!row) return row.error();
        if (!*row) return found;
        found.key = find.number(0);
    }
    auto& find = find_head_.with(found.key);
    const ResetAtEnd reset_at_end(find);
    const auto row = find.step();
    if (!row) return row.error();
    if (*row) {
        found.last = Seq{static_cast<std::uint64_t>(find.number(0))};
        found.closed = find.number(1) != 0;
    }
    if (heads_.size() >= kHeadsMax) heads_.clear();
    heads_[key] = found;
    return found;
}

Result<std::int64_t> Ledger::hide(const TenantId& tenant, const TaskId& log) {
    const auto found = head({tenant, log});
    if (!found) return found.error();
    if (found->key == 0) return Error{Code::NotFound, "No such log."};
    if (auto fine = remove_log_.with(found->key).run(); !fine) return fine.error();
    if (auto fine = add_hidden_.with(found->key).run(); !fine) return fine.error();
    --totals_.logs;
    heads_.erase({tenant, log});
    return found->key;
}

Result<bool> Ledger::sweep(std::int64_t log_key, std::size_t max) {
    if (auto fine = remove_events_.with(log_key, static_cast<std::int64_t>(max)).run(); !fine)
        return fine.error();
    const auto removed = db_.changes();
    totals_.records -= removed;
    if (removed == static_cast<std::int64_t>(max)) return false;
    if (auto fine = remove_hidden_.with(log_key).run(); !fine) return fine.error();
    return true;
}

Result<std::vector<std::int64_t>> Ledger::hidden() {
    std::vector<std::int64_t> logs;
    if (!is_server_) return logs;
    auto find = db_.prepare("SELECT log FROM erasing");
    if (!find) return find.error();
    for (;;) {
        const auto row = find->step();
        if (!row) return row.error();
        if (!*row) return logs;
        logs.push_back(find->number(0));
    }
}

Result<bool> Ledger::shrink(std::int64_t pages, std::int64_t keep) {
    if (!is_server_) return true;
    const auto free = db_.number("PRAGMA freelist_count");
    if (!free) return free.error();
    if (*free <= keep) return true;
    if (auto fine = db_.run(fmt::format("PRAGMA incremental_vacuum({})", std::min(pages, *free - keep)));
        !fine)
        return fine.error();
    return *free - pages <= keep;
}

}  // namespace meshai::store
