#include "doors/mcp/core/cursor.h"

#include <gtest/gtest.h>

#include "base/base64url.h"
#include "doors/toolbox/toolbox.h"

namespace meshai::doors::mcp {
namespace {

ListDigest digest_of(std::initializer_list<std::string_view> names) {
    ListDigest digest("tools");
    for (const auto& name : names) digest.add(name);
    return digest;
}

TEST(Cursor, ComesBackAsThePositionItWasMadeFor) {
    const auto digest = digest_of({"a", "b"});
    EXPECT_EQ(cursor_position(cursor_text(100, digest), digest).value(), 100U);
}

// F2: "Invalid cursors SHOULD result in an error with code -32602".
TEST(Cursor, OfAnotherListOrOfNobodyIsRefused) {
    const auto digest = digest_of({"a", "b"});
    const auto good = cursor_text(100, digest);
    EXPECT_FALSE(cursor_position(good, digest_of({"a", "c"})));
    EXPECT_FALSE(cursor_position(good, digest_of({"ab"})));
    for (const std::string& text :
         {std::string(), std::string("abc"), good + "x", good.substr(1), std::string(5000, 'A'),
          to_base64url("100"), to_base64url("-1.0"), to_base64url("0100.0")})
        EXPECT_FALSE(cursor_position(text, digest)) << text;
}

TEST(Pages, CoverAListWithoutGapAndEnd) {
    const auto digest = digest_of({"x"});
    const auto count = 2 * kPageEntries + 1;
    json::object params;
    std::vector<std::size_t> sizes;
    for (std::size_t reached = 0; reached < count;) {
        const auto page = page_of(params, count, digest);
        ASSERT_TRUE(page);
        EXPECT_EQ(page->begin, reached);
        reached = page->end;
        sizes.push_back(page->end - page->begin);
        EXPECT_EQ(page->next.empty(), reached == count);
        params["cursor"] = page->next;
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{kPageEntries, kPageEntries, 1}));
}

TEST(Pages, AnEmptyListIsOneEmptyPage) {
    const auto page = page_of({}, 0, digest_of({}));
    ASSERT_TRUE(page);
    EXPECT_EQ(page->end, 0U);
    EXPECT_TRUE(page->next.empty());
}

TEST(Pages, AnEmptyStringIsACursorAndNotOneOfOurs) {
    for (const json::value& cursor : {json::value(""), json::value(nullptr), json::value(7)})
        EXPECT_FALSE(page_of({{"cursor", cursor}}, 500, digest_of({})));
}

}  // namespace
}  // namespace meshai::doors::mcp
