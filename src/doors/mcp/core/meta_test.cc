#include "doors/mcp/core/meta.h"

#include <gtest/gtest.h>

namespace meshai::doors::mcp {
namespace {

json::object with_meta(std::string_view key, const json::value& value) {
    return {{"_meta", json::object{{key, value}}}};
}

TEST(ProgressToken, IsAStringOrAWholeNumber) {
    EXPECT_EQ(progress_token(with_meta("progressToken", "p")), json::value("p"));
    EXPECT_EQ(progress_token(with_meta("progressToken", 7)), json::value(7));
    for (const json::value& other :
         {json::value(1.5), json::value(nullptr), json::value(true), json::value(std::string(2000, 'x'))})
        EXPECT_FALSE(progress_token(with_meta("progressToken", other)));
    EXPECT_FALSE(progress_token({}));
}

}  // namespace
}  // namespace meshai::doors::mcp
