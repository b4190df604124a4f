#include "net/http/target.h"

#include <gtest/gtest.h>

namespace meshai::net::http {
namespace {

TEST(Target, IsDecodedOnce) {
    const auto target = parse_target("/a%20b/%2541?x=1+2&y=%2B&flag&=v&&x=3");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/a b/%41");
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"x", "1 2"}, {"y", "+"}, {"flag", ""}, {"", "v"}, {"x", "3"}};
    EXPECT_EQ(target->query, expected);
}

TEST(Target, AbsoluteFormGivesItsAuthority) {
    const auto target = parse_target("http://Host:80/p?q=1");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->authority, "Host:80");
    EXPECT_EQ(target->path, "/p");
    EXPECT_EQ(parse_target("https://host")->path, "/");
    EXPECT_EQ(parse_target("https://host?x")->query.size(), 1U);
}

struct BadTarget {
    const char* name;
    std::string text;
};

const BadTarget kBadTargets[] = {
    {"Empty", ""},
    {"Relative", "a/b"},
    {"Asterisk", "*"},
    {"Authority", "host:80"},
    {"OtherScheme", "ftp://host/"},
    {"UserInfo", "http://a@host/"},
    {"NoHost", "http:///a"},
    {"Fragment", "/a#b"},
    {"Space", "/a b"},
    {"RawByte", "/\xC3\xBC"},
    {"EncodedSlash", "/a%2Fb"},
    {"EncodedSlashLower", "/a%2fb"},
    {"EncodedNul", "/a%00b"},
    {"EncodedNewline", "/a%0Ab"},
    {"EncodedDelete", "/a%7F"},
    {"DotSegment", "/a/./b"},
    {"DotDotSegment", "/a/../b"},
    {"EncodedDotDot", "/a/%2e%2E/b"},
    {"DotDotAtTheEnd", "/.."},
    {"HalfEscape", "/a%4"},
    {"LonePercent", "/a%"},
    {"NoHex", "/a%zz"},
    {"InvalidUtf8", "/a%ff"},
    {"OverlongUtf8", "/a%c0%af"},
    {"QueryHalfEscape", "/?a=%4"},
    {"QueryNul", "/?a=%00"},
    {"QueryInvalidUtf8", "/?%ff=1"},
};

TEST(Target, WhatIsAmbiguousIsRefused) {
    for (const auto& [name, text] : kBadTargets) EXPECT_FALSE(parse_target(text)) << name;
}

TEST(Target, TheNumberOfParametersIsBounded) {
    std::string text = "/?";
    for (std::size_t i = 0; i < kQueryPairsMax; ++i) text += "a=1&";
    EXPECT_TRUE(parse_target(text));
    EXPECT_FALSE(parse_target(text + "a=1"));
}

}  // namespace
}  // namespace meshai::net::http
