#include "wire/schema/pattern.h"

#include <gtest/gtest.h>

namespace meshai::wire::schema {
namespace {

struct Match {
    const char* name;
    const char* pattern;
    const char* text;
    bool matches;
};

const Match kMatches[] = {
    {"AnywhereInTheText", "b+", "abbc", true},
    {"EmptyPattern", "", "", true},
    {"EndsAreEndsOfTheText", "^b", "a\nb", false},
    {"EndIsNotBeforeALineEnd", "a$", "a\n", false},
    {"DotIsOneCodePoint", "^.$", "🐲", true},
    {"DotIsNoLineEnd", "^.$", "\n", false},
    {"NegatedClassIsOneCodePoint", "^\\S{2}$", "áé", true},
    {"DigitsAreAscii", "^\\d$", "৪", false},
    {"WordCharactersAreAscii", "^\\w$", "á", false},
    {"SpacesAreAllSpaces", "^\\s$", "\xC2\xA0", true},
    {"ClassesInAClass", "^[\\w.-]+$", "a_9.b-c", true},
    {"NegatedClassInAClass", "^[^\\W_]+$", "a9", true},
    {"EmptyClassMatchesNothing", "[]", "x", false},
    {"NegatedEmptyClassMatchesAll", "^[^]$", "\n", true},
    {"RangeOfCodePoints", "^[α-ω]+$", "λογος", true},
    {"ControlEscape", "^\\cC$", "\x03", true},
    {"HexEscape", "^\\x41\\u0042\\u{43}$", "ABC", true},
    {"PairOfSurrogates", "^\\uD83D\\uDC32$", "🐲", true},
    {"EscapedSlash", "^\\/a\\.\\-$", "/a.-", true},
    {"BackReference", "^(a|b)\\1$", "bb", true},
    {"BackReferenceToAnother", "^(a|b)\\1$", "ab", false},
    {"NamedGroup", "^(?<year>\\d{4})-", "2020-", true},
    {"LookAhead", "^(?=.*\\d)(?=.*[a-z]).{4,8}$", "abc1", true},
    {"LookAheadThatFails", "^(?=.*\\d)(?=.*[a-z]).{4,8}$", "abcd", false},
    {"LookBehind", "(?<=a)b", "ab", true},
    {"NegativeLookBehind", "(?<!a)b", "ab", false},
    {"Lazy", "^a+?b??$", "aa", true},
    {"BraceThatIsNoCount", "^x{a}$", "x{a}", true},
    {"OpenCount", "^x{2,}$", "xxx", true},
    {"WordBoundary", "\\bfoo\\b", "a foo b", true},
    {"EmptyAlternatives", "^(|a|)$", "", true},
    {"InvalidUtf8IsAReplacementCharacter", "^.\\uFFFD$", "a\xFF", true},
    {"ZeroInAClass", "^[\\0-\\x1F]$", "\x01", true},
};

class PatternTest : public testing::TestWithParam<Match> {};

TEST_P(PatternTest, HasTheMeaningOfEcma262) {
    const auto pattern = Pattern::compile(GetParam().pattern);
    ASSERT_TRUE(pattern) << pattern.error().message << pattern.error().cause;
    Meter meter{Meter::Costs{}};
    EXPECT_EQ(pattern->is_in(GetParam().text, meter), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(, PatternTest, testing::ValuesIn(kMatches),
                         [](const auto& of) { return of.param.name; });

TEST(Pattern, RefusesWhatEcma262DoesNotHave) {
    for (const auto* bad : {"(?R)",        "(?1)",    "(?>a)",    "(?#a)",    "a**",    "a*+", "\\Q",
                            "\\A",         "\\G",     "(a)\\2",   "\\1(a)",   "(",      ")",   "[a",
                            "[z-a]",       "[\\w-z]", "a{2,1}",   "a{70000}", "\\",     "[\\", "\\x4",
                            "\\u{110000}", "(?<n",    "(?<=a+)b", "\\p{L}",   "\\k<a>", "*",   "(?=a)*"}) {
        const auto pattern = Pattern::compile(bad);
        ASSERT_FALSE(pattern) << bad;
        EXPECT_EQ(pattern.error().code, Code::InvalidArgument);
        EXPECT_NE(pattern.error().message.find(bad), std::string::npos) << pattern.error().message;
    }
}

TEST(Pattern, RefusesAboveItsBounds) {
    EXPECT_TRUE(Pattern::compile(std::string(kPatternBytesMax, 'a')));
    EXPECT_FALSE(Pattern::compile(std::string(kPatternBytesMax + 1, 'a')));
    const auto nested = [](std::size_t groups) {
        return std::string(groups, '(') + std::string(groups, ')');
    };
    EXPECT_TRUE(Pattern::compile(nested(kPatternGroupsMax)));
    EXPECT_FALSE(Pattern::compile(nested(kPatternGroupsMax + 1)));
}

TEST(Pattern, EndsWhenItsWorkIsDone) {
    for (const auto* bad : {"^(a+)+$", "^(a|aa)+$", "^([a-z]+)*$", "^(.*)*$", "^(a*a*)*$"}) {
        const auto pattern = Pattern::compile(bad);
        ASSERT_TRUE(pattern) << bad;
        Meter meter{Meter::Costs{}};
        EXPECT_THROW(pattern->is_in(std::string(50, 'a') + "\n", meter), TooMuchWork) << bad;
    }
}

}  // namespace
}  // namespace meshai::wire::schema
