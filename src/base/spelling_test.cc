#include "base/spelling.h"

#include <gtest/gtest.h>

namespace meshai {
namespace {

TEST(Spelling, CountsTheLettersThatDiffer) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("listen", "listen"), 0U);
    EXPECT_EQ(edit_distance("lisen", "listen"), 1U);
    EXPECT_EQ(edit_distance("litsen", "listen"), 1U) << "two swapped letters are one slip";
    EXPECT_EQ(edit_distance("", "abc"), 3U);
}

TEST(Spelling, FindsTheWordThatWasMeant) {
    const std::vector<std::string> words{"listen", "public_url", "tls_cert", "tls_key", "api_key_file"};
    EXPECT_EQ(nearest("lisen", words), "listen");
    EXPECT_EQ(nearest("publicurl", words), "public_url");
    EXPECT_EQ(nearest("tls_ket", words), "tls_key");
    EXPECT_EQ(nearest("api_key", words), "api_key_file");
    EXPECT_EQ(nearest("colour", words), std::nullopt);
    EXPECT_EQ(nearest(std::string(10'000, 'x'), words), std::nullopt);
}

}  // namespace
}  // namespace meshai
