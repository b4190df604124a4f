#include "app/config/quantity.h"

#include <gtest/gtest.h>

namespace meshai::app {
namespace {

TEST(Quantity, TimesAreWrittenWithTheirUnit) {
    EXPECT_EQ(parse_time("500ms").value(), 500ms);
    EXPECT_EQ(parse_time("30s").value(), 30s);
    EXPECT_EQ(parse_time("30").value(), 30s);
    EXPECT_EQ(parse_time("5 m").value(), 5min);
    EXPECT_EQ(parse_time("7d").value(), std::chrono::hours(168));
    for (const auto* bad :
         {"", "s", "-1s", "1w", "1.5s", "5m30s", "99999999999999999999s", "99999999999999d"})
        EXPECT_FALSE(parse_time(bad)) << bad;
}

TEST(Quantity, SizesAreWrittenWithTheirUnit) {
    EXPECT_EQ(parse_bytes("4MiB").value().value, 4 << 20);
    EXPECT_EQ(parse_bytes("64 KiB").value().value, 64 << 10);
    EXPECT_EQ(parse_bytes("17").value().value, 17);
    for (const auto* bad : {"", "4MB", "-1", "1k", "9999999999GiB"}) EXPECT_FALSE(parse_bytes(bad)) << bad;
}

TEST(Quantity, AreReadBackAsTheyArePrinted) {
    EXPECT_EQ(written(Millis{1500}), "1500ms");
    EXPECT_EQ(written(Millis{300'000}), "5m");
    EXPECT_EQ(written(Bytes{4 << 20}), "4MiB");
    EXPECT_EQ(written(Bytes{1000}), "1000");
    EXPECT_EQ(written(Bytes{0}), "0");
}

}  // namespace
}  // namespace meshai::app
