#include "app/operator/keys.h"

#include <gmock/gmock.h>

namespace meshai::app {
namespace {

using testing::ElementsAre;

constexpr WallTime kNow = WallTime{Millis{1'737'028'800'000}};  // 2025-01-16T12:00:00Z

TEST(KeyExpiry, IsATimeFromNowOrTheEndOfADay) {
    EXPECT_EQ(parse_expiry("", kNow).value(), std::nullopt);
    EXPECT_EQ(parse_expiry("90d", kNow).value(), kNow + std::chrono::hours(24 * 90));
    EXPECT_EQ(rfc3339(**parse_expiry("2027-01-31", kNow)), "2027-02-01T00:00:00Z");
    for (const auto* bad : {"soon", "2027-02-30", "2027-13-01", "27-01-01", "-5d", "999999999999d"})
        EXPECT_FALSE(parse_expiry(bad, kNow)) << bad;
}

TEST(KeyScopes, MayBeWrittenWithCommasOrOneByOne) {
    EXPECT_THAT(split_commas({"mcp:read,mcp:execute", "mcp:manage", ""}),
                ElementsAre("mcp:read", "mcp:execute", "mcp:manage"));
}

}  // namespace
}  // namespace meshai::app
