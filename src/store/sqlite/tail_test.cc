#include "store/sqlite/tail.h"

#include <gtest/gtest.h>

namespace meshai::store {
namespace {

const LogKey kLog{TenantId{"acme"}, TaskId{"t"}};

std::vector<Record> records(std::size_t count, std::size_t bytes = 1) {
    return std::vector<Record>(count, Record{EventId{"e"}, {}, std::string(bytes, 'x'), false});
}

TEST(Tail, KnowsWhatFollowsAndNothingBeforeItsStart) {
    Tail tail(1U << 20U);
    EXPECT_FALSE(tail.read(kLog, Seq{0}, 9));
    tail.append(kLog, Seq{5}, records(3));
    EXPECT_FALSE(tail.read(kLog, Seq{4}, 9));
    ASSERT_TRUE(tail.read(kLog, Seq{5}, 9));
    EXPECT_EQ(tail.read(kLog, Seq{5}, 9)->front().seq, Seq{6});
    EXPECT_EQ(tail.read(kLog, Seq{5}, 2)->size(), 2U);
    EXPECT_EQ(tail.read(kLog, Seq{7}, 9)->size(), 1U);
    EXPECT_EQ(tail.read(kLog, Seq{8}, 9)->size(), 0U);
    EXPECT_FALSE(tail.read({TenantId{"other"}, TaskId{"t"}}, Seq{5}, 9));
}

TEST(Tail, BeginsAnewWhereAnAppendDoesNotJoin) {
    Tail tail(1U << 20U);
    tail.append(kLog, Seq{0}, records(2));
    tail.append(kLog, Seq{7}, records(1));
    EXPECT_FALSE(tail.read(kLog, Seq{0}, 9));
    EXPECT_EQ(tail.read(kLog, Seq{7}, 9)->size(), 1U);
}

TEST(Tail, ForgetsTheOldestOfALongLog) {
    Tail tail(64U << 20U);
    for (std::uint64_t i = 0; i < 40; ++i) tail.append(kLog, Seq{i}, records(1, 100'000));
    EXPECT_FALSE(tail.read(kLog, Seq{0}, 99));
    EXPECT_EQ(tail.read(kLog, Seq{39}, 99)->size(), 1U);
    EXPECT_LE(tail.bytes(), Tail::kLogBytesMax + 4096);
    tail.append(kLog, Seq{40}, records(1, 2U << 20U));  // larger than all the room
    EXPECT_FALSE(tail.read(kLog, Seq{40}, 9));
    EXPECT_EQ(tail.read(kLog, Seq{41}, 9)->size(), 0U);
    tail.append(kLog, Seq{41}, records(1));
    EXPECT_EQ(tail.read(kLog, Seq{41}, 9)->size(), 1U);
}

TEST(Tail, OfManyLogsStaysWithinItsBound) {
    constexpr std::size_t kBytesMax = 1U << 20U;
    Tail tail(kBytesMax);
    for (int i = 0; i < 5000; ++i) {
        tail.append({TenantId{"acme"}, TaskId{std::to_string(i)}}, Seq{0}, records(1, 1000));
        ASSERT_LE(tail.bytes(), kBytesMax);
    }
    EXPECT_FALSE(tail.read({TenantId{"acme"}, TaskId{"0"}}, Seq{0}, 9));
    EXPECT_TRUE(tail.read({TenantId{"acme"}, TaskId{"4999"}}, Seq{0}, 9));
    tail.forget({TenantId{"acme"}, TaskId{"4999"}});
    EXPECT_FALSE(tail.read({TenantId{"acme"}, TaskId{"4999"}}, Seq{0}, 9));
}

}  // namespace
}  // namespace meshai::store
