#include "wire/meshai/event_number.h"

#include <gtest/gtest.h>

namespace meshai::wire::guide {
namespace {

const TaskId kTask{"t_01jhqz5v7m2x8k4c9r3w6y1b0d"};
const TaskId kOther{"t_01jhqz5v7m2x8k4c9r3w6y1b0e"};

TEST(EventNumber, ComesBackAsThePlaceItWasMadeOf) {
    for (const std::uint64_t place : {0ULL, 1ULL, 7ULL, 200'002ULL, 9'999'999ULL}) {
        const auto id = event_number(kTask, place);
        EXPECT_EQ(id.size(), 16U);
        EXPECT_LT(std::stoull(id), 1ULL << 53U);
        EXPECT_EQ(place_of(kTask, id), place);
    }
}

TEST(EventNumber, FollowsOneAfterTheOther) {
    EXPECT_EQ(std::stoull(event_number(kTask, 8)), std::stoull(event_number(kTask, 7)) + 1);
}

TEST(EventNumber, OfAnotherTaskIsRecognised) {
    auto place = place_of(kTask, event_number(kOther, 1));
    ASSERT_FALSE(place);
    EXPECT_EQ(place.error().message, "That event id is of another task.");
}

TEST(EventNumber, MayBeGivenAsABarePlace) {
    EXPECT_EQ(place_of(kTask, "3"), 3U);
}

TEST(EventNumber, IsRefusedWhenItIsNoNumber) {
    for (const std::string_view text : {"", " 1", "1 ", "-1", "+1", "1.0", "0x1", "seven",
                                        "99999999999999999", "18446744073709551616", "t_1:7"}) {
        EXPECT_FALSE(place_of(kTask, text)) << text;
    }
}

}  // namespace
}  // namespace meshai::wire::guide
