#include "agents/process/posix_process.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <system_error>

namespace meshai::agents {
namespace {

// How long a program's output may stay open after the program itself has ended:
// something that left its process group still holds the other end.
constexpr Duration kOutputAfterExit = std::chrono::seconds(1);
constexpr std::size_t kPieceBytes = 16U << 10U;

using RunningPtr = std::shared_ptr<Running>;

Async<void> feed(RunningPtr one, std::string bytes) {
    std::string_view rest = bytes;
    while (!rest.empty() && one->input.is_open()) {
        const auto put = one->input.write(rest);
        if (put < 0) break;  // the program does not want the rest, which is its right
        rest.remove_prefix(static_cast<std::size_t>(put));
        if (put == 0 && co_await one->input.until_writable(kNever) == Wake::Cancelled) co_return;
    }
    one->input.close();
}

void keep_tail(Running& one, std::string_view bytes) {
    one.errors_tail += bytes;
    if (one.errors_tail.size() > one.errors_bytes_max)
        one.errors_tail.erase(0, one.errors_tail.size() - one.errors_bytes_max);
}

Async<void> collect_errors(RunningPtr one) {
    std::array<char, 4096> piece{};
    while (one->errors.is_open()) {
        const auto got = one->errors.read(piece);
        if (got == 0) break;
        if (got > 0) {
            keep_tail(*one, {piece.data(), static_cast<std::size_t>(got)});
            continue;
        }
        if (co_await one->errors.until_readable(kNever) == Wake::Cancelled) co_return;
    }
}

// Whatever a program wrote before it ended is in the pipe by then.
void collect_last_errors(Running& one) {
    std::array<char, 4096> piece{};
    constexpr int kPiecesMax = 64;
    for (int i = 0; i < kPiecesMax && one.errors.is_open(); ++i) {
        const auto got = one.errors.read(piece);
        if (got <= 0) return;
        keep_tail(one, {piece.data(), static_cast<std::size_t>(got)});
    }
}

void remove_folder(const std::string& folder, Log& log) {
    if (folder.empty()) return;
    std::error_code failure;
    std::filesystem::remove_all(folder, failure);
    if (failure)
        log.warn("a program's working folder could not be removed",
                 {{"folder", folder}, {"why", failure.message()}});
}

std::optional<Exit> take_exit(pid_t pid) {
    siginfo_t how{};
    if (::waitid(P_PID, static_cast<id_t>(pid), &how, WEXITED | WNOHANG) != 0) return Exit{.status = 127};
    if (how.si_pid == 0) return std::nullopt;
    if (how.si_code == CLD_EXITED) return Exit{.status = how.si_status};
    return Exit{.signal = how.si_status};
}

class PosixProcess final : public Process {
  public:
    PosixProcess(std::shared_ptr<PosixLauncher::State> launcher, RunningPtr running)
        : launcher_(std::move(launcher)), running_(std::move(running)) {}
    ~PosixProcess() override { launcher_->let_go(running_); }

    Async<Result<std::optional<std::string>>> read(MonoTime deadline) override {
        std::string piece(kPieceBytes, '\0');
        for (;;) {
            const auto got = running_->output.is_open() ? running_->output.read(piece) : 0;
            if (got > 0) {
                piece.resize(static_cast<std::size_t>(got));
                co_return std::optional(std::move(piece));
            }
            if (got == 0 || running_->is_output_over) co_return std::optional<std::string>{};
            const auto woken = co_await running_->output.until_readable(deadline);
            if (woken == Wake::Cancelled) co_return Error{Code::Cancelled, "The read was cancelled."};
            if (woken == Wake::Deadline) co_return Error{Code::Timeout, "The program wrote nothing."};
        }
    }

    Async<Result<Exit>> wait(MonoTime deadline) override {
        while (!running_->exit) {
            const auto woken = co_await running_->exited.wait_until(deadline);
            if (woken == Wake::Cancelled) co_return Error{Code::Cancelled, "The wait was cancelled."};
            if (woken == Wake::Deadline) co_return Error{Code::Timeout, "The program has not ended."};
        }
        co_return *running_->exit;
    }

    std::string errors() const override { return running_->errors_tail; }

  private:
    std::shared_ptr<PosixLauncher::State> launcher_;
    RunningPtr running_;
};

}  // namespace

Running::Running(Executor ex, Clock& clock, Spawned spawned)
    : group(spawned.pid),
      ended(ex, clock, std::move(spawned.ended)),
      input(ex, clock, std::move(spawned.input)),
      output(ex, clock, std::move(spawned.output)),
      errors(ex, clock, std::move(spawned.errors)),
      exited(ex, clock) {}

void Running::kill_group(int signal) const {
    if (group > 0) (void)::kill(-group, signal);
}

Result<RunningPtr> PosixLauncher::State::start(Program program) {
    if (running.size() >= kProcessesMax)
        return Error{Code::Unavailable,
                     fmt::format("{} programs run already, which is the most.", kProcessesMax)};
    std::string folder;
    auto made = plan(program, folder);
    auto spawned = made ? spawn(*made) : Result<Spawned>(made.error());
    if (!spawned) {
        remove_folder(folder, log);
        return spawned.error();
    }
    auto one = std::make_shared<Running>(ex, clock, std::move(*spawned));
    one->folder_to_remove = std::move(folder);
    one->errors_bytes_max = program.errors_bytes_max;
    running.push_back(one);
    scope.spawn("reap", reap(one));
    scope.spawn("feed", feed(one, std::move(program.input)));
    scope.spawn("collect errors", collect_errors(one));
    return one;
}

Async<void> PosixLauncher::State::reap(RunningPtr one) {
    auto self = shared_from_this();
    for (;;) {
        const auto woken = co_await one->ended.until_readable(kNever);
        if (one->group == 0) co_return;
        siginfo_t how{};
        const bool is_over =
            ::waitid(P_PID, static_cast<id_t>(one->group), &how, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            how.si_pid != 0;
        if (is_over) break;
        if (woken == Wake::Cancelled) co_return;  // end_all has seen to it
    }
    // While the program is not reaped its number is its own, and so is its group's:
    // what it started and left behind ends with it.
    one->kill_group(SIGKILL);
    one->exit = take_exit(one->group);
    one->group = 0;
    collect_last_errors(*one);
    one->input.close();
    one->alarm = clock.alarm(ex, clock.in(kOutputAfterExit), [weak = std::weak_ptr(one)] {
        if (auto still = weak.lock()) {
            still->is_output_over = true;
            still->output.wake();
            still->errors.close();
        }
    });
    remove_folder(one->folder_to_remove, log);
    one->exited.notify();
    forget(one);
}

void PosixLauncher::State::forget(const RunningPtr& one) {
    running.remove(one);
}

void PosixLauncher::State::let_go(const RunningPtr& one) {
    if (std::exchange(one->is_let_go, true)) return;
    one->input.close();
    one->output.close();
    if (one->exit) {
        one->alarm.reset();
        return one->errors.close();
    }
    one->kill_group(SIGTERM);
    one->alarm =
        clock.alarm(ex, clock.in(kTerminationGrace), [weak = std::weak_ptr(one), self = weak_from_this()] {
            auto still = weak.lock();
            auto launcher = self.lock();
            if (!still || !launcher || still->group == 0) return;
            launcher->log.warn("a program did not end when it was told to and is killed",
                               {{"pid", still->group}});
            still->kill_group(SIGKILL);
            still->errors.close();
        });
}

void PosixLauncher::State::end_all() {
    for (const auto& one : running) {
        one->kill_group(SIGKILL);
        if (one->group > 0) (void)::waitpid(one->group, nullptr, 0);
        one->group = 0;
        one->alarm.reset();
        remove_folder(one->folder_to_remove, log);
    }
    running.clear();
    scope.cancel();
}

PosixLauncher::PosixLauncher(Executor ex, Clock& clock, Log& log, PosixLauncherOptions options)
    : state_(std::make_shared<State>(ex, clock, log, std::move(options))) {}

PosixLauncher::~PosixLauncher() {
    state_->end_all();
}

Result<std::unique_ptr<Process>> PosixLauncher::start(Program program) {
    auto running = state_->start(std::move(program));
    if (!running) return running.error();
    return std::unique_ptr<Process>(std::make_unique<PosixProcess>(state_, std::move(*running)));
}

Status PosixLauncher::find(const std::string& program) const {
    if (auto found = state_->resolve(program); !found) return found.error();
    return {};
}

std::size_t PosixLauncher::running() const {
    return state_->running.size();
}

Async<void> PosixLauncher::drained() {
    auto state = state_;
    co_await state->scope.drained();
}

}  // namespace meshai::agents
