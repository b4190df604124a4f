#include "store/sqlite/care.h"
#include "store/sqlite/one_file_test.h"

namespace meshai::store {
namespace {

struct FeedOfAFile : OneFile {
    static FeedPage look(RealLoop& loop, Engine& engine, const std::string& cursor) {
        return loop.run(engine.read_feed(kAcme, cursor, 999)).value();
    }
    static std::string ids(const FeedPage& page) {
        std::string text;
        for (const auto& one : page.records) text += (text.empty() ? "" : " ") + one.stored.record.id.value;
        return text;
    }
    /// The file as a server of schema version 1 has left it.
    void becomes_old() {
        runs_sql(
            "ALTER TABLE totals DROP COLUMN newest; ALTER TABLE totals DROP COLUMN feed_key;"
            "PRAGMA user_version=1");
    }
};

TEST_F(FeedOfAFile, ThatAnOlderServerWroteHoldsAllItsEvents) {
    {
        const auto engine = opens().value();
        for (std::uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(commits(*engine, event("t", i)));
        ASSERT_TRUE(commits(*engine, event("u", 0)));
    }
    becomes_old();
    std::string cursor;
    {
        const auto engine = opens().value();
        const auto page = look(loop, *engine, "");
        EXPECT_EQ(ids(page), "t-0 t-1 t-2 u-0");
        cursor = page.cursor;
        ASSERT_TRUE(loop.run(engine->erase_log(kAcme, TaskId{"u"})));
        ASSERT_TRUE(commits(*engine, event("v", 0)));
        EXPECT_EQ(ids(look(loop, *engine, cursor)), "v-0");
    }
    EXPECT_EQ(check_database(path)->findings, std::vector<std::string>{});
    // The key that places are sealed with stays what the migration made it.
    EXPECT_EQ(ids(look(loop, *opens().value(), cursor)), "v-0");
}

TEST_F(FeedOfAFile, OfAnOlderVersionIsCheckedAndCopiedAsItIs) {
    ASSERT_TRUE(commits(*opens().value(), event("t", 0)));
    becomes_old();
    EXPECT_EQ(check_database(path)->findings, std::vector<std::string>{});
    const auto copy = folder.file("copy.db");
    ASSERT_TRUE(backup_database(path, copy));
    path = copy;
    EXPECT_EQ(ids(look(loop, *opens().value(), "")), "t-0");
}

TEST_F(FeedOfAFile, ThatWasRestoredKnowsWhichPlacesItHasNotReached) {
    std::string late;
    {
        const auto engine = opens().value();
        ASSERT_TRUE(commits(*engine, event("t", 0)));
        ASSERT_TRUE(backup_database(path, folder.file("copy.db")));
        ASSERT_TRUE(commits(*engine, event("t", 1)));
        late = look(loop, *engine, "").cursor;
    }
    path = folder.file("copy.db");
    const auto engine = opens().value();
    EXPECT_EQ(loop.run(engine->read_feed(kAcme, late, 9)).error().code, Code::InvalidArgument);
}

TEST_F(FeedOfAFile, OfAnotherStoreIsRefused) {
    ASSERT_TRUE(commits(*opens().value(), event("t", 0)));
    const auto cursor = look(loop, *opens().value(), "").cursor;
    path = folder.file("another.db");
    const auto another = opens().value();
    ASSERT_TRUE(commits(*another, event("t", 0)));
    EXPECT_EQ(loop.run(another->read_feed(kAcme, cursor, 9)).error().code, Code::InvalidArgument);
}

TEST_F(FeedOfAFile, WithANumberBehindItsCountIsReported) {
    ASSERT_TRUE(commits(*opens().value(), event("t", 0)));
    runs_sql("UPDATE events SET n=77");
    EXPECT_EQ(check_database(path)->findings,
              std::vector<std::string>{"The store has numbered 1 events and has one with the number 77."});
    const auto engine = opens().value();
    ASSERT_TRUE(commits(*engine, event("t", 1)));
    EXPECT_EQ(ids(look(loop, *engine, "")), "t-0 t-1");
}

}  // namespace
}  // namespace meshai::store
