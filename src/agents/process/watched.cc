#include "agents/process/watched.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace meshai::agents {
namespace {

// A write to a pipe nobody reads raises SIGPIPE, which ends a process that does
// not ignore it. The signal goes to the writing thread, so that it can be held
// back and taken here, without a word to the rest of the process.
class PipeSignalHeld {
  public:
    PipeSignalHeld() {
        (void)sigemptyset(&pipe_);
        (void)sigaddset(&pipe_, SIGPIPE);
        sigset_t pending;
        (void)sigpending(&pending);
        was_pending_ = sigismember(&pending, SIGPIPE) == 1;
        (void)pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~PipeSignalHeld() {
        const timespec at_once{};
        if (!was_pending_)
            while (sigtimedwait(&pipe_, nullptr, &at_once) < 0 && errno == EINTR) continue;
        (void)pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    PipeSignalHeld(const PipeSignalHeld&) = delete;
    PipeSignalHeld& operator=(const PipeSignalHeld&) = delete;

  private:
    sigset_t pipe_{};
    sigset_t before_{};
    bool was_pending_ = false;
};

}  // namespace

Watched::Watched(Executor ex, Clock& clock, File file)
    : descriptor_(ex, file.release()), bell_(ex, clock), is_armed_(std::make_shared<bool>(false)) {}

Async<Wake> Watched::until_readable(MonoTime deadline) {
    return until(asio::posix::descriptor_base::wait_read, deadline);
}

Async<Wake> Watched::until_writable(MonoTime deadline) {
    return until(asio::posix::descriptor_base::wait_write, deadline);
}

Async<Wake> Watched::until(asio::posix::descriptor_base::wait_type what, MonoTime deadline) {
    if (descriptor_.is_open() && !*is_armed_) {
        *is_armed_ = true;
        descriptor_.async_wait(what, [bell = bell_, armed = is_armed_](const boost::system::error_code&) {
            *armed = false;
            bell.notify();
        });
    }
    co_return co_await bell_.wait_until(deadline);
}

ssize_t Watched::read(std::span<char> into) {
    for (;;) {
        const auto got = ::read(descriptor_.native_handle(), into.data(), into.size());
        if (got >= 0) return got;
        if (errno == EINTR) continue;
        return errno == EAGAIN ? -1 : 0;
    }
}

ssize_t Watched::write(std::string_view bytes) {
    const PipeSignalHeld held;
    for (;;) {
        const auto put = ::write(descriptor_.native_handle(), bytes.data(), bytes.size());
        if (put >= 0) return put;
        if (errno == EINTR) continue;
        return errno == EAGAIN ? 0 : -1;
    }
}

void Watched::close() {
    boost::system::error_code ignored;
    (void)descriptor_.close(ignored);
    bell_.notify();
}

}  // namespace meshai::agents
