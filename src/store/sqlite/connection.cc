#include "store/sqlite/connection.h"

#include <fmt/format.h>

namespace meshai::store {
namespace {

struct Meaning {
    Code code;
    std::string_view message;
};

Meaning meaning_of(int extended) {
    switch (extended & 0xFF) {
        case SQLITE_FULL:
        case SQLITE_IOERR:
            return {Code::StorageFull,
                    "The disk of the store is full or does not take writes; free some space and try again."};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {Code::Corrupt, "The database file is damaged; restore it from a backup."};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {Code::Unavailable, "The database is busy with another process; try again."};
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_READONLY:
        case SQLITE_AUTH:
            return {Code::Unavailable,
                    "The database file cannot be opened or written; check its path and permissions."};
        case SQLITE_CONSTRAINT:
            return {Code::Conflict, "Something with this id exists already."};
        case SQLITE_TOOBIG:
            return {Code::TooLarge, "A stored value is too large."};
        default:
            return {Code::Internal, "The store failed."};
    }
}

}  // namespace

Error error_of(sqlite3* db, std::string_view doing) {
    const int extended = sqlite3_extended_errcode(db);
    const auto meaning = meaning_of(extended);
    return Error{meaning.code, std::string(meaning.message),
                 fmt::format("{}: {} (SQLite {}, errno {})", doing, sqlite3_errmsg(db), extended,
                             sqlite3_system_errno(db))};
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(stmt_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    auto error = error_of(sqlite3_db_handle(stmt_.get()), sqlite3_sql(stmt_.get()));
    reset();
    return error;
}

Status Statement::run() {
    const ResetAtEnd reset_at_end(*this);
    for (;;) {
        const auto row = step();
        if (!row) return row.error();
        if (!*row) return {};
    }
}

std::string Statement::bytes(int column) {
    // The pointer first: it decides the form in which the size is then counted.
    const void* data = sqlite3_column_blob(stmt_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(stmt_.get(), column));
    return data ? std::string(static_cast<const char*>(data), size) : std::string();
}

void Statement::bind(int index, std::string_view text) {
    sqlite3_bind_text64(stmt_.get(), index, text.data() ? text.data() : "", text.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
}

void Statement::bind(int index, Blob blob) {
    sqlite3_bind_blob64(stmt_.get(), index, blob.bytes.data() ? blob.bytes.data() : "", blob.bytes.size(),
                        SQLITE_STATIC);
}

Result<Connection> Connection::open(const std::string& path, const std::string& vfs) {
    sqlite3* raw = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(path.c_str(), &raw, flags, vfs.empty() ? nullptr : vfs.c_str());
    Connection connection(raw);
    if (code != SQLITE_OK) return error_of(raw, "opening " + path);
    sqlite3_busy_timeout(raw, kBusyWaitMs);
    return connection;
}

Status Connection::run(const std::string& sql) {
    if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return error_of(db_.get(), sql);
}

Result<Statement> Connection::prepare(std::string_view sql) {
    sqlite3_stmt* stmt = nullptr;
    const int code = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &stmt, nullptr);
    if (code != SQLITE_OK) return error_of(db_.get(), sql);
    return Statement(stmt);
}

Result<std::int64_t> Connection::number(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return statement.error();
    const auto row = statement->step();
    if (!row) return row.error();
    return *row ? statement->number(0) : 0;
}

Result<std::string> Connection::text(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return statement.error();
    const auto row = statement->step();
    if (!row) return row.error();
    return *row ? statement->bytes(0) : std::string();
}

}  // namespace meshai::store
