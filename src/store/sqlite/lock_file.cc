#include "store/sqlite/lock_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace meshai::store {
namespace {

std::string process_in(int fd) {
    std::array<char, 32> text{};
    const auto size = pread(fd, text.data(), text.size() - 1, 0);
    std::string pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    while (!pid.empty() && pid.back() == '\n') pid.pop_back();
    return pid.empty() ? "unknown" : pid;
}

}  // namespace

Result<LockFile> LockFile::take(const std::string& path) {
    const auto lock_path = path + ".lock";
    LockFile lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.fd_ < 0)
        return Error{
            Code::Unavailable,
            fmt::format("The lock file {} cannot be opened: {}; check the folder and its permissions.",
                        lock_path, std::strerror(errno))};
    if (flock(lock.fd_, LOCK_EX | LOCK_NB) != 0)
        return Error{
            Code::Unavailable,
            fmt::format("Another server (process {}) uses {}; stop it, or give this one another file.",
                        process_in(lock.fd_), path)};
    const auto pid = fmt::format("{}\n", getpid());
    // The number is for the reader of an error message; the lock holds without it.
    if (ftruncate(lock.fd_, 0) == 0) [[maybe_unused]]
        const auto written = pwrite(lock.fd_, pid.data(), pid.size(), 0);
    return lock;
}

LockFile::~LockFile() {
    // The file stays: removing it would let a third process lock a new one
    // while a second still holds the old one.
    if (fd_ >= 0) ::close(fd_);
}

LockFile::LockFile(LockFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

}  // namespace meshai::store
