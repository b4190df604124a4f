// store/sqlite/lock_file.h
//
// The lock against two servers on one database file: a file beside it, locked
// for as long as the server lives, with its process id inside. The operating
// system lets go when the process ends, however it ends.
#pragma once

#include <string>

#include "base/result.h"

namespace meshai::store {

class LockFile {
  public:
    /// Locks `path` + ".lock". Code::Unavailable, with the process that has it, when it is taken.
    static Result<LockFile> take(const std::string& path);

    ~LockFile();
    LockFile(LockFile&& other) noexcept;
    LockFile(const LockFile&) = delete;
    LockFile& operator=(const LockFile&) = delete;
    LockFile& operator=(LockFile&&) = delete;

  private:
    explicit LockFile(int fd) : fd_(fd) {}

    int fd_;
};

}  // namespace meshai::store
