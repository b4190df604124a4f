#include "wire/meshai/frames.h"

#include <gtest/gtest.h>

namespace meshai::wire::guide {
namespace {

const WallTime kNoon = wall_of(1'737'028'800'000);  // 2025-01-16T12:00:00Z
const TaskId kTask{"t_1"};

Outcome completed(json::value result) {
    Outcome outcome;
    outcome.task = kTask;
    outcome.status = "completed";
    outcome.result = std::move(result);
    outcome.agent = "a_writer";
    outcome.duration_ms = 5234;
    return outcome;
}

TEST(Frames, AreTheGuidesEventsWordForWord) {
    EXPECT_EQ(
        start_frame({kTask, kNoon}),
        R"({"type":"start","message":"Starting task execution","timestamp":"2025-01-16T12:00:00Z","task_id":"t_1"})");
    EXPECT_EQ(keepalive_frame(kNoon), R"({"type":"keepalive","timestamp":"2025-01-16T12:00:00Z"})");
    EXPECT_EQ(complete_frame(completed("x")),
              R"({"type":"complete","status":"completed","duration_ms":5234})");
    EXPECT_EQ(result_frame(completed(json::object{{"analysis", "fine"}})),
              R"({"type":"result","data":{"analysis":"fine"},"progress":100})");
    EXPECT_EQ(
        error_frame(Code::ResourceExhausted, "Task failed: Insufficient resources", {}),
        R"({"type":"error","message":"Task failed: Insufficient resources","code":"RESOURCE_ERROR","details":{}})");
}

TEST(Frames, ProgressNamesItsStepAndItsAgent) {
    Progress progress{"Processing step 3 of 5", 60, "data_analysis", "analytics-agent-01", {}, kNoon};
    EXPECT_EQ(
        progress_frame(progress),
        R"({"type":"progress","message":"Processing step 3 of 5","progress":60,"details":{"current_step":"data_analysis","agent":"analytics-agent-01"},"timestamp":"2025-01-16T12:00:00Z"})");
    progress.step.clear();
    progress.agent.clear();
    progress.percent = 62.5;
    const auto bare = json::parse(progress_frame(progress)).as_object();
    EXPECT_EQ(bare.at("progress").as_double(), 62.5);
    EXPECT_FALSE(bare.contains("details"));
}

TEST(Frames, AQuestionSaysWhatItAsksAndWhereItIsAnswered) {
    const json::value question{
        {"method", "elicitation/create"},
        {"params", {{"message", "Delete it?"}, {"requestedSchema", {{"type", "object"}}}}}};
    Asked asked{kTask, "confirm", question, kNoon, "https://mesh.example/approve/x", kNoon};
    EXPECT_EQ(
        input_required_frame(asked),
        R"({"type":"input_required","message":"Delete it?","task_id":"t_1","key":"confirm","question":{"method":"elicitation/create","params":{"message":"Delete it?","requestedSchema":{"type":"object"}}},"expires_at":"2025-01-16T12:00:00.000Z","answer_url":"/api/v1/tasks/t_1/input","link":"https://mesh.example/approve/x","timestamp":"2025-01-16T12:00:00Z"})");
    EXPECT_EQ(
        input_required_frame({kTask, "confirm", "Delete it?", {}, {}, kNoon}),
        R"({"type":"input_required","message":"Delete it?","task_id":"t_1","key":"confirm","question":"Delete it?","expires_at":null,"answer_url":"/api/v1/tasks/t_1/input","timestamp":"2025-01-16T12:00:00Z"})");
    EXPECT_EQ(
        input_given_frame({"confirm", "alice", kNoon}),
        R"({"type":"input_given","message":"The task has its answer","key":"confirm","by":"alice","timestamp":"2025-01-16T12:00:00Z"})");
    EXPECT_EQ(
        input_given_frame({"confirm", "expired", kNoon}),
        R"({"type":"input_given","message":"Nobody answered in time","key":"confirm","by":"expired","timestamp":"2025-01-16T12:00:00Z"})");
}

TEST(Frames, ATextResultBecomesAnObject) {
    EXPECT_EQ(result_frame(completed("a poem")),
              R"({"type":"result","data":{"text":"a poem"},"progress":100})");
}

TEST(Frames, TheFinalResultServesTheGuideAndMcp) {
    EXPECT_EQ(
        json::serialize(tool_result(completed("a poem"))),
        R"({"content":[{"type":"text","text":"a poem"}],"structuredContent":{"task_id":"t_1","status":"completed","data":{"text":"a poem"},"agent_id":"a_writer","duration_ms":5234},"status":"completed"})");
}

TEST(Frames, AFailedTaskIsAToolErrorAndNoProtocolError) {
    auto outcome = completed(nullptr);
    outcome.status = "failed";
    outcome.code = Code::Timeout;
    outcome.message = "The task took too long.";
    const auto result = tool_result(outcome);
    EXPECT_TRUE(result.at("isError").as_bool());
    EXPECT_EQ(result.at("structuredContent").at("error").at("code").as_string(), "TIMEOUT");
    EXPECT_EQ(result.at("content").at(0).at("text").as_string(), "TIMEOUT: The task took too long.");
}

TEST(Frames, AResultOfOneMebibyteIsNamedCutAndFetchable) {
    const std::string poem(1U << 20U, 'p');
    const auto frame = json::parse(result_frame(completed(json::value(poem))));
    const auto& data = frame.at("data");
    EXPECT_TRUE(data.at("truncated").as_bool());
    EXPECT_EQ(data.at("result_url").as_string(), "/api/v1/tasks/t_1/result");
    EXPECT_GT(data.at("bytes").to_number<std::size_t>(), poem.size());
    EXPECT_TRUE(data.at("preview").as_string().starts_with("ppp"));
}

TEST(Frames, TheTokensOfALongPieceJoinToThePiece) {
    std::string text;
    for (int i = 0; i < 40'000; ++i) text += "é\"";
    std::string joined;
    const auto frames = token_frames(text, 1);
    EXPECT_GT(frames.size(), 1U);
    for (const auto& frame : frames) joined += json::parse(frame).at("text").as_string();
    EXPECT_EQ(joined, text);
}

TEST(Frames, AnEmptyTokenIsStillOneFrame) {
    EXPECT_EQ(token_frames("", 2).size(), 1U);
}

// What an agent can do at the worst, in every frame that carries its words.
TEST(Frames, NoFrameIsEverOverTheBound) {
    const std::string kNasty[] = {std::string(300'000, '\x01'), std::string(300'000, '"'),
                                  std::string(300'000, '\xff'), std::string(300'000, 'x')};
    for (const auto& text : kNasty) {
        json::object details{{"note", valid_utf8(text)}};
        EXPECT_LE(progress_frame({text, 1, text, text, details, kNoon}).size(), kFrameBytesMax);
        EXPECT_LE(error_frame(Code::Internal, text, details).size(), kFrameBytesMax);
        EXPECT_LE(input_required_frame({kTask, text, details, kNoon, text, kNoon}).size(), kFrameBytesMax);
        EXPECT_LE(input_given_frame({text, text, kNoon}).size(), kFrameBytesMax);
        for (const auto& frame : token_frames(text, 9)) EXPECT_LE(frame.size(), kFrameBytesMax);

        for (std::size_t bytes = 1; bytes < text.size(); bytes = bytes * 3 / 2 + 1) {
            const auto part = valid_utf8(text.substr(0, bytes));
            for (const json::value& result : {json::value(part), json::value(json::object{{part, part}})}) {
                auto outcome = completed(result);
                EXPECT_LE(result_frame(outcome).size(), kFrameBytesMax);
                EXPECT_LE(json::serialize(tool_result(outcome)).size(), kFrameBytesMax - (7U << 10U));
                outcome.status = "failed";
                outcome.message = part;
                outcome.details = details;
                EXPECT_LE(json::serialize(tool_result(outcome)).size(), kFrameBytesMax - (7U << 10U));
            }
        }
    }
}

}  // namespace
}  // namespace meshai::wire::guide
