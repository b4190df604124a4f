#include "cli/mcp/stdio.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>

namespace meshai::cli::mcp {
namespace {

constexpr std::size_t kReadBytes = 64U << 10U;

/// A descriptor that becomes readable when a thread is to end.
class Wakener {
  public:
    Wakener() : descriptor_(eventfd(0, EFD_CLOEXEC)) {}
    ~Wakener() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Wakener(const Wakener&) = delete;
    Wakener& operator=(const Wakener&) = delete;

    void wake() const { eventfd_write(descriptor_, 1); }

    /// Waits until `descriptor` has `events` or an end; false when woken.
    bool wait(int descriptor, short events) const {
        std::array<pollfd, 2> both{{{descriptor, events, 0}, {descriptor_, POLLIN, 0}}};
        while (::poll(both.data(), both.size(), -1) < 0)
            if (errno != EINTR) return true;  // the call that follows will say what is wrong
        return both[1].revents == 0;
    }

  private:
    int descriptor_;
};

bool is_passing(int error) {
    return error == EINTR || error == EAGAIN || error == EWOULDBLOCK;
}

/// A client that went away is an error of write(), and no reason for the kernel to end the process.
void keep_from_sigpipe() {
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
}

/// A descriptor that others may use under the low numbers must not be taken by a file that is opened later.
void fill_low_descriptors() {
    for (int low = 0; low <= 2; ++low)
        if (::fcntl(low, F_GETFD) < 0) (void)::open("/dev/null", low == 0 ? O_RDONLY : O_WRONLY);
}

}  // namespace

Streams take_standard_streams() {
    fill_low_descriptors();
    const Streams streams{::fcntl(0, F_DUPFD_CLOEXEC, 3), ::fcntl(1, F_DUPFD_CLOEXEC, 3)};
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(nothing, 0);
    ::close(nothing);
    ::dup2(2, 1);
    return streams;
}

struct StandardInput::State {
    State(Executor ex, Clock& clock, int the_descriptor)
        : descriptor(the_descriptor), arrived(ex, clock), thread([this] { run(); }) {}

    const int descriptor;
    Wakener wakener{};
    std::mutex mutex{};
    std::condition_variable asked{};
    bool is_wanted = false;   // guarded by mutex
    bool is_closing = false;  // guarded by mutex
    bool has_ended = false;   // guarded by mutex
    std::string bytes{};      // guarded by mutex
    Signal arrived;
    std::thread thread;  // last: it uses all of the above

    /// Reads when somebody wants to read, so that a client that says more than the server takes is held up.
    void run() {
        std::string buffer(kReadBytes, '\0');
        for (;;) {
            {
                std::unique_lock lock(mutex);
                asked.wait(lock, [this] { return is_wanted || is_closing; });
                if (is_closing) return;
            }
            const auto count = read_some(buffer);
            std::lock_guard lock(mutex);
            is_wanted = false;
            has_ended = count == 0;
            bytes.assign(buffer, 0, count);
            arrived.notify();
            if (has_ended) return;
        }
    }

    /// 0 at the end, which a broken or closed descriptor is, too.
    std::size_t read_some(std::string& buffer) const {
        for (;;) {
            if (!wakener.wait(descriptor, POLLIN)) return 0;
            const auto count = ::read(descriptor, buffer.data(), buffer.size());
            if (count >= 0) return static_cast<std::size_t>(count);
            if (!is_passing(errno)) return 0;
        }
    }
};

StandardInput::StandardInput(Executor ex, Clock& clock, int descriptor)
    : state_(std::make_shared<State>(ex, clock, descriptor)) {}

StandardInput::~StandardInput() {
    {
        std::lock_guard lock(state_->mutex);
        state_->is_closing = true;
    }
    state_->asked.notify_all();
    state_->wakener.wake();
    state_->thread.join();
}

Async<std::optional<std::string>> StandardInput::next() {
    auto state = state_;
    {
        std::lock_guard lock(state->mutex);
        if (!state->has_ended && state->bytes.empty()) state->is_wanted = true;
    }
    state->asked.notify_all();
    for (;;) {
        {
            std::lock_guard lock(state->mutex);
            if (!state->bytes.empty()) co_return std::exchange(state->bytes, {});
            if (state->has_ended) co_return std::nullopt;
        }
        if (co_await state->arrived.wait_until(kNever) == Wake::Cancelled) co_return std::nullopt;
    }
}

struct StandardOutput::State {
    State(Executor the_ex, Clock& the_clock, int the_descriptor)
        : ex(the_ex), clock(the_clock), descriptor(the_descriptor), thread([this] { run(); }) {}

    const Executor ex;
    Clock& clock;
    const int descriptor;
    Wakener wakener{};
    std::mutex mutex{};
    std::condition_variable filled{};
    std::deque<std::string> lines{};  // guarded by mutex
    std::size_t bytes = 0;            // guarded by mutex: in `lines` and under way
    bool is_closing = false;          // guarded by mutex
    bool is_broken = false;           // guarded by mutex
    std::vector<Signal> waiting{};    // guarded by mutex: for room, or for the end
    std::thread thread;               // last: it uses all of the above

    void run() {
        keep_from_sigpipe();
        for (;;) {
            std::string line;
            {
                std::unique_lock lock(mutex);
                filled.wait(lock, [this] { return !lines.empty() || is_closing; });
                if (is_closing) return;
                line = std::move(lines.front());
                lines.pop_front();
            }
            const bool is_written = write_all(line);
            std::lock_guard lock(mutex);
            bytes -= line.size();
            is_broken = is_broken || !is_written;
            for (const auto& waiter : std::exchange(waiting, {})) waiter.notify();
            if (is_broken) return;
        }
    }

    bool write_all(std::string_view rest) const {
        while (!rest.empty()) {
            if (!wakener.wait(descriptor, POLLOUT)) return false;
            // POSIX: a pipe that poll() calls writable takes PIPE_BUF bytes without blocking.
            const auto count = ::write(descriptor, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
            if (count < 0 && !is_passing(errno)) return false;
            if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

    /// A bell that rings at the next change; made under the lock, so that none is missed.
    Signal wait_for_change() {
        Signal changed(ex, clock);
        waiting.push_back(changed);
        return changed;
    }
};

StandardOutput::StandardOutput(Executor ex, Clock& clock, int descriptor)
    : state_(std::make_shared<State>(ex, clock, descriptor)) {}

StandardOutput::~StandardOutput() {
    {
        std::lock_guard lock(state_->mutex);
        state_->is_closing = true;
    }
    state_->filled.notify_all();
    state_->wakener.wake();
    state_->thread.join();
}

Async<bool> StandardOutput::write(std::string line) {
    auto state = state_;
    line += '\n';
    for (;;) {
        std::optional<Signal> room;
        {
            std::lock_guard lock(state->mutex);
            if (state->is_broken) co_return false;
            if (state->bytes == 0 || state->bytes + line.size() <= kOutputBytesMax) {
                state->bytes += line.size();
                state->lines.push_back(std::move(line));
                state->filled.notify_one();
                co_return true;
            }
            room = state->wait_for_change();
        }
        if (co_await room->wait_until(kNever) == Wake::Cancelled) co_return false;
    }
}

Async<void> StandardOutput::flush(MonoTime deadline) {
    auto state = state_;
    for (;;) {
        std::optional<Signal> change;
        {
            std::lock_guard lock(state->mutex);
            if (state->is_broken || state->bytes == 0) co_return;
            change = state->wait_for_change();
        }
        if (co_await change->wait_until(deadline) != Wake::Notified) co_return;
    }
}

}  // namespace meshai::cli::mcp
