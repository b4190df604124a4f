#include "wire/mcp/revision.h"

#include <gtest/gtest.h>

#include "wire/mcp/offers.h"

namespace meshai::wire::mcp {
namespace {

struct Agreement {
    std::string_view name;
    std::string_view wanted;
    Revision agreed;
};

// N1: the same revision where there are sessions in it, else the newest that has them.
const Agreement kAgreements[] = {
    {"TheFirst", "2024-11-05", Revision::R2024_11_05},
    {"TheSecond", "2025-03-26", Revision::R2025_03_26},
    {"TheThird", "2025-06-18", Revision::R2025_06_18},
    {"TheFourth", "2025-11-25", Revision::R2025_11_25},
    {"OneWithoutSessions", "2026-07-28", Revision::R2025_11_25},
    {"OneOfTheFuture", "2099-01-01", Revision::R2025_11_25},
    {"OneNobodyPublished", "2025-01-01", Revision::R2025_11_25},
    {"NoDate", "latest", Revision::R2025_11_25},
    {"WithASpace", "2025-06-18 ", Revision::R2025_11_25},
    {"Nothing", "", Revision::R2025_11_25},
};

class AWantedRevision : public testing::TestWithParam<Agreement> {};

TEST_P(AWantedRevision, IsAgreedToOrAnsweredWithTheNewestThatHasSessions) {
    EXPECT_EQ(agree(GetParam().wanted), GetParam().agreed);
}

INSTANTIATE_TEST_SUITE_P(McpRevision, AWantedRevision, testing::ValuesIn(kAgreements),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(McpRevision, ANameAndItsRevisionFindEachOther) {
    for (const auto revision : {Revision::R2024_11_05, Revision::R2025_03_26, Revision::R2025_06_18,
                                Revision::R2025_11_25, Revision::R2026_07_28})
        EXPECT_EQ(revision_of(name_of(revision)), revision);
    EXPECT_EQ(revision_of("v999.0.0"), std::nullopt);
}

TEST(McpRevision, OnlyStatelessRevisionsAreListedForClientsWithoutSessions) {
    EXPECT_EQ(stateless_names(), (std::vector<std::string_view>{"2026-07-28"}));
}

TEST(McpRevision, LevelsOfLogsAreInTheOrderOfTheirUrgency) {
    const std::vector<std::string_view> names{"debug", "info",     "notice", "warning",
                                              "error", "critical", "alert",  "emergency"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto level = log_level_of(names[i]);
        ASSERT_TRUE(level) << names[i];
        EXPECT_EQ(static_cast<std::size_t>(*level), i);
        EXPECT_EQ(name_of(*level), names[i]);
    }
    for (const auto* other : {"", "INFO", "warn", "trace"}) EXPECT_EQ(log_level_of(other), std::nullopt);
}

}  // namespace
}  // namespace meshai::wire::mcp
