#include "store/sqlite/care.h"

#include <sys/stat.h>

#include <thread>

#include "store/sqlite/one_file_test.h"

namespace meshai::store {
namespace {

TEST_F(OneFile, AHealthyStoreHasNoFindingsWhileItsServerWrites) {
    const auto engine = opens().value();
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(
            commits(*engine, event("t" + std::to_string(i % 5), static_cast<std::uint64_t>(i / 5), i >= 15)));
    ASSERT_TRUE(commits(*engine, row("k")));
    const auto report = check_database(path);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->findings, std::vector<std::string>{});
    EXPECT_EQ(report->logs, 5U);
    EXPECT_EQ(report->records, 20U);
    EXPECT_EQ(report->rows, 1U);
}

struct Break {
    std::string name;
    std::string sql;
    std::string says;
};
class BrokenStore : public OneFile, public testing::WithParamInterface<Break> {};

TEST_P(BrokenStore, IsDescribed) {
    {
        const auto engine = opens().value();
        for (std::uint64_t i = 0; i < 5; ++i) ASSERT_TRUE(commits(*engine, event("t", i, i == 4)));
        ASSERT_TRUE(commits(*engine, row("k")));
    }
    runs_sql(GetParam().sql);
    const auto report = check_database(path);
    ASSERT_TRUE(report);
    std::string all;
    for (const auto& finding : report->findings) all += finding + "\n";
    EXPECT_NE(all.find(GetParam().says), std::string::npos) << all;
}

INSTANTIATE_TEST_SUITE_P(
    Check, BrokenStore,
    testing::Values(Break{"AMissingEvent", "DELETE FROM events WHERE seq=3",
                          "Log t has 4 events, numbered from 1 to 5."},
                    Break{"AMissingStart", "DELETE FROM events WHERE seq=1", "numbered from 2 to 5"},
                    Break{"ATerminalEventInTheMiddle", "UPDATE events SET last=1 WHERE seq=2",
                          "goes on after its terminal event 2"},
                    Break{"EventsWithoutALog", "DELETE FROM logs", "belong to no log"},
                    Break{"ALogWithoutEvents", "DELETE FROM events", "Log t has no event."},
                    Break{"ARowWithoutATenant", "DELETE FROM tenants", "Row k belongs to no tenant."},
                    Break{"AWrongCount", "UPDATE totals SET records=7", "counts 7 events and has 5"}),
    [](const auto& one) { return one.param.name; });

TEST_F(OneFile, ABackupOfABusyServerIsWhole) {
    const auto engine = opens().value();
    const auto copy = folder.file("copy.db");
    Status backed_up = Error{};
    std::thread operator_at_work;
    for (std::uint64_t i = 0; i < 300; ++i) {
        ASSERT_TRUE(commits(*engine, event("t", i)));
        if (i == 100) operator_at_work = std::thread([&] { backed_up = backup_database(path, copy); });
    }
    operator_at_work.join();
    ASSERT_TRUE(backed_up) << backed_up.error().message << backed_up.error().cause;
    struct stat status{};
    ASSERT_EQ(::stat(copy.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_EQ(check_database(copy)->findings, std::vector<std::string>{});
    EXPECT_GE(check_database(copy)->records, 101U);
    EXPECT_EQ(backup_database(path, copy).error().code, Code::Conflict);

    path = copy;  // and a server starts on it
    const auto second = opens().value();
    const auto length = loop.run(second->read(kAcme, TaskId{"t"}, Seq{0}, 999))->size();
    EXPECT_TRUE(commits(*second, event("t", length)));
}

}  // namespace
}  // namespace meshai::store
