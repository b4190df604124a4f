#include "store/sqlite/schema.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace meshai::store {
namespace {

// kMigrations[v] leads from version v to v + 1. What was released is never edited.
constexpr std::array<std::string_view, kSchemaVersion> kMigrations = {
    R"sql(
CREATE TABLE tenants (
    key INTEGER PRIMARY KEY,
    id  TEXT NOT NULL UNIQUE
);
CREATE TABLE logs (
    key    INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    id     TEXT NOT NULL,
    UNIQUE (tenant, id)
);
CREATE TABLE events (
    n     INTEGER PRIMARY KEY,
    log   INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    id    TEXT NOT NULL UNIQUE,
    at    INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (log, seq)
);
CREATE TABLE rows (
    tenant  INTEGER NOT NULL,
    tbl     INTEGER NOT NULL,
    key     TEXT NOT NULL,
    version INTEGER NOT NULL,
    value   BLOB NOT NULL,
    PRIMARY KEY (tenant, tbl, key)
) WITHOUT ROWID;
-- Logs that nobody can see any more and whose events are still being removed.
CREATE TABLE erasing (
    log INTEGER PRIMARY KEY
);
CREATE TABLE totals (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    logs    INTEGER NOT NULL,
    records INTEGER NOT NULL
);
INSERT INTO totals VALUES (1, 0, 0);
)sql",
    // A reader of a tenant's feed keeps the number of the event it has read, so a number must never be
    // given again, also not when the newest events are erased. The row is written with every append anyway.
    R"sql(
ALTER TABLE totals ADD COLUMN newest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN feed_key BLOB;
UPDATE totals SET newest=ifnull((SELECT max(n) FROM events), 0), feed_key=randomblob(16);
)sql",
};

Error with_path(const Error& error, const std::string& path) {
    if (error.code == Code::Corrupt)
        return Error{
            Code::Corrupt,
            fmt::format(
                "{} is damaged, or is not a database; restore it from a backup, or give another file.", path),
            error.cause};
    return Error{error.code, path + ": " + error.message, error.cause};
}

// Made before SQLite opens it, so that it never is readable for others; the
// files beside it (-wal, -shm) take their mode from it.
Status create_file(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return Error{Code::Configuration,
                     fmt::format("{} cannot be opened: {}; check the folder and its permissions.", path,
                                 std::strerror(errno))};
    ::close(fd);
    return {};
}

Status settle(Connection& db) {
    return db.run(
        "PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;"
        "PRAGMA foreign_keys=OFF; PRAGMA trusted_schema=OFF;");
}

Result<std::int64_t> version_of(Connection& db, const std::string& path) {
    const auto application = db.number("PRAGMA application_id");
    if (!application) return application.error();
    const auto version = db.number("PRAGMA user_version");
    if (!version) return version.error();
    const auto tables = db.number("SELECT count(*) FROM sqlite_schema");
    if (!tables) return tables.error();
    if (*application != kApplicationId && (*application != 0 || *tables != 0))
        return Error{Code::Configuration,
                     fmt::format("{} is a database of another program; give another file.", path)};
    if (*version > kSchemaVersion)
        return Error{
            Code::Unavailable,
            fmt::format("{} has schema version {}, and this meshai knows versions up to {}; start a newer "
                        "meshai, or restore a backup from before the upgrade.",
                        path, *version, kSchemaVersion)};
    return *version;
}

Status migrate(Connection& db, const std::string& path) {
    // auto_vacuum can only be chosen before the first table is made.
    if (auto fine = db.run("PRAGMA auto_vacuum=INCREMENTAL; BEGIN IMMEDIATE"); !fine) return fine;
    // Another process may have done it while this one waited for its turn.
    const auto version = version_of(db, path);
    if (!version) return version.error();
    for (auto v = *version; v < kSchemaVersion; ++v)
        if (auto fine = db.run(std::string(kMigrations.at(static_cast<std::size_t>(v)))); !fine) return fine;
    return db.run(fmt::format("PRAGMA application_id={}; PRAGMA user_version={}; COMMIT", kApplicationId,
                              kSchemaVersion));
}

}  // namespace

int table_number(Table table) {
    switch (table) {
        case Table::Tasks:
            return 1;
        case Table::IdempotencyKeys:
            return 2;
        case Table::Runs:
            return 3;
        case Table::Agents:
            return 4;
        case Table::ApiKeys:
            return 5;
        case Table::Conversations:
            return 6;
        case Table::Secrets:
            return 7;
        case Table::Workflows:
            return 8;
    }
    return 0;
}

Result<Connection> open_as_it_is(const std::string& path) {
    auto db = Connection::open(path);
    if (!db) return with_path(db.error(), path);
    const auto version = version_of(*db, path);
    if (!version)
        return version.error().code == Code::Corrupt ? with_path(version.error(), path) : version.error();
    if (*version == 0) return Error{Code::Configuration, path + " is empty; give another file."};
    if (auto fine = settle(*db); !fine) return with_path(fine.error(), path);
    return db;
}

Result<Connection> open_database(const std::string& path, bool may_migrate, const std::string& vfs) {
    if (auto fine = create_file(path); !fine) return fine.error();
    auto db = Connection::open(path, vfs);
    if (!db) return with_path(db.error(), path);
    const auto version = version_of(*db, path);
    if (!version)
        return version.error().code == Code::Corrupt ? with_path(version.error(), path) : version.error();
    if (*version < kSchemaVersion) {
        if (!may_migrate)
            return Error{
                Code::Unavailable,
                fmt::format(
                    "{} has schema version {} and its server is running; restart the server with this "
                    "meshai first.",
                    path, *version)};
        if (auto fine = migrate(*db, path); !fine) return with_path(fine.error(), path);
    }
    if (auto fine = db->run("PRAGMA journal_mode=WAL"); !fine) return with_path(fine.error(), path);
    if (auto fine = settle(*db); !fine) return with_path(fine.error(), path);
    return db;
}

Result<Connection> open_again(const std::string& path, const std::string& vfs) {
    auto db = Connection::open(path, vfs);
    if (!db) return with_path(db.error(), path);
    if (auto fine = settle(*db); !fine) return with_path(fine.error(), path);
    return db;
}

Status quick_check(Connection& db, const std::string& path) {
    const auto finding = db.text("PRAGMA quick_check(1)");
    if (!finding) return with_path(finding.error(), path);
    if (*finding == "ok") return {};
    return with_path(Error{Code::Corrupt, "", *finding}, path);
}

}  // namespace meshai::store
