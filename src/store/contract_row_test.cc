#include "store/contract_test.h"

namespace meshai::store {
namespace {

using Rows = Contract;
INSTANTIATE_TEST_SUITE_P(Engine, Rows, testing::Values(Kind::Memory, Kind::Sqlite),
                         [](const auto& one) { return name_of(one.param); });

TEST_P(Rows, AVersionGrowsWithEachPutAndIsChecked) {
    EXPECT_FALSE(get("a"));
    EXPECT_EQ(put("a", 1, "x"), Code::Conflict);
    EXPECT_EQ(put("a", 0, "one"), kFine);
    EXPECT_EQ(put("a", 0, "again"), Code::Conflict);
    EXPECT_EQ(put("a", 1, "two"), kFine);
    EXPECT_EQ(put("a", 1, "late"), Code::Conflict);
    EXPECT_EQ(put("a", kAnyVersion, "three"), kFine);
    reopen();
    EXPECT_EQ(get("a"), (Row{"a", 3, "three"}));
}

TEST_P(Rows, ARemovedRowIsAbsentAndBeginsAnew) {
    EXPECT_EQ(put("a", kAnyVersion, std::nullopt), kFine);
    EXPECT_EQ(put("a", 0, "one"), kFine);
    EXPECT_EQ(put("a", 7, std::nullopt), Code::Conflict);
    EXPECT_EQ(put("a", 1, std::nullopt), kFine);
    EXPECT_FALSE(get("a"));
    EXPECT_EQ(put("a", 0, "two"), kFine);
    EXPECT_EQ(get("a")->version, 1U);
}

TEST_P(Rows, OfAnotherTenantOrTableAreOthers) {
    const TenantId other{"other"};
    ASSERT_EQ(put("a", 0, "mine"), kFine);
    EXPECT_FALSE(get("a", other));
    EXPECT_FALSE(get("a", TenantId{"acme"}, Table::ApiKeys));
    EXPECT_EQ(scan("", "", 9, Order::Ascending, other), "");
    EXPECT_EQ(put("a", 1, "stolen", other), Code::Conflict);
    EXPECT_EQ(put("a", 0, "theirs", other), kFine);
    EXPECT_EQ(put("a", 0, "key", TenantId{"acme"}, Table::ApiKeys), kFine);
    EXPECT_EQ(get("a")->value, "mine");
    EXPECT_EQ(get("a", other)->value, "theirs");
    EXPECT_EQ(get("a", TenantId{"acme"}, Table::ApiKeys)->value, "key");
}

TEST_P(Rows, EveryTableKeepsItsRowsApart) {
    const auto tables = {Table::Tasks,   Table::IdempotencyKeys, Table::Runs,    Table::Agents,
                         Table::ApiKeys, Table::Conversations,   Table::Secrets, Table::Workflows};
    for (const auto table : tables)
        ASSERT_EQ(put("a", 0, std::to_string(static_cast<int>(table)), TenantId{"acme"}, table), kFine);
    for (const auto table : tables)
        EXPECT_EQ(get("a", TenantId{"acme"}, table)->value, std::to_string(static_cast<int>(table)));
}

TEST_P(Rows, AScanGoesBothWaysThroughPages) {
    for (const auto* key : {"b/1", "a", "b/2", "b/3", "c", "b"}) ASSERT_EQ(put(key, 0, "v"), kFine);
    EXPECT_EQ(scan("", "", 99, Order::Ascending), "a b b/1 b/2 b/3 c");
    EXPECT_EQ(scan("", "", 99, Order::Descending), "c b/3 b/2 b/1 b a");
    EXPECT_EQ(scan("b/", "", 99, Order::Ascending), "b/1 b/2 b/3");
    EXPECT_EQ(scan("b/", "", 99, Order::Descending), "b/3 b/2 b/1");
    EXPECT_EQ(scan("b/", "", 2, Order::Ascending), "b/1 b/2");
    EXPECT_EQ(scan("b/", "b/2", 2, Order::Ascending), "b/3");
    EXPECT_EQ(scan("b/", "b/2", 2, Order::Descending), "b/1");
    EXPECT_EQ(scan("b/", "b/1", 2, Order::Descending), "");
    EXPECT_EQ(scan("b/", "b/25", 9, Order::Ascending), "b/3");
    EXPECT_EQ(scan("b/", "zzz", 9, Order::Descending), "b/3 b/2 b/1");
    EXPECT_EQ(scan("b/", "zzz", 9, Order::Ascending), "");
    EXPECT_EQ(scan("b/", "a", 9, Order::Ascending), "b/1 b/2 b/3");
    EXPECT_EQ(scan("b/", "a", 9, Order::Descending), "");
    EXPECT_EQ(scan("x", "", 9, Order::Ascending), "");
    EXPECT_EQ(scan("", "", 0, Order::Ascending), "");
}

TEST_P(Rows, KeysAreBytesAndSortAsBytes) {
    const std::string top = "\xFF\xFF";
    for (const auto& key : {std::string("\xFF"), top, top + "a", std::string("\xC3\xA4"), std::string("z"),
                            std::string("a\0b", 3)})
        ASSERT_EQ(put(key, 0, "v"), kFine);
    EXPECT_EQ(scan("", "", 9, Order::Ascending),
              std::string("a\0b", 3) + " z \xC3\xA4 \xFF " + top + " " + top + "a");
    EXPECT_EQ(scan(top, "", 9, Order::Ascending), top + " " + top + "a");
    EXPECT_EQ(scan(top, "", 9, Order::Descending), top + "a " + top);
    EXPECT_EQ(scan("a", "", 9, Order::Ascending), std::string("a\0b", 3));
    EXPECT_TRUE(get(std::string("a\0b", 3)));
    EXPECT_FALSE(get("a"));
}

TEST_P(Rows, AScanGivesAtMostItsBound) {
    Unit unit{TenantId{"acme"}, {}, {}};
    for (int i = 0; i < 1500; ++i) unit.puts.push_back({Table::Agents, std::to_string(100'000 + i), 0, "v"});
    ASSERT_EQ(commit(unit), kFine);
    EXPECT_EQ(loop.run(engine->scan(TenantId{"acme"}, Table::Agents, "", "", 5000, Order::Ascending))->size(),
              kScanRowsMax);
}

TEST_P(Rows, TenantsAreThoseThatHaveARow) {
    ASSERT_EQ(put("a", 0, "v", TenantId{"zebra"}), kFine);
    ASSERT_EQ(put("a", 0, "v", TenantId{"ant"}), kFine);
    ASSERT_EQ(put("a", 0, "v", TenantId{"moth"}), kFine);
    ASSERT_EQ(put("a", kAnyVersion, std::nullopt, TenantId{"moth"}), kFine);
    EXPECT_EQ(loop.run(engine->tenants()).value(), (std::vector{TenantId{"ant"}, TenantId{"zebra"}}));
}

TEST_P(Rows, KeysOverTheirBoundsAreRefused) {
    EXPECT_EQ(put("", 0, "v"), Code::InvalidArgument);
    EXPECT_EQ(put(std::string(kKeyBytesMax + 1, 'k'), 0, "v"), Code::InvalidArgument);
    EXPECT_EQ(put(std::string(kKeyBytesMax, 'k'), 0, "v"), kFine);
    EXPECT_EQ(put("big", 0, std::string(kUnitBytesMax, 'v')), Code::TooLarge);
    EXPECT_EQ(
        commit(Unit{TenantId{"acme"}, {}, {{Table::Agents, "a", 0, "v"}, {Table::Agents, "a", 1, "w"}}}),
        Code::InvalidArgument);
    EXPECT_EQ(commit(Unit{TenantId{"acme"}, {}, {}}), kFine);
}

TEST_P(Rows, AnEmptyValueIsAValue) {
    ASSERT_EQ(put("a", 0, ""), kFine);
    EXPECT_EQ(get("a"), (Row{"a", 1, ""}));
}

}  // namespace
}  // namespace meshai::store
