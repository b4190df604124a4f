#include "store/contract_test.h"

namespace meshai::store {
namespace {

using Logs = Contract;
INSTANTIATE_TEST_SUITE_P(Engine, Logs, testing::Values(Kind::Memory, Kind::Sqlite),
                         [](const auto& one) { return name_of(one.param); });

TEST_P(Logs, EventsAreNumberedFromOneWithoutGaps) {
    EXPECT_EQ(commit(append("t", 0, {"a", "b"})), kFine);
    EXPECT_EQ(commit(append("t", 2, {"c"})), kFine);
    EXPECT_EQ(read("t"), "1:a 2:b 3:c");
    reopen();
    EXPECT_EQ(read("t"), "1:a 2:b 3:c");
    EXPECT_EQ(commit(append("t", 3, {"d"})), kFine);
    EXPECT_EQ(read("t"), "1:a 2:b 3:c 4:d");
}

TEST_P(Logs, AReaderBeginsAnywhereAndTakesAsMuchAsItLikes) {
    EXPECT_EQ(commit(append("t", 0, {"a", "b", "c", "d"})), kFine);
    for (int pass = 0; pass < 2; ++pass) {
        EXPECT_EQ(read("t", 1, 2), "2:b 3:c");
        EXPECT_EQ(read("t", 3, 2), "4:d");
        EXPECT_EQ(read("t", 4), "");
        EXPECT_EQ(read("t", 5), "");
        EXPECT_EQ(read("t", UINT64_MAX), "");
        EXPECT_EQ(read("t", 0, 0), "");
        reopen();
    }
}

TEST_P(Logs, AReadGivesAtMostItsBound) {
    std::vector<std::string> many(kReadRecordsMax + 1, "x");
    EXPECT_EQ(commit(append("t", 0, many)), kFine);
    for (int pass = 0; pass < 2; ++pass) {
        EXPECT_EQ(loop.run(engine->read(TenantId{"acme"}, TaskId{"t"}, Seq{0}, 1'000'000))->size(),
                  kReadRecordsMax);
        EXPECT_EQ(loop.run(engine->read(TenantId{"acme"}, TaskId{"t"}, Seq{1024}, 1'000'000))->size(), 1U);
        reopen();
    }
}

TEST_P(Logs, AReadOfManyLargeEventsEndsEarlyAndGoesOn) {
    for (std::uint64_t i = 0; i < 6; ++i)
        ASSERT_EQ(commit(append("t", i, {std::string(10U << 20U, 'x')})), kFine);
    std::uint64_t seen = 0;
    int reads = 0;
    for (;; ++reads) {
        const auto records = loop.run(engine->read(TenantId{"acme"}, TaskId{"t"}, Seq{seen}, 99));
        ASSERT_TRUE(records);
        if (records->empty()) break;
        for (const auto& one : *records) EXPECT_EQ(one.seq, Seq{++seen});
    }
    EXPECT_EQ(seen, 6U);
    EXPECT_GE(reads, 2);
}

TEST_P(Logs, AStaleExpectationIsAConflictAndChangesNothing) {
    EXPECT_EQ(commit(append("t", 1, {"x"})), Code::Conflict);
    EXPECT_EQ(read("t"), "NOT_FOUND");
    EXPECT_EQ(commit(append("t", 0, {"a", "b"})), kFine);
    for (const std::uint64_t wrong : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}, UINT64_MAX})
        EXPECT_EQ(commit(append("t", wrong, {"x"})), Code::Conflict);
    EXPECT_EQ(read("t"), "1:a 2:b");
}

TEST_P(Logs, NothingFollowsTheLastEvent) {
    EXPECT_EQ(commit(append("t", 0, {"a", "end"}, true)), kFine);
    for (int pass = 0; pass < 2; ++pass) {
        for (const std::uint64_t after : {0U, 1U, 2U, 3U}) {
            EXPECT_EQ(commit(append("t", after, {"x"})), Code::Conflict);
            EXPECT_EQ(commit(append("t", after, {"x"}, true)), Code::Conflict);
        }
        EXPECT_EQ(read("t"), "1:a 2:end");
        reopen();
    }
    auto two_endings = append("u", 0, {"a", "b"}, true);
    two_endings.records.front().last = true;
    EXPECT_EQ(commit(two_endings), Code::InvalidArgument);
    EXPECT_EQ(read("u"), "NOT_FOUND");
}

TEST_P(Logs, AnEventIdIsUsedOnce) {
    const auto first = append("t", 0, {"a"});
    EXPECT_EQ(commit(first), kFine);
    auto twin = append("u", 0, {"b"});
    twin.records[0].id = first.records[0].id;
    EXPECT_EQ(commit(twin), Code::Conflict);
    EXPECT_EQ(read("u"), "NOT_FOUND");
    auto twins = append("u", 0, {"b", "c"});
    twins.records[1].id = twins.records[0].id;
    EXPECT_EQ(commit(twins), Code::Conflict);
    EXPECT_EQ(read("u"), "NOT_FOUND");
    // The same unit again, as after an unknown outcome.
    EXPECT_EQ(commit(first), Code::Conflict);
    EXPECT_EQ(read("t"), "1:a");
}

TEST_P(Logs, AUnitIsAllOrNothing) {
    ASSERT_EQ(commit(append("t", 0, {"a"})), kFine);
    ASSERT_EQ(put("row", 0, "v"), kFine);
    Unit unit{
        TenantId{"acme"}, {append("t", 1, {"b"}), append("u", 0, {"x"})}, {{Table::Agents, "new", 0, "n"}}};
    auto late_log = unit;
    late_log.appends[1].expected_last = Seq{7};
    auto late_row = unit;
    late_row.puts.push_back({Table::Agents, "row", 5, "w"});
    auto old_id = unit;
    old_id.appends[1].records.push_back({EventId{"e_1"}, WallTime{}, "y"});
    for (const auto& broken : {late_log, late_row, old_id}) {
        EXPECT_EQ(commit(broken), Code::Conflict);
        EXPECT_EQ(read("t"), "1:a");
        EXPECT_EQ(read("u"), "NOT_FOUND");
        EXPECT_FALSE(get("new"));
        EXPECT_EQ(get("row")->value, "v");
    }
    EXPECT_EQ(commit(unit), kFine);
    EXPECT_EQ(read("t"), "1:a 2:b");
    EXPECT_EQ(read("u"), "1:x");
    EXPECT_TRUE(get("new"));
}

TEST_P(Logs, AnAppendWithoutEventsIsAFence) {
    ASSERT_EQ(commit(append("t", 0, {"a"})), kFine);
    const auto fenced = [&](std::uint64_t after) {
        return commit(Unit{
            TenantId{"acme"}, {{TaskId{"t"}, Seq{after}, {}}}, {{Table::Runs, "lease", kAnyVersion, "me"}}});
    };
    EXPECT_EQ(fenced(0), Code::Conflict);
    EXPECT_EQ(fenced(1), kFine);
    EXPECT_EQ(read("t"), "1:a");
    EXPECT_EQ(commit(Unit{TenantId{"acme"}, {{TaskId{"none"}, Seq{0}, {}}}, {}}), kFine);
    EXPECT_EQ(read("none"), "NOT_FOUND");
}

TEST_P(Logs, OfAnotherTenantDoNotExist) {
    const TenantId other{"other"};
    ASSERT_EQ(commit(append("t", 0, {"secret"})), kFine);
    for (int pass = 0; pass < 2; ++pass) {
        EXPECT_EQ(read("t", 0, 9, other), "NOT_FOUND");
        EXPECT_EQ(read("t", 0, 9, TenantId{""}), "NOT_FOUND");
        EXPECT_EQ(commit(append("t", 1, {"x"}), other), Code::Conflict);
        EXPECT_EQ(loop.run(engine->erase_log(other, TaskId{"t"})).error().code, Code::NotFound);
        reopen();
    }
    EXPECT_EQ(commit(append("t", 0, {"theirs"}), other), kFine);
    EXPECT_EQ(read("t", 0, 9, other), "1:theirs");
    EXPECT_EQ(read("t"), "1:secret");
}

TEST_P(Logs, StrangeBytesComeBackAsTheyWere) {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    Append strange{
        TaskId{all.substr(0, 250)}, Seq{0}, {{EventId{std::string("a\0b", 3)}, wall_of(-5), all, false}}};
    const TenantId tenant{std::string("t\0n", 3)};
    EXPECT_EQ(commit(strange, tenant), kFine);
    for (int pass = 0; pass < 2; ++pass) {
        const auto records = loop.run(engine->read(tenant, strange.log, Seq{0}, 9));
        ASSERT_TRUE(records);
        EXPECT_EQ(records->front().record, strange.records.front());
        EXPECT_EQ(read(all.substr(0, 249), 0, 9, tenant), "NOT_FOUND");
        EXPECT_EQ(read(all.substr(0, 250), 0, 9, TenantId{"t"}), "NOT_FOUND");
        reopen();
    }
}

TEST_P(Logs, UnitsOverTheirBoundsAreRefused) {
    EXPECT_EQ(commit(append("t", 0, std::vector<std::string>(kUnitRecordsMax + 1, "x"))), Code::TooLarge);
    EXPECT_EQ(commit(append("t", 0, {std::string(kUnitBytesMax, 'x')})), Code::TooLarge);
    EXPECT_EQ(commit(append("", 0, {"x"})), Code::InvalidArgument);
    EXPECT_EQ(commit(append(std::string(kNameBytesMax + 1, 't'), 0, {"x"})), Code::InvalidArgument);
    EXPECT_EQ(commit(append("t", 0, {"x"}), TenantId{""}), Code::InvalidArgument);
    EXPECT_EQ(commit(Unit{TenantId{"acme"}, {append("t", 0, {"x"}), append("t", 1, {"y"})}, {}}),
              Code::InvalidArgument);
    EXPECT_EQ(read("t"), "NOT_FOUND");
    EXPECT_EQ(commit(append("t", 0, std::vector<std::string>(kUnitRecordsMax, "x"))), kFine);
}

TEST_P(Logs, AnErasedLogIsGoneForEveryoneAndItsNumbersAreNotTakenUp) {
    ASSERT_EQ(commit(append("t", 0, std::vector<std::string>(2000, "x"))), kFine);
    ASSERT_EQ(commit(append("u", 0, {"stays"})), kFine);
    const auto full = loop.run(engine->usage());
    EXPECT_TRUE(loop.run(engine->erase_log(TenantId{"acme"}, TaskId{"t"})));
    const auto rest = loop.run(engine->usage());
    ASSERT_TRUE(rest);
    EXPECT_EQ(full->records, 2001U);
    EXPECT_EQ(rest->records, 1U);
    EXPECT_EQ(rest->logs, 1U);
    EXPECT_LT(rest->bytes, full->bytes);
    for (int pass = 0; pass < 2; ++pass) {
        EXPECT_EQ(read("t"), "NOT_FOUND");
        EXPECT_EQ(commit(append("t", 2000, {"x"})), Code::Conflict);
        EXPECT_EQ(read("u"), "1:stays");
        EXPECT_EQ(loop.run(engine->erase_log(TenantId{"acme"}, TaskId{"t"})).error().code, Code::NotFound);
        reopen();
    }
    ASSERT_EQ(commit(append("v", 0, {"new"})), kFine);
    EXPECT_EQ(read("v"), "1:new");
}

TEST_P(Logs, AfterCloseEverythingIsUnavailable) {
    ASSERT_EQ(commit(append("t", 0, {"a"})), kFine);
    engine->close();
    engine->close();
    EXPECT_EQ(commit(append("t", 1, {"b"})), Code::Unavailable);
    EXPECT_EQ(read("t"), "UNAVAILABLE");
    EXPECT_EQ(loop.run(engine->usage()).error().code, Code::Unavailable);
    EXPECT_EQ(loop.run(engine->erase_log(TenantId{"acme"}, TaskId{"t"})).error().code, Code::Unavailable);
    reopen();
    EXPECT_EQ(read("t"), "1:a");
}

}  // namespace
}  // namespace meshai::store
