#include "store/contract_test.h"
#include "store/sqlite/care.h"
#include "store/sqlite/failing_vfs_test.h"

namespace meshai::store {
namespace {

const TenantId kAcme{"acme"};

struct OnFailingDisk : testing::Test {
    OnFailingDisk() { open(); }

    void open() {
        engine.reset();
        auto opened =
            open_sqlite({.path = folder.file("store.db"), .bytes_max = bytes_max, .vfs = FailingDisk::kName},
                        loop.clock, log);
        ASSERT_TRUE(opened) << opened.error().message;
        engine = std::move(*opened);
    }
    Status commits(const std::string& name, std::uint64_t after, std::string bytes = "x") {
        Record record{EventId{"e_" + std::to_string(++made)}, WallTime{}, std::move(bytes), false};
        Unit unit{kAcme, {{TaskId{name}, Seq{after}, {std::move(record)}}}, {}};
        return loop.run(engine->commit(std::move(unit), kNever));
    }
    std::size_t length(const std::string& name) {
        const auto records = loop.run(engine->read(kAcme, TaskId{name}, Seq{0}, 999));
        return records ? records->size() : 0;
    }

    FailingDisk disk;
    Folder folder;
    RealLoop loop;
    MemoryLog log;
    std::uint64_t bytes_max = 0;
    std::unique_ptr<Engine> engine;
    int made = 0;
};

using FullDisk = OnFailingDisk;

TEST_F(FullDisk, IsSaidReadsGoOnAndItRecoversByItself) {
    ASSERT_TRUE(commits("t", 0));
    disk.set_full(true);
    for (int i = 0; i < 3; ++i) {
        const auto outcome = commits("t", 1);
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code, Code::StorageFull) << outcome.error().cause;
        EXPECT_EQ(length("t"), 1U);
        EXPECT_TRUE(loop.run(engine->usage()));
    }
    disk.set_full(false);
    EXPECT_TRUE(commits("t", 1));
    EXPECT_EQ(length("t"), 2U);
    open();
    EXPECT_EQ(length("t"), 2U);
}

TEST_F(FullDisk, FailsEveryUnitOfTheGroupAndKeepsNone) {
    ASSERT_TRUE(commits("t", 0));
    disk.set_full(true);
    int full = 0;
    for (int i = 0; i < 50; ++i) {
        Unit unit{
            kAcme,
            {{TaskId{"u" + std::to_string(i)}, Seq{0}, {{EventId{"u" + std::to_string(i)}, {}, "x", false}}}},
            {}};
        loop.start<Status>(engine->commit(std::move(unit), kNever), [&full](Status outcome) {
            full += !outcome && outcome.error().code == Code::StorageFull ? 1 : 0;
        });
    }
    loop.finish();
    EXPECT_EQ(full, 50);
    disk.set_full(false);
    EXPECT_EQ(loop.run(engine->usage())->logs, 1U);
    ASSERT_TRUE(commits("t", 1));
    EXPECT_EQ(loop.run(engine->usage())->records, 2U);
}

TEST_F(FullDisk, AlsoWhenALogIsErased) {
    ASSERT_TRUE(commits("t", 0));
    disk.set_full(true);
    EXPECT_EQ(loop.run(engine->erase_log(kAcme, TaskId{"t"})).error().code, Code::StorageFull);
    EXPECT_EQ(length("t"), 1U);
    disk.set_full(false);
    EXPECT_TRUE(loop.run(engine->erase_log(kAcme, TaskId{"t"})));
    EXPECT_EQ(loop.run(engine->usage())->records, 0U);
}

using UnsyncedDisk = OnFailingDisk;

TEST_F(UnsyncedDisk, LeavesTheOutcomeUnknownAndReadingBackDecides) {
    ASSERT_TRUE(commits("t", 0));
    disk.set_unsynced(true);
    const auto outcome = commits("t", 1);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::OutcomeUnknown);
    disk.set_unsynced(false);
    // Whatever a reader finds, the log goes on from there.
    const auto now = length("t");
    EXPECT_TRUE(commits("t", now));
    open();
    EXPECT_EQ(length("t"), now + 1);
}

struct SmallStore : OnFailingDisk {
    SmallStore() {
        bytes_max = 1U << 20U;
        open();
    }
};

TEST_F(SmallStore, ReachesItsBoundAndErasingMakesRoomAgain) {
    Code code = Code::Internal;
    int logs = 0;
    for (; logs < 100 && code == Code::Internal; ++logs)
        if (const auto outcome = commits("t" + std::to_string(logs), 0, std::string(50'000, 'x')); !outcome)
            code = outcome.error().code;
    EXPECT_EQ(code, Code::StorageFull);
    EXPECT_EQ(length("t0"), 1U);
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(loop.run(engine->erase_log(kAcme, TaskId{"t" + std::to_string(i)})));
    EXPECT_TRUE(commits("t_new", 0, std::string(50'000, 'x')));
    engine.reset();
    EXPECT_EQ(check_database(folder.file("store.db"))->findings, std::vector<std::string>{});
}

}  // namespace
}  // namespace meshai::store
