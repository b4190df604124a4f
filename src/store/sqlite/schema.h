// store/sqlite/schema.h
//
// The tables in the file, their version, and how a file is opened so that it is
// surely ours, surely of this version and surely whole. Migrations go forward
// only; a file of a newer version is refused with a sentence that says what to do.
//
// The events of all logs stand in one table in the order in which they came:
// a commit then dirties the end of the table and not one page per live task.
// The head of a log is not stored: it is the newest of its events.
#pragma once

#include "base/log.h"
#include "store/engine.h"
#include "store/sqlite/connection.h"

namespace meshai::store {

/// "MESH": what makes `file` and us know a MeshAI database.
inline constexpr std::int64_t kApplicationId = 0x4D455348;
inline constexpr std::int64_t kSchemaVersion = 2;

/// The number under which rows of a table are stored; it never changes.
int table_number(Table table);

/// Creates the file if there is none (mode 0600), and the tables in it; brings
/// an older file up to date. Unavailable for a newer schema, Corrupt for a file
/// that is damaged, Configuration for one that is not ours. Call it with the
/// server's lock held, or `may_migrate` false.
Result<Connection> open_database(const std::string& path, bool may_migrate, const std::string& vfs);

/// A file of any version that we know, without bringing it up to date: for who
/// only looks at it.
Result<Connection> open_as_it_is(const std::string& path);

/// One more connection to a file that open_database has accepted.
Result<Connection> open_again(const std::string& path, const std::string& vfs);

/// PRAGMA quick_check; Corrupt with the first finding as cause.
Status quick_check(Connection& db, const std::string& path);

}  // namespace meshai::store
