// store/sqlite/failing_vfs_test.h
//
// An operating system for SQLite whose disk fails when a test wants it to:
// writes without room, or syncs that end in an error. Everything else is the
// real one. SQLite's file methods carry no context, hence the statics: one
// failing disk per process, which is why only tests include this.
#pragma once

#include <sqlite3.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <mutex>

namespace meshai::store {

class FailingDisk {
  public:
    static constexpr const char* kName = "meshai-failing";

    FailingDisk() {
        full() = false;
        unsynced() = false;
        auto* real = sqlite3_vfs_find("unix");
        vfs_ = *real;
        vfs_.pNext = nullptr;
        vfs_.zName = kName;
        vfs_.pAppData = real->pAppData;
        vfs_.xOpen = open;
        sqlite3_vfs_register(&vfs_, 0);
    }
    ~FailingDisk() { sqlite3_vfs_unregister(&vfs_); }
    FailingDisk(const FailingDisk&) = delete;
    FailingDisk& operator=(const FailingDisk&) = delete;

    /// Writes beyond what the files have now find no room.
    void set_full(bool is_full) { full() = is_full; }

    /// Syncs end with an error: nobody knows what reached the disk.
    void set_unsynced(bool is_unsynced) { unsynced() = is_unsynced; }

  private:
    static std::atomic<bool>& full() {
        static std::atomic<bool> value;
        return value;
    }
    static std::atomic<bool>& unsynced() {
        static std::atomic<bool> value;
        return value;
    }
    // SQLite gives a database and its write-ahead log different tables of
    // methods (one without locks); ours are copies with two of them replaced.
    struct Methods {
        const sqlite3_io_methods* theirs = nullptr;
        sqlite3_io_methods ours{};
    };
    static std::array<Methods, 4>& methods() {
        static std::array<Methods, 4> known;
        return known;
    }
    static std::mutex& mutex() {  // guards methods()
        static std::mutex one;
        return one;
    }
    static const sqlite3_io_methods* replaced(const sqlite3_io_methods* theirs) {
        std::lock_guard lock(mutex());
        for (auto& one : methods()) {
            if (!one.theirs) {
                one.ours = *theirs;
                one.ours.xWrite = write;
                one.ours.xSync = sync;
                one.theirs = theirs;
            }
            if (one.theirs == theirs || &one.ours == theirs) return &one.ours;
        }
        return theirs;
    }
    static const sqlite3_io_methods& theirs_of(const sqlite3_file* file) {
        std::lock_guard lock(mutex());
        for (const auto& one : methods())
            if (&one.ours == file->pMethods) return *one.theirs;
        std::abort();
    }

    static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
        auto* real = sqlite3_vfs_find("unix");
        const int code = real->xOpen(real, name, file, flags, flags_out);
        if (code != SQLITE_OK || !file->pMethods) return code;
        file->pMethods = replaced(file->pMethods);
        return code;
    }
    static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
        if (full()) {
            errno = ENOSPC;
            return SQLITE_FULL;
        }
        return theirs_of(file).xWrite(file, bytes, size, offset);
    }
    static int sync(sqlite3_file* file, int flags) {
        if (unsynced()) return SQLITE_IOERR_FSYNC;
        return theirs_of(file).xSync(file, flags);
    }

    sqlite3_vfs vfs_;
};

}  // namespace meshai::store
