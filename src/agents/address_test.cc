#include "agents/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace meshai::agents {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Spec at(std::string url, bool may_be_private = false) {
    Spec spec;
    spec.name = "one";
    spec.url = std::move(url);
    spec.allow_private = may_be_private;
    return spec;
}

const char* const kInside[] = {
    "http://127.0.0.1:9000/execute",
    "http://10.1.2.3",
    "http://172.16.0.1",
    "https://192.168.1.7/v1",
    "http://169.254.169.254/latest",
    "http://100.64.0.1",
    "http://0.0.0.0",
    "http://[::1]:8080",
    "http://[fd00::7]",
    "http://[::ffff:10.0.0.1]",
    "http://localhost",
    "http://LOCALHOST.:81/x",
    "http://me.localhost",
};

TEST(Reach, AnAddressOfOurOwnNetworkIsRefusedByItsText) {
    for (const auto* url : kInside) {
        const auto fine = check_reach(at(url));
        ASSERT_FALSE(fine) << url;
        EXPECT_EQ(fine.error().code, Code::InvalidArgument) << url;
        EXPECT_THAT(fine.error().message, StartsWith("endpoint: ")) << url;
        EXPECT_THAT(fine.error().message, HasSubstr("is a loopback or private address")) << url;
        EXPECT_TRUE(check_reach(at(url, true))) << url;
    }
}

TEST(Reach, APublicAddressAndANameMayBeTried) {
    for (const auto* url : {"https://agents.example.com/execute", "http://93.184.216.34",
                            "http://localhost.example", "http://[2606:4700:4700::1111]"})
        EXPECT_TRUE(check_reach(at(url))) << url;
}

TEST(Reach, WhereHealthIsAskedIsJudgedAsWell) {
    auto spec = at("https://agents.example.com");
    spec.health_url = "http://127.0.0.1/health";
    EXPECT_THAT(check_reach(spec).error().message, StartsWith("health_endpoint: 127.0.0.1 is a loopback"));
}

}  // namespace
}  // namespace meshai::agents
