#include "store/sqlite/engine.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "base/test_loop.h"
#include "store/sqlite/care.h"
#include "store/sqlite/one_file_test.h"

namespace meshai::store {
namespace {

TEST_F(OneFile, IsReadableForItsOwnerOnly) {
    const auto engine = opens().value();
    ASSERT_TRUE(commits(*engine, event("t", 0)));
    for (const auto* part : {"", "-wal", "-shm", ".lock"}) {
        struct stat status{};
        ASSERT_EQ(::stat((path + part).c_str(), &status), 0) << part;
        EXPECT_EQ(status.st_mode & 0777U, 0600U) << part;
    }
}

TEST_F(OneFile, ASecondServerIsRefusedAndHearsWhoHasIt) {
    auto engine = opens().value();
    const auto second = opens();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::Unavailable);
    EXPECT_NE(second.error().message.find("process " + std::to_string(getpid())), std::string::npos)
        << second.error().message;
    engine.reset();
    EXPECT_TRUE(opens());
}

TEST_F(OneFile, AToolChangesSmallTablesWhileTheServerRuns) {
    const auto server = opens().value();
    const auto tool = opens(Role::Tool).value();
    for (int i = 0; i < 50; ++i) {
        loop.start<Status>(server->commit(event("t" + std::to_string(i), 0), kNever),
                           [](const Status& outcome) { EXPECT_TRUE(outcome); });
        loop.start<Status>(tool->commit(row("k" + std::to_string(i)), kNever),
                           [](const Status& outcome) { EXPECT_TRUE(outcome) << outcome.error().cause; });
    }
    loop.finish();
    EXPECT_EQ(loop.run(server->scan(kAcme, Table::ApiKeys, "", "", 99, Order::Ascending))->size(), 50U);
    EXPECT_EQ(commits(*tool, event("t", 0)).error().code, Code::InvalidArgument);
    EXPECT_EQ(loop.run(tool->erase_log(kAcme, TaskId{"t0"})).error().code, Code::InvalidArgument);
    EXPECT_EQ(loop.run(tool->read(kAcme, TaskId{"t0"}, Seq{0}, 9))->size(), 1U);
}

TEST_F(OneFile, AToolMayComeFirstAndTheServerFindsItsRows) {
    ASSERT_TRUE(commits(*opens(Role::Tool).value(), row("k")));
    const auto server = opens().value();
    EXPECT_TRUE(loop.run(server->get(kAcme, Table::ApiKeys, "k")).value());
}

TEST_F(OneFile, ANewerSchemaIsRefusedWithAWordOnWhatToDo) {
    opens().value().reset();
    runs_sql("PRAGMA user_version=99");
    for (const auto role : {Role::Server, Role::Tool}) {
        const auto opened = opens(role);
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code, Code::Unavailable);
        EXPECT_NE(opened.error().message.find("schema version 99"), std::string::npos);
        EXPECT_NE(opened.error().message.find("newer meshai"), std::string::npos);
    }
}

TEST_F(OneFile, ADatabaseOfAnotherProgramIsLeftAlone) {
    std::ofstream(path).close();
    runs_sql("CREATE TABLE bookmarks(x); PRAGMA application_id=7");
    EXPECT_EQ(opens().error().code, Code::Configuration);
    runs_sql("PRAGMA application_id=0");
    EXPECT_EQ(opens().error().code, Code::Configuration);
}

TEST_F(OneFile, SomethingThatIsNoDatabaseIsSaidToBeDamaged) {
    std::ofstream(path) << std::string(10'000, 'z');
    const auto opened = opens();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::Corrupt);
    EXPECT_NE(opened.error().message.find("restore it from a backup"), std::string::npos);
}

TEST_F(OneFile, AFolderThatDoesNotExistIsTheOperatorsMistake) {
    path = folder.file("nowhere/store.db");
    EXPECT_FALSE(opens());
    EXPECT_EQ(check_database(path).error().code, Code::NotFound);
    EXPECT_EQ(backup_database(path, folder.file("copy")).error().code, Code::NotFound);
}

TEST_F(OneFile, DamageInTheMiddleIsFoundAtTheStart) {
    {
        const auto engine = opens().value();
        for (int i = 0; i < 200; ++i) ASSERT_TRUE(commits(*engine, event("t" + std::to_string(i), 0)));
    }
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    for (int page = 2; page < 12; ++page) {
        file.seekp(page * 4096);
        file << std::string(512, '\x5A');
    }
    file.close();
    const auto opened = opens();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::Corrupt);
    const auto report = check_database(path);
    EXPECT_TRUE(!report || !report->findings.empty());
}

TEST_F(OneFile, SpaceOfErasedLogsIsUsedAgainOrGivenBack) {
    auto engine = opens().value();
    const auto fill = [&](const std::string& name) {
        Unit unit{kAcme, {{TaskId{name}, Seq{0}, {}}}, {}};
        for (int i = 0; i < 20; ++i)
            unit.appends[0].records.push_back(
                {EventId{name + std::to_string(i)}, {}, std::string(1U << 20U, 'x'), false});
        return commits(*engine, std::move(unit));
    };
    ASSERT_TRUE(fill("a"));
    ASSERT_TRUE(fill("b"));
    ASSERT_TRUE(loop.run(engine->erase_log(kAcme, TaskId{"a"})));
    ASSERT_TRUE(loop.run(engine->erase_log(kAcme, TaskId{"b"})));
    EXPECT_LT(loop.run(engine->usage())->bytes, 1U << 20U);
    // Free pages go back a few at a time, after each commit.
    for (std::uint64_t i = 0; i < 60; ++i) ASSERT_TRUE(commits(*engine, event("t", i)));
    engine.reset();
    EXPECT_LT(std::filesystem::file_size(path), 12U << 20U);  // 40 MiB were in it
    EXPECT_EQ(check_database(path)->findings, std::vector<std::string>{});
}

TEST_F(OneFile, AnErasureThatACrashCutShortIsFinishedAtTheNextStart) {
    {
        const auto engine = opens().value();
        for (std::uint64_t i = 0; i < 5; ++i) ASSERT_TRUE(commits(*engine, event("t", i)));
    }
    runs_sql("INSERT INTO erasing SELECT key FROM logs; DELETE FROM logs; UPDATE totals SET logs=0");
    {
        const auto engine = opens().value();
        EXPECT_EQ(loop.run(engine->read(kAcme, TaskId{"t"}, Seq{0}, 9)).error().code, Code::NotFound);
        // The next log must not get the number of the removed one.
        ASSERT_TRUE(commits(*engine, event("u", 0)));
        EXPECT_EQ(loop.run(engine->read(kAcme, TaskId{"u"}, Seq{0}, 9))->size(), 1U);
    }
    opens().value().reset();
    const auto report = check_database(path);
    EXPECT_EQ(report->findings, std::vector<std::string>{});
    EXPECT_EQ(report->records, 1U);
}

// The process of a server that is killed: appends as fast as it can and says
// through `acknowledged` how far it has come.
[[noreturn]] void serve_until_killed(const std::string& path, int acknowledged) {
    RealLoop loop;
    MemoryLog log;
    auto opened = open_sqlite({.path = path}, loop.clock, log);
    if (!opened) _exit(1);
    const auto known = loop.run((*opened)->read(kAcme, TaskId{"t"}, Seq{0}, 1));
    std::uint64_t last = 0;
    for (auto more = known; more && !more->empty();) {
        last = more->back().seq.value;
        more = loop.run((*opened)->read(kAcme, TaskId{"t"}, Seq{last}, 999));
    }
    for (;; ++last) {
        if (!loop.run((*opened)->commit(OneFile::event("t", last), kNever))) _exit(2);
        const auto number = last + 1;
        if (::write(acknowledged, &number, sizeof number) != sizeof number) _exit(3);
    }
}

TEST_F(OneFile, AKilledServerLosesNothingThatItAcknowledged) {
    std::uint64_t promised = 0;
    for (int round = 0; round < 5; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const auto child = ::fork();
        if (child == 0) serve_until_killed(path, ends[1]);
        ::close(ends[1]);
        for (int i = 0; i < 20 + 13 * round; ++i)
            ASSERT_EQ(::read(ends[0], &promised, sizeof promised), static_cast<ssize_t>(sizeof promised));
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        while (::read(ends[0], &promised, sizeof promised) == static_cast<ssize_t>(sizeof promised)) {
        }
        ::close(ends[0]);

        const auto engine = opens();
        ASSERT_TRUE(engine) << engine.error().message;
        const auto report = check_database(path);
        EXPECT_EQ(report->findings, std::vector<std::string>{});
        EXPECT_GE(report->records, promised);
        EXPECT_LE(report->records, promised + 1);
    }
}

TEST_F(OneFile, AnUncommittedWaiterThatGoesAwayLeavesNothingBehind) {
    const auto engine = opens().value();
    TestLoop other;
    const auto late = [](Engine& store, Unit unit) -> Async<void> {
        (void)co_await store.commit(std::move(unit), kNever);
    };
    other.scope.spawn("caller", late(*engine, event("t", 0)));
    other.settle();
    other.scope.cancel();
    engine->close();  // the commit finishes; its answer finds a cancelled caller
    other.settle();
    EXPECT_EQ(other.scope.running(), 0U);
    EXPECT_EQ(check_database(path)->records, 1U);
}

}  // namespace
}  // namespace meshai::store
