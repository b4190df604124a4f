#include "agents/retry_after.h"

#include <gtest/gtest.h>

#include "agents/address.h"
#include "agents/failure.h"

namespace meshai::agents {
namespace {

const WallTime kNow{std::chrono::sys_days{std::chrono::year{2025} / 1 / 16} + 12h};

struct Wish {
    const char* value;
    std::optional<Millis> wait;
};

TEST(RetryAfter, IsANumberOfSecondsOrADate) {
    for (const auto& [value, wait] : {Wish{"0", Millis{0}},
                                      {" 7 ", Millis{7000}},
                                      {"999999", kRetryAfterMax},
                                      {"99999999999999999999", kRetryAfterMax},
                                      {"Thu, 16 Jan 2025 12:00:30 GMT", Millis{30'000}},
                                      {"Thu, 16 Jan 2025 11:00:00 GMT", Millis{0}},
                                      {"Thu, 16 Jan 2099 11:00:00 GMT", kRetryAfterMax},
                                      {"", std::nullopt},
                                      {"-1", std::nullopt},
                                      {"1.5", std::nullopt},
                                      {"Thu, 40 Jan 2025 12:00:30 GMT", std::nullopt},
                                      {"Thu, 16 Jam 2025 12:00:30 GMT", std::nullopt},
                                      {"Thursday, 16-Jan-25 12:00:30 GMT", std::nullopt}})
        EXPECT_EQ(parse_retry_after(value, kNow), wait) << value;
}

TEST(Failure, FindsTheSentenceInAnyErrorBody) {
    EXPECT_EQ(message_in(R"({"error":{"message":"a"}})"), "a");
    EXPECT_EQ(message_in(R"({"error":"a"})"), "a");
    EXPECT_EQ(message_in(R"({"detail":"a"})"), "a");
    EXPECT_EQ(message_in(R"({"detail":[{"loc":["body","x"],"msg":"field required"}]})"),
              R"(field required at ["body","x"])");
    EXPECT_EQ(message_in(R"({"message":"a"})"), "a");
    EXPECT_EQ(message_in(R"("a")"), "a");
    EXPECT_EQ(message_in("  a\n"), "a\n");
    EXPECT_EQ(message_in("<html>"), "");
    EXPECT_EQ(message_in("{\"detail\":\"cut"), "");
    EXPECT_EQ(message_in(""), "");
}

TEST(Failure, BlotsTheKeyOutOfAPeersWords) {
    const Peer peer{.name = "a", .key = Secret("s3cret")};
    EXPECT_EQ(quoted(peer, "s3crets3cret \xff"), "****** \xef\xbf\xbd");
    EXPECT_EQ(quoted(Peer{}, "plain"), "plain");
}

TEST(Address, PathsAreJoinedOnceAndTheQueryStays) {
    const auto join = [](std::string_view url) {
        return with_path(net::http::parse_url(url).value(), "/execute").target;
    };
    EXPECT_EQ(join("http://a.example"), "/execute");
    EXPECT_EQ(join("http://a.example/x/?k=v"), "/x/execute?k=v");
    EXPECT_EQ(join("http://a.example/execute?k=v"), "/execute?k=v");
    EXPECT_EQ(without_path(net::http::parse_url("http://a.example/x/execute?k=v").value(), "/execute").target,
              "/x");
    EXPECT_EQ(without_path(net::http::parse_url("http://a.example").value(), "/execute").target, "/");
}

}  // namespace
}  // namespace meshai::agents
