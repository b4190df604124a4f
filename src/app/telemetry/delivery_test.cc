#include "app/telemetry/delivery.h"

#include <gtest/gtest.h>

namespace meshai::app {
namespace {

using Kind = Verdict::Kind;
using Answered = std::expected<net::http::Response, net::client::Failure>;

const WallTime kNow = wall_of(1'737'028'800'000);

struct StatusCase {
    int status;
    Kind kind;
};

// OTLP/HTTP: 429, 502, 503 and 504 are tried again, every other 4xx and 5xx is not.
TEST(AnswerOfAReceiver, SaysByItsStatusWhetherToTryAgain) {
    for (const auto& [status, kind] :
         {StatusCase{200, Kind::Taken}, StatusCase{202, Kind::Taken}, StatusCase{302, Kind::Refused},
          StatusCase{400, Kind::Refused}, StatusCase{401, Kind::Refused}, StatusCase{404, Kind::Refused},
          StatusCase{408, Kind::Refused}, StatusCase{413, Kind::Refused}, StatusCase{429, Kind::TryAgain},
          StatusCase{500, Kind::Refused}, StatusCase{501, Kind::Refused}, StatusCase{502, Kind::TryAgain},
          StatusCase{503, Kind::TryAgain}, StatusCase{504, Kind::TryAgain}})
        EXPECT_EQ(verdict_on(Answered({status, {}, ""}), kNow).kind, kind) << status;
}

TEST(AnswerOfAReceiver, MaySayWhenToComeBack) {
    const auto wish = [](std::string value) {
        return verdict_on(Answered({503, {{"Retry-After", std::move(value)}}, ""}), kNow).retry_after;
    };
    EXPECT_EQ(wish("7"), Duration(7s));
    EXPECT_EQ(wish("Thu, 16 Jan 2025 12:00:30 GMT"), Duration(30s));
    EXPECT_EQ(wish("soon"), std::nullopt);
    EXPECT_EQ(verdict_on(Answered({400, {{"Retry-After", "7"}}, ""}), kNow).retry_after, std::nullopt);
}

TEST(AnswerOfAReceiver, MayTakeAPartOnly) {
    const auto verdict = verdict_on(
        Answered({200, {}, R"({"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}})"}), kNow);
    EXPECT_EQ(verdict.kind, Kind::Taken);
    EXPECT_EQ(verdict.rejected_spans, 2);
    EXPECT_EQ(verdict.why, "2 spans were rejected: too old");
}

TEST(AnswerOfAReceiver, ThatDoesNotComeIsWorthAnotherTry) {
    for (const auto code : {Code::Unavailable, Code::Timeout, Code::AgentProtocol, Code::TooLarge})
        EXPECT_EQ(verdict_on(std::unexpected(net::client::Failure{{code, "gone"}, true}), kNow).kind,
                  Kind::TryAgain);
    EXPECT_EQ(
        verdict_on(std::unexpected(net::client::Failure{{Code::InvalidArgument, "no"}, false}), kNow).kind,
        Kind::Refused);
}

TEST(DeliveryBackoff, GrowsToItsBoundAndHalfOfItIsChance) {
    EXPECT_EQ(delivery_backoff(1, 0), Duration(500ms));
    EXPECT_EQ(delivery_backoff(2, 0), Duration(1s));
    EXPECT_EQ(delivery_backoff(3, 0.5), Duration(3s));
    for (const int failures : {6, 7, 1'000'000}) {
        EXPECT_EQ(delivery_backoff(failures, 0), kDeliveryBackoffMax / 2);
        EXPECT_LE(delivery_backoff(failures, 0.999), kDeliveryBackoffMax);
    }
}

}  // namespace
}  // namespace meshai::app
