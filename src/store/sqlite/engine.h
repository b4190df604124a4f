// store/sqlite/engine.h
//
// The store of one server in one SQLite file: write-ahead log, every commit
// synced (synchronous=FULL). One thread writes, a few read, followers of live
// tasks are served from memory. Another process may open the same file as a
// tool to change small tables (the command line making an API key) while the
// server runs; a second server is refused.
#pragma once

#include "base/log.h"
#include "store/engine.h"

namespace meshai::store {

enum class Role {
    Server,  ///< takes the lock; the only one that appends to logs
    Tool,    ///< no lock; small tables only
};

struct SqliteOptions {
    std::string path;
    Role role = Role::Server;
    std::uint64_t check_bytes_max =
        256U << 20U;  ///< a larger file is not checked at start (`meshai db check` does)
    std::size_t tail_bytes_max = 64U << 20U;  ///< of newest events in memory
    std::size_t readers = 2;                  ///< threads
    std::uint64_t bytes_max = 0;              ///< of the file, then StorageFull; 0: as much as the disk has
    std::string vfs;  ///< SQLite's name of the operating system; empty is the real one
};

/// Opens, or creates, the store. Unavailable when another server has it or it
/// is of a newer meshai; Corrupt when it is damaged; Configuration when it is
/// something else. Each with a sentence that says what to do.
Result<std::unique_ptr<Engine>> open_sqlite(SqliteOptions options, Clock& clock, Log& log);

}  // namespace meshai::store
