#include "wire/trace/context.h"

#include <gtest/gtest.h>

namespace meshai::wire::trace {
namespace {

const std::string kTrace = "0af7651916cd43dd8448eb211c80319c";
const std::string kParent = "b7ad6b7169203331";

TEST(Traceparent, IsReadAndWritten) {
    const auto text = "00-" + kTrace + "-" + kParent + "-01";
    const auto context = parse_traceparent(text);
    ASSERT_TRUE(context);
    EXPECT_EQ(context->trace.hex, kTrace);
    EXPECT_EQ(context->parent.hex, kParent);
    EXPECT_EQ(context->flags, kSampled);
    EXPECT_EQ(traceparent(*context), text);
}

struct FlagCase {
    const char* name;
    const char* head;
    const char* tail;
    int flags;
};

TEST(Traceparent, KeepsTheFlagsItKnows) {
    for (const auto& [name, head, tail, flags] :
         {FlagCase{"nothing is said", "00-", "-00", 0}, FlagCase{"sampled", "00-", "-01", 1},
          FlagCase{"random", "00-", "-02", 2}, FlagCase{"both", "00-", "-03", 3},
          FlagCase{"unknown ones", "00-", "-ff", 3}, FlagCase{"a later version", "01-", "-03", 1},
          FlagCase{"a later version with more", "cc-", "-01-what-comes", 1}}) {
        const auto context = parse_traceparent(head + kTrace + "-" + kParent + tail);
        ASSERT_TRUE(context) << name;
        EXPECT_EQ(context->flags, flags) << name;
    }
}

struct BadCase {
    const char* name;
    const char* text;
};

const BadCase kBad[] = {
    {"Nothing", ""},
    {"TooShort", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"},
    {"TooLongForItsVersion", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"},
    {"ForbiddenVersion", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    {"NoVersion", "0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    {"LaterVersionWithoutADash", "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more"},
    {"ZeroTrace", "00-00000000000000000000000000000000-b7ad6b7169203331-01"},
    {"ZeroParent", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"},
    {"UpperCase", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"},
    {"UpperCaseFlags", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0A"},
    {"NoHex", "00-0af7651916cd43dd8448eb211c80319x-b7ad6b7169203331-01"},
    {"NoDashes", "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01"},
    {"SpaceBefore", " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    {"TwoJoined", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,00-0af7"},
};

class BadTraceparent : public testing::TestWithParam<BadCase> {};

TEST_P(BadTraceparent, IsNone) {
    EXPECT_EQ(parse_traceparent(GetParam().text), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Traceparent, BadTraceparent, testing::ValuesIn(kBad),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Traceparent, OfALaterVersionIsReadUpToItsBound) {
    const auto head = "01-" + kTrace + "-" + kParent + "-01-";
    EXPECT_TRUE(parse_traceparent(head + std::string(kTraceparentBytesMax - head.size(), 'x')));
    EXPECT_FALSE(parse_traceparent(head + std::string(kTraceparentBytesMax, 'x')));
}

TEST(Traceparent, EveryCutOfAGoodOneIsNone) {
    const auto text = "00-" + kTrace + "-" + kParent + "-01";
    for (std::size_t cut = 0; cut < text.size(); ++cut)
        EXPECT_EQ(parse_traceparent(std::string_view(text).substr(0, cut)), std::nullopt) << cut;
}

}  // namespace
}  // namespace meshai::wire::trace
