#include "auth/limits/windows.h"

#include <gtest/gtest.h>

#include "base/manual_clock.h"

namespace meshai::auth {
namespace {

TEST(Windows, AWindowBeginsWithTheFirstCountAndEndsOneLengthLater) {
    ManualClock clock;
    Windows windows(60s, 10);
    const auto begin = clock.now();
    EXPECT_EQ(windows.count("a", begin).count, 1U);
    EXPECT_EQ(windows.count("a", begin + 59s).count, 2U);
    EXPECT_EQ(windows.at("a", begin + 59s).ends, begin + 60s);
    EXPECT_EQ(windows.at("a", begin + 60s).count, 0U);
    EXPECT_EQ(windows.count("a", begin + 60s).count, 1U);
}

TEST(Windows, NamesAreCountedApart) {
    ManualClock clock;
    Windows windows(60s, 10);
    windows.count("a", clock.now());
    EXPECT_EQ(windows.count("b", clock.now()).count, 1U);
}

TEST(Windows, MoreNamesThanTheBoundForgetTheOldestWindow) {
    ManualClock clock;
    Windows windows(60s, 100);
    for (int i = 0; i < 1000; ++i) windows.count("name " + std::to_string(i), clock.now());
    EXPECT_EQ(windows.size(), 100U);
    EXPECT_EQ(windows.at("name 999", clock.now()).count, 1U);
    EXPECT_EQ(windows.at("name 0", clock.now()).count, 0U);
}

TEST(Windows, EndedWindowsAreForgottenWithoutBeingAskedFor) {
    ManualClock clock;
    Windows windows(60s, 100);
    for (int i = 0; i < 50; ++i) windows.count("name " + std::to_string(i), clock.now());
    windows.count("another", clock.now() + 60s);
    EXPECT_EQ(windows.size(), 1U);
}

}  // namespace
}  // namespace meshai::auth
