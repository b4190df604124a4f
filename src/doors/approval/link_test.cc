#include "doors/approval/link.h"

#include <gtest/gtest.h>

namespace meshai::doors {
namespace {

struct ApprovalLinks : testing::Test {
    static Seal::Key key(std::uint8_t byte) {
        Seal::Key made{};
        made.fill(byte);
        return made;
    }

    SeededRandom random{7};
    Seal seal{key(1), random};
    ApprovalLink link{TenantId{"acme"}, TaskId{"t_1"}, "confirm \"ä\"", wall_of(1'737'028'800'000),
                      Subject{"alice"}};
};

TEST_F(ApprovalLinks, OpenToWhatTheyWereMadeFor) {
    const auto token = seal_link(seal, link);
    EXPECT_EQ(open_link(seal, token).value(), link);
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos)
        << "one segment of a path";
}

TEST_F(ApprovalLinks, AreTheSameEachTimeTheyAreShown) {
    EXPECT_EQ(seal_link(seal, link), seal_link(seal, link));
    auto other = link;
    other.key = "other";
    EXPECT_NE(seal_link(seal, other), seal_link(seal, link));
}

TEST_F(ApprovalLinks, ShowNothingOfWhatTheyHold) {
    const auto token = seal_link(seal, link);
    for (const auto* word : {"acme", "t_1", "alice", "confirm"})
        EXPECT_EQ(token.find(word), std::string::npos) << word;
}

TEST_F(ApprovalLinks, CannotBeChangedInAnyLetter) {
    const auto token = seal_link(seal, link);
    for (std::size_t at = 0; at < token.size(); ++at) {
        auto forged = token;
        forged[at] = forged[at] == 'A' ? 'B' : 'A';
        EXPECT_EQ(open_link(seal, forged).error().code, Code::NotFound) << "letter " << at;
        EXPECT_FALSE(open_link(seal, token.substr(0, at)));
    }
}

TEST_F(ApprovalLinks, OfAnotherStoreOrAnotherPurposeAreUnknown) {
    const Seal other(key(2), random);
    EXPECT_FALSE(open_link(other, seal_link(seal, link)));
    EXPECT_FALSE(open_link(seal, seal.seal(R"({"tenant":"acme","task":"t_1"})", "tools/call")));
    EXPECT_FALSE(open_link(seal, std::string(kApprovalTokenBytesMax + 1, 'A')));
    EXPECT_FALSE(open_link(seal, ""));
}

TEST_F(ApprovalLinks, SayForWhomTheyWereMade) {
    EXPECT_EQ(answers_as(link).value, "link:alice");
    link.made_for = {};
    EXPECT_EQ(answers_as(link).value, "link:holder");
}

}  // namespace
}  // namespace meshai::doors
