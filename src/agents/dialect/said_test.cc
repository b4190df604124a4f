#include "agents/dialect/said.h"

#include <gtest/gtest.h>

#include "wire/meshai/frames.h"

namespace meshai::agents::dialect {
namespace {

template <class T>
T said(std::string_view text) {
    auto event = parse(text);
    EXPECT_TRUE(event) << text;
    const auto* got = event ? std::get_if<T>(&*event) : nullptr;
    EXPECT_TRUE(got) << text;
    return got ? *got : T{};
}

TEST(Said, KnowsTheEventsOfTheGuide) {
    EXPECT_EQ(said<Start>(R"({"type":"start","message":"Starting","task_id":"t_1"})").task_id, "t_1");
    const auto progress = said<task::Progress>(
        R"({"type":"progress","message":"Processing step 3 of 5","progress":60,
            "details":{"current_step":"data_analysis","agent":"analytics-agent-01"}})");
    EXPECT_EQ(progress.message, "Processing step 3 of 5");
    EXPECT_EQ(progress.percent, 60);
    EXPECT_EQ(progress.step, "data_analysis");
    EXPECT_EQ(said<Outcome>(R"({"type":"result","data":{"analysis":"..."},"progress":100})").value,
              (json::object{{"analysis", "..."}}));
    const auto fault = said<Fault>(
        R"({"type":"error","message":"Insufficient resources","code":"RESOURCE_ERROR","details":{"free":0}})");
    EXPECT_EQ(fault.code, "RESOURCE_ERROR");
    EXPECT_EQ(fault.details, (json::object{{"free", 0}}));
    EXPECT_EQ(said<Complete>(R"({"type":"complete","status":"completed","duration_ms":5234})").status,
              "completed");
    (void)said<Keepalive>(R"({"type":"keepalive","timestamp":"2025-01-16T12:00:00Z"})");
    (void)said<Done>("[DONE]");
    EXPECT_EQ(said<Other>(R"({"type":"metrics"})").type, "metrics");
}

TEST(Said, KnowsATokenUnderEveryNameAgentsGiveIt) {
    for (const auto* text : {R"({"type":"token","text":"a"})", R"({"type":"token","content":"a"})",
                             R"({"type":"output","data":"a"})", R"({"type":"delta","delta":"a"})"})
        EXPECT_EQ(said<Token>(text).text, "a") << text;
}

TEST(Said, KnowsTheJsonRpcResponseThatEndsAStream) {
    EXPECT_EQ(said<Complete>(R"({"jsonrpc":"2.0","id":"123","result":{"status":"completed"}})").status,
              "completed");
    EXPECT_EQ(said<Outcome>(R"({"jsonrpc":"2.0","id":1,"result":{"answer":42}})").value,
              (json::object{{"answer", 42}}));
    EXPECT_EQ(
        said<Outcome>(R"({"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"data":{"a":1}}}})").value,
        (json::object{{"a", 1}}));
    EXPECT_EQ(said<Fault>(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"no"}})").code,
              "-32603");
    EXPECT_EQ(said<Fault>(R"({"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"text":"no"}]}})")
                  .message,
              "no");
}

TEST(Said, PercentagesStayBetween0And100) {
    EXPECT_EQ(said<task::Progress>(R"({"type":"progress","progress":1e9})").percent, 100);
    EXPECT_EQ(said<task::Progress>(R"({"type":"progress","progress":-1})").percent, 0);
    EXPECT_EQ(said<task::Progress>(R"({"type":"progress","progress":null})").percent, std::nullopt);
}

TEST(Said, UnderstandsWhatThisServerItselfSays) {
    namespace guide = wire::guide;
    guide::Outcome outcome{.task = TaskId{"t_1"}, .status = "completed", .result = "a poem"};
    EXPECT_EQ(said<Start>(guide::start_frame({.task = TaskId{"t_1"}})).task_id, "t_1");
    EXPECT_EQ(said<Token>(guide::token_frames("a", 2).front()).text, "a");
    EXPECT_EQ(said<task::Progress>(guide::progress_frame({.message = "m", .percent = 5, .step = "s"})).step,
              "s");
    (void)said<Keepalive>(guide::keepalive_frame({}));
    EXPECT_EQ(said<Outcome>(guide::result_frame(outcome)).value, (json::object{{"text", "a poem"}}));
    EXPECT_EQ(said<Complete>(guide::complete_frame(outcome)).status, "completed");
    EXPECT_EQ(said<Fault>(guide::error_frame(Code::Timeout, "late", {})).code, "TIMEOUT");
    outcome.result = json::string(std::string(100'000, 'x'));
    const auto large = said<Outcome>(guide::result_frame(outcome));
    EXPECT_TRUE(large.is_truncated);
    EXPECT_EQ(large.url, guide::result_url(TaskId{"t_1"}));
}

TEST(Said, TwoEventsWithoutABlankLineBetweenThemAreTwo) {
    const auto both = parse_message("{\"type\":\"error\",\"message\":\"x\"}\n[DONE]");
    ASSERT_TRUE(both);
    EXPECT_EQ(both->size(), 2U);
    const auto one = parse_message("{\"type\":\"error\",\n\"message\":\"x\"}");
    ASSERT_TRUE(one) << "one event over two lines is one";
    EXPECT_EQ(one->size(), 1U);
}

TEST(Said, AResultIsAStringOrAnObject) {
    EXPECT_EQ(normal_result("a"), json::value("a"));
    EXPECT_EQ(normal_result(nullptr), json::value(""));
    EXPECT_EQ(normal_result(json::array{1, 2}), (json::object{{"value", json::array{1, 2}}}));
}

}  // namespace
}  // namespace meshai::agents::dialect
