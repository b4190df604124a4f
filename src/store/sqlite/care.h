// store/sqlite/care.h
//
// What an operator does with the file itself, while a server runs or not:
// checking that everything in it is whole (`meshai db check`) and copying it
// (`meshai db backup`). Both look at one snapshot, block nobody, and change
// nothing. They block the calling thread: not for a thread that serves.
#pragma once

#include "base/result.h"
#include "store/engine.h"

namespace meshai::store {

struct CheckReport {
    std::vector<std::string> findings;  ///< one sentence each, at most kFindingsMax; empty: all is well
    std::uint64_t logs = 0;
    std::uint64_t records = 0;
    std::uint64_t rows = 0;
};

inline constexpr std::size_t kFindingsMax = 100;

/// The file's own integrity, and that of what is in it: every log is numbered
/// from 1 without a gap and has a terminal event at its end or none. An error
/// only when the file cannot be opened at all.
Result<CheckReport> check_database(const std::string& path);

/// Copies the store at `from` into the new file `to` (mode 0600), as it is at
/// one moment. Conflict when `to` exists.
Status backup_database(const std::string& from, const std::string& to);

}  // namespace meshai::store
