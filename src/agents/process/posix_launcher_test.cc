// Real programs on this machine: started, heard, limited and ended for sure.
#include "agents/process/posix_launcher.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>

#include "base/real_loop.h"

namespace meshai::agents {
namespace {

struct Outcome {
    std::string output;
    std::string errors;
    Exit exit;
};

Async<Outcome> hear(Process& process) {
    Outcome outcome;
    for (;;) {
        auto bytes = co_await process.read(kNever);
        if (!bytes || !*bytes) break;
        outcome.output += **bytes;
    }
    auto exit = co_await process.wait(kNever);
    if (exit) outcome.exit = *exit;
    outcome.errors = process.errors();
    co_return outcome;
}

class PosixPrograms : public ::testing::Test {
  protected:
    Outcome run(Program program) {
        auto process = launcher.start(std::move(program));
        if (!process) return {.errors = process.error().message, .exit = {.status = -1}};
        return loop.run(hear(**process));
    }

    Outcome shell(std::string script) { return run({.argv = {"sh", "-c", std::move(script)}}); }

    RealLoop loop;
    PosixLauncher launcher{loop.ex(), loop.clock, loop.log};
};

TEST_F(PosixPrograms, AreFedAndHeard) {
    const auto outcome = run({.argv = {"cat"}, .input = "hello\n"});
    EXPECT_EQ(outcome.output, "hello\n");
    EXPECT_EQ(outcome.exit.status, 0);
}

TEST_F(PosixPrograms, MayTakeAndGiveMoreThanAPipeHolds) {
    const std::string much(3U << 20U, 'x');
    EXPECT_EQ(run({.argv = {"cat"}, .input = much}).output, much);
}

TEST_F(PosixPrograms, MayIgnoreTheirInput) {
    EXPECT_EQ(run({.argv = {"true"}, .input = std::string(3U << 20U, 'x')}).exit.status, 0);
}

TEST_F(PosixPrograms, TellTheirExitAndTheirErrors) {
    const auto outcome = shell("echo no ink >&2; exit 3");
    EXPECT_EQ(outcome.exit.status, 3);
    EXPECT_EQ(outcome.errors, "no ink\n");
    EXPECT_EQ(shell("kill -9 $$").exit.signal, SIGKILL);
}

TEST_F(PosixPrograms, KeepOnlyTheEndOfTheirErrors) {
    const auto outcome =
        run({.argv = {"sh", "-c", "i=0; while [ $i -lt 500 ]; do echo line $i >&2; i=$((i+1)); done"},
             .errors_bytes_max = 18});
    EXPECT_EQ(outcome.errors, "line 498\nline 499\n");
}

TEST_F(PosixPrograms, SeeNothingOfTheServersEnvironment) {
    ::setenv("MESHAI_TEST_SECRET", "s3cret", 1);
    const auto outcome = run({.argv = {"env"}, .environment = {{"MESHAI_TASK_ID", "t_1"}}});
    EXPECT_EQ(outcome.output.find("s3cret"), std::string::npos);
    EXPECT_NE(outcome.output.find("MESHAI_TASK_ID=t_1\n"), std::string::npos);
    EXPECT_NE(outcome.output.find("LANG=C.UTF-8\n"), std::string::npos);
}

TEST_F(PosixPrograms, InheritNoFileButTheStandardOnes) {
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const int open_to_all = ::fcntl(null, F_DUPFD, 100);  // without close-on-exec, as a library might
    ::close(null);
    EXPECT_EQ(shell("test -e /proc/$$/fd/" + std::to_string(open_to_all) + " || echo closed").output,
              "closed\n");
    ::close(open_to_all);
}

TEST_F(PosixPrograms, WorkInAFolderOfTheirOwnThatIsRemoved) {
    const auto outcome = shell("pwd; touch here; ls");
    const auto folder = outcome.output.substr(0, outcome.output.find('\n'));
    EXPECT_EQ(outcome.output, folder + "\nhere\n");
    EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(PosixPrograms, WorkWhereTheyAreTold) {
    const auto outcome = run({.argv = {"pwd"}, .folder = "/usr"});
    EXPECT_EQ(outcome.output, "/usr\n");
    EXPECT_TRUE(std::filesystem::exists("/usr"));
}

TEST_F(PosixPrograms, HaveLimits) {
    EXPECT_EQ(shell("ulimit -n; ulimit -c").output, "256\n0\n");
}

TEST_F(PosixPrograms, ThatCannotBeStartedSayWhy) {
    for (const auto* name : {"no-such-program", "/no/such/program", "/etc/passwd", "/usr"}) {
        const auto process = launcher.start({.argv = {name}});
        ASSERT_FALSE(process) << name;
        EXPECT_EQ(process.error().code, Code::Unavailable);
        EXPECT_FALSE(launcher.find(name));
    }
    EXPECT_FALSE(launcher.start({.argv = {"true"}, .folder = "/no/such/folder"}));
    EXPECT_TRUE(launcher.find("sh"));
    EXPECT_EQ(launcher.running(), 0U);
}

TEST_F(PosixPrograms, AreToldToEndWhenNobodyWantsThemAnyMore) {
    auto process = launcher.start({.argv = {"sleep", "1000"}});
    ASSERT_TRUE(process);
    process->reset();
    loop.run(launcher.drained());
    EXPECT_EQ(launcher.running(), 0U);
    EXPECT_TRUE(loop.log.lines().empty()) << "it went by itself";
}

Async<Result<std::optional<std::string>>> first_words(Process& process) {
    co_return co_await process.read(kNever);
}

TEST_F(PosixPrograms, ThatRefuseToEndAreKilled) {
    auto process =
        launcher.start({.argv = {"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1000; done"}});
    ASSERT_TRUE(process);
    ASSERT_TRUE(loop.run(first_words(**process)));
    process->reset();
    loop.run(launcher.drained());
    EXPECT_EQ(launcher.running(), 0U);
    EXPECT_EQ(loop.log.lines().size(), 1U);
}

// Blocks until the process behind the pidfd has ended, whoever buries it.
void until_ended(int pidfd) {
    pollfd watched{.fd = pidfd, .events = POLLIN};
    while (::poll(&watched, 1, -1) < 1) continue;
    ::close(pidfd);
}

TEST_F(PosixPrograms, TakeWhatTheyStartedWithThem) {
    auto process = launcher.start({.argv = {"sh", "-c", "sleep 1000 & echo $!; wait"}});
    ASSERT_TRUE(process);
    auto words = loop.run(first_words(**process));
    ASSERT_TRUE(words && *words);
    const auto child = static_cast<pid_t>(std::stol(**words));
    const int ended = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
    ASSERT_GE(ended, 0);
    process->reset();
    loop.run(launcher.drained());
    until_ended(ended);
    SUCCEED() << "the child has ended, too";
}

TEST_F(PosixPrograms, AreOverAlthoughSomethingTheyLeftBehindHoldsTheirOutput) {
    const auto outcome = shell("setsid sleep 3 & echo done");
    EXPECT_EQ(outcome.output, "done\n");
    EXPECT_EQ(outcome.exit.status, 0);
}

TEST(PosixLauncher, EndsWhatStillRunsWhenItIsGone) {
    RealLoop loop;
    auto launcher = std::make_unique<PosixLauncher>(loop.ex(), loop.clock, loop.log);
    auto process = launcher->start({.argv = {"sh", "-c", "echo $$; sleep 1000"}});
    ASSERT_TRUE(process);
    auto words = loop.run(first_words(**process));
    ASSERT_TRUE(words && *words);
    launcher.reset();
    EXPECT_NE(::kill(static_cast<pid_t>(std::stol(**words)), 0), 0);
}

TEST_F(PosixPrograms, WaitingForThemObeysTheDeadline) {
    auto process = launcher.start({.argv = {"sleep", "1000"}});
    ASSERT_TRUE(process);
    const auto bytes = loop.run((*process)->read(loop.clock.now()));
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().code, Code::Timeout);
    const auto exit = loop.run((*process)->wait(loop.clock.now()));
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().code, Code::Timeout);
}

}  // namespace
}  // namespace meshai::agents
