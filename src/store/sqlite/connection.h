// store/sqlite/connection.h
//
// SQLite's C interface with owners and Results: a Connection, and Statements
// that are prepared once and used again. Each belongs to one thread. Nothing
// here knows what is stored.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meshai::store {

/// Bytes that are bound as a BLOB; a string_view alone is bound as TEXT.
struct Blob {
    std::string_view bytes;
};

class Statement {
  public:
    Statement() = default;
    explicit Statement(sqlite3_stmt* stmt) : stmt_(stmt) {}

    /// Begins anew with these parameters. What they refer to must stay until the reset.
    template <class... Values>
    Statement& with(const Values&... values) {
        reset();
        int index = 0;
        (bind(++index, values), ...);
        return *this;
    }

    /// True when there is a row to look at, false at the end.
    Result<bool> step();

    /// Steps to the end and resets.
    Status run();

    /// Lets go of the row and of the snapshot of the database.
    void reset() { sqlite3_reset(stmt_.get()); }

    std::int64_t number(int column) { return sqlite3_column_int64(stmt_.get(), column); }
    std::string bytes(int column);

  private:
    struct Finalize {
        void operator()(sqlite3_stmt* stmt) const { sqlite3_finalize(stmt); }
    };

    void bind(int index, std::int64_t value) { sqlite3_bind_int64(stmt_.get(), index, value); }
    void bind(int index, std::uint64_t value) { bind(index, static_cast<std::int64_t>(value)); }
    void bind(int index, int value) { sqlite3_bind_int(stmt_.get(), index, value); }
    void bind(int index, std::string_view text);
    void bind(int index, Blob blob);

    std::unique_ptr<sqlite3_stmt, Finalize> stmt_;
};

/// Resets a statement at the end of a block, so that no reader keeps an old snapshot.
class ResetAtEnd {
  public:
    explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
    ~ResetAtEnd() { statement_.reset(); }
    ResetAtEnd(const ResetAtEnd&) = delete;
    ResetAtEnd& operator=(const ResetAtEnd&) = delete;

  private:
    Statement& statement_;
};

class Connection {
  public:
    /// Opens an existing file for reading and writing. `vfs` is SQLite's name
    /// of the operating system to use; empty for the real one.
    static Result<Connection> open(const std::string& path, const std::string& vfs = "");

    /// Runs statements that give no rows that matter.
    Status run(const std::string& sql);

    Result<Statement> prepare(std::string_view sql);

    /// The first column of the first row, as a number; 0 when there is no row.
    Result<std::int64_t> number(std::string_view sql);
    Result<std::string> text(std::string_view sql);

    bool in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }
    std::int64_t changes() const { return sqlite3_changes(db_.get()); }
    int last_error() const { return sqlite3_extended_errcode(db_.get()); }
    sqlite3* raw() const { return db_.get(); }

  private:
    struct Close {
        void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
    };

    explicit Connection(sqlite3* db) : db_(db) {}

    std::unique_ptr<sqlite3, Close> db_;
};

/// SQLite's newest complaint in our words; `doing` says what was tried.
Error error_of(sqlite3* db, std::string_view doing);

/// How long a connection waits for another process that writes.
inline constexpr int kBusyWaitMs = 5000;

}  // namespace meshai::store
