#include "base/seal.h"

#include <gtest/gtest.h>

#include "base/base64url.h"

namespace meshai {
namespace {

Seal::Key key_of(std::uint8_t byte) {
    Seal::Key key{};
    key.fill(byte);
    return key;
}

TEST(Base64Url, GivesBackEveryLengthOfBytes) {
    std::string bytes;
    for (int length = 0; length < 40; ++length) {
        const auto text = to_base64url(bytes);
        EXPECT_EQ(text.find_first_of("+/= "), std::string::npos);
        EXPECT_EQ(from_base64url(text).value(), bytes);
        bytes += static_cast<char>(length * 37 + 200);
    }
}

TEST(Base64Url, IsRefusedInAnyOtherSpelling) {
    EXPECT_EQ(to_base64url("ab"), "YWI");
    for (const auto* text : {"YWI=", "YW I", "YWJ", "Y", "YWIxA", "Y+I", "Y/I", "YWI\n"})
        EXPECT_FALSE(from_base64url(text)) << text;
}

TEST(Seal, OpensWhatItSealed) {
    SeededRandom random(7);
    const Seal seal(key_of(1), random);
    for (const auto* plain : {"", "x", "{\"answers\":{}}"})
        EXPECT_EQ(seal.open(seal.seal(plain, "tools/call"), "tools/call").value(), plain);
}

TEST(Seal, NeverWritesTheSameTwice) {
    SeededRandom random(7);
    const Seal seal(key_of(1), random);
    EXPECT_NE(seal.seal("x", ""), seal.seal("x", ""));
}

TEST(Seal, IsForOnePurposeAndOneKey) {
    SeededRandom random(7);
    const Seal seal(key_of(1), random);
    const auto sealed = seal.seal("x", "acme ann");
    EXPECT_FALSE(seal.open(sealed, "acme bob"));
    EXPECT_FALSE(Seal(key_of(2), random).open(sealed, "acme ann"));
}

// R3: whatever a client changes, the state is refused.
TEST(Seal, BreaksWithEveryLetterThatIsChanged) {
    SeededRandom random(7);
    const Seal seal(key_of(1), random);
    const auto sealed = seal.seal("hello", "");
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        auto changed = sealed;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(seal.open(changed, "")) << "letter " << at;
        EXPECT_FALSE(seal.open(sealed.substr(0, at), "")) << "cut at " << at;
    }
    EXPECT_FALSE(seal.open(sealed + "-TAMPERED", ""));
}

TEST(Seal, WritesTheSameAlikeWhereThatIsAskedFor) {
    SeededRandom random(7);
    const Seal seal(key_of(1), random);
    const auto once = seal.seal_alike("who may answer", "link");
    EXPECT_EQ(seal.seal_alike("who may answer", "link"), once);
    EXPECT_EQ(seal.open(once, "link").value(), "who may answer");
    EXPECT_FALSE(seal.open(once, "other"));
    // Another text, purpose or key has another nonce: the first sixteen letters.
    const auto nonce = [](const std::string& sealed) { return sealed.substr(0, 16); };
    EXPECT_NE(nonce(seal.seal_alike("who may answer!", "link")), nonce(once));
    EXPECT_NE(nonce(seal.seal_alike("kwho may answer", "lin")), nonce(once));
    EXPECT_NE(nonce(Seal(key_of(2), random).seal_alike("who may answer", "link")), nonce(once));
}

}  // namespace
}  // namespace meshai
