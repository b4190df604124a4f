#include "base/id.h"

#include <gtest/gtest.h>

#include <set>

#include "base/clock.h"
#include "base/manual_clock.h"
#include "base/random.h"

namespace meshai {
namespace {

TEST(Id, IdsOfOnePrefixSortByTheTimeTheyWereMade) {
    SeededRandom random(7);
    EXPECT_LT(new_id("t_", 1'737'028'800'000, random), new_id("t_", 1'737'028'800'001, random));
    EXPECT_LT(new_id("t_", 1'737'028'800'000, random), new_id("t_", 4'000'000'000'000, random));
}

TEST(Id, TenThousandIdsOfOneMillisecondDiffer) {
    SeededRandom random(7);
    std::set<std::string> ids;
    for (int i = 0; i < 10'000; ++i) ids.insert(new_id("t_", 1, random));
    EXPECT_EQ(ids.size(), 10'000U);
}

TEST(Id, TheShapeIsRecognised) {
    SeededRandom random(7);
    const auto id = new_id("t_", 1'737'028'800'000, random);
    EXPECT_TRUE(is_id(id, "t_"));
    EXPECT_FALSE(is_id(id, "k_"));
    EXPECT_FALSE(is_id(id + "0", "t_"));
    EXPECT_FALSE(is_id("t_" + std::string(26, '/'), "t_"));
}

TEST(Random, TheSameSeedGivesTheSameNumbers) {
    SeededRandom one(3);
    SeededRandom other(3);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(one.number(1000), other.number(1000));
}

TEST(Random, NumbersStayBelowTheirBound) {
    SystemRandom random;
    for (int i = 0; i < 1000; ++i) {
        EXPECT_LT(random.number(3), 3U);
        EXPECT_LT(random.fraction(), 1.0);
    }
    EXPECT_EQ(random.number(1), 0U);
}

TEST(Clock, TimesAreWrittenInUtc) {
    EXPECT_EQ(rfc3339(wall_of(1'737'028'800'125)), "2025-01-16T12:00:00Z");
    EXPECT_EQ(rfc3339_ms(wall_of(1'737'028'800'125)), "2025-01-16T12:00:00.125Z");
    EXPECT_EQ(rfc3339_ms(wall_of(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Clock, SteppingTheWallDoesNotTouchMonotonicTime) {
    ManualClock clock;
    const auto before = clock.now();
    clock.step_wall(std::chrono::hours(-5));
    EXPECT_EQ(clock.now(), before);
    EXPECT_EQ(rfc3339(clock.wall()), "2025-01-16T07:00:00Z");
}

}  // namespace
}  // namespace meshai
