#include "agents/process/spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <system_error>

namespace meshai::agents {
namespace {

struct PipeEnds {
    File read;
    File write;
};

Error cannot(std::string_view what, int reason) {
    return Error{Code::Unavailable, fmt::format("{}: {}.", what, std::generic_category().message(reason)),
                 ""};
}

Result<PipeEnds> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot("A pipe could not be made", errno);
    return PipeEnds{File(ends[0]), File(ends[1])};
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
    std::vector<char*> all;
    all.reserve(strings.size() + 1);
    // execve takes char* for historical reasons and changes nothing (POSIX.1-2017, exec).
    for (const auto& text : strings) all.push_back(const_cast<char*>(text.c_str()));  // NOLINT
    all.push_back(nullptr);
    return all;
}

// All that the child needs, made before the fork.
struct Child {
    const char* file = nullptr;
    char* const* argv = nullptr;
    char* const* environment = nullptr;
    const char* folder = nullptr;
    std::array<int, 3> standard{};
    int failure = -1;
    pid_t parent = 0;
    const ProcessLimits* limits = nullptr;
};

// From here to run_child only async-signal-safe calls are made.

void limit(int resource, std::uint64_t value) {
    const rlimit both{.rlim_cur = value, .rlim_max = value};
    (void)::setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

void set_limits(const ProcessLimits& limits) {
    limit(RLIMIT_NOFILE, limits.open_files);
    limit(RLIMIT_FSIZE, limits.file_bytes);
    limit(RLIMIT_CPU, limits.cpu_seconds);
    limit(RLIMIT_CORE, limits.core_bytes);
}

void reset_signals() {
    struct sigaction standard{};
    standard.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number) (void)::sigaction(number, &standard, nullptr);
    sigset_t none;
    (void)::sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void give_up(const Child& child) {
    const int reason = errno;
    (void)!::write(child.failure, &reason, sizeof reason);
    ::_exit(127);
}

[[noreturn]] void run_child(const Child& child) {
    if (::setpgid(0, 0) != 0) give_up(child);
    // A server that is killed takes its programs with it; and it may have been
    // killed before this line.
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != child.parent) ::_exit(127);
    reset_signals();
    for (int fd = 0; fd < 3; ++fd)
        if (::dup2(child.standard[static_cast<std::size_t>(fd)], fd) < 0) give_up(child);
    // Everything else closes itself at exec; the pipe of `failure` has to live until then.
    (void)::syscall(SYS_close_range, 3U, UINT_MAX, CLOSE_RANGE_CLOEXEC);
    if (::chdir(child.folder) != 0) give_up(child);
    set_limits(*child.limits);
    ::execve(child.file, child.argv, child.environment);
    give_up(child);
}

// The reason why exec failed, or 0. Blocks until exec has happened, which is soon.
int reason_from(int fd) {
    int reason = 0;
    ssize_t got = 0;
    do got = ::read(fd, &reason, sizeof reason);
    while (got < 0 && errno == EINTR);
    return got == static_cast<ssize_t>(sizeof reason) ? reason : 0;
}

// Our ends must never be a standard file, or the child's dup2 would close them.
bool is_standard(const PipeEnds& pipe) {
    return pipe.read.get() < 3 || pipe.write.get() < 3;
}

void make_non_blocking(const File& file) {
    (void)::fcntl(file.get(), F_SETFL, ::fcntl(file.get(), F_GETFL) | O_NONBLOCK);
}

}  // namespace

File& File::operator=(File&& other) noexcept {
    if (this != &other) {
        close();
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

File::~File() {
    close();
}

void File::close() {
    if (fd_ >= 0) (void)::close(std::exchange(fd_, -1));
}

Result<Spawned> spawn(const SpawnPlan& plan) {
    auto input = make_pipe();
    auto output = make_pipe();
    auto errors = make_pipe();
    auto failure = make_pipe();
    for (const auto* pipe : {&input, &output, &errors, &failure}) {
        if (!*pipe) return pipe->error();
        if (is_standard(**pipe))
            return Error{Code::Unavailable,
                         "The server runs without its standard files; start it with them."};
    }
    const auto argv = pointers(plan.argv);
    const auto environment = pointers(plan.environment);
    const Child child{.file = plan.file.c_str(),
                      .argv = argv.data(),
                      .environment = environment.data(),
                      .folder = plan.folder.c_str(),
                      .standard = {input->read.get(), output->write.get(), errors->write.get()},
                      .failure = failure->write.get(),
                      .parent = ::getpid(),
                      .limits = &plan.limits};
    const pid_t pid = ::fork();
    if (pid < 0) return cannot("A process could not be made", errno);
    if (pid == 0) run_child(child);

    failure->write.close();
    if (const int reason = reason_from(failure->read.get()); reason != 0) {
        (void)::waitpid(pid, nullptr, 0);
        return cannot(fmt::format("\"{}\" could not be started", plan.file), reason);
    }
    Spawned spawned{.pid = pid,
                    .ended = File(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
                    .input = std::move(input->write),
                    .output = std::move(output->read),
                    .errors = std::move(errors->read)};
    if (spawned.ended.get() < 0) {
        const int reason = errno;
        (void)::kill(-pid, SIGKILL);
        (void)::waitpid(pid, nullptr, 0);
        return cannot("The program's end cannot be watched (Linux 5.3 or newer is needed)", reason);
    }
    for (const auto* file : {&spawned.input, &spawned.output, &spawned.errors}) make_non_blocking(*file);
    return spawned;
}

}  // namespace meshai::agents
