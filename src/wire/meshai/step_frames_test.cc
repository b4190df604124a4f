#include "wire/meshai/step_frames.h"

#include <gtest/gtest.h>

#include "wire/meshai/frames.h"

namespace meshai::wire::guide {
namespace {

TEST(StepFrame, SaysWhichStepWhoDoesItAndHowFarTheWholeIs) {
    Step step{"review/draft", "completed", "Step review/draft is done", "agent", "writer", TaskId{"t_1"}};
    step.percent = 50;
    step.result = "a draft";
    step.at = wall_of(1'737'028'800'000);
    EXPECT_EQ(
        step_frame(step),
        R"({"type":"step","step":"review/draft","state":"completed","message":"Step review/draft is done",)"
        R"("kind":"agent","agent":"writer","task_id":"t_1","attempt":1,"progress":50,"result":"a draft",)"
        R"("timestamp":"2025-01-16T12:00:00Z"})");
}

TEST(AgentMessageFrame, SaysWhoSaysWhatToWhom) {
    Message message{"writer", "critic", "question", "draft", "Is it good?", wall_of(1'737'028'800'000)};
    EXPECT_EQ(agent_message_frame(message),
              R"({"type":"agent_message","from":"writer","to":"critic","kind":"question","step":"draft",)"
              R"("content":"Is it good?","timestamp":"2025-01-16T12:00:00Z"})");
}

TEST(StepTokens, NameTheirStep) {
    EXPECT_EQ(step_token_frames("draft", "Roses", 1),
              std::vector<std::string>{R"({"type":"token","text":"Roses","step":"draft"})"});
}

TEST(StepFrames, AreNeverLargerThanAFrameWhateverStandsInThem) {
    const std::string nasty(300'000, '\x01');
    Step step{nasty, nasty, nasty, nasty, nasty, TaskId{nasty}};
    step.error = step.reason = nasty;
    step.result = json::string(nasty);
    EXPECT_LE(step_frame(step).size(), kFrameBytesMax);
    EXPECT_LE(agent_message_frame({nasty, nasty, nasty, nasty, json::string(nasty)}).size(), kFrameBytesMax);
    for (const auto& frame : step_token_frames(nasty, nasty, 2)) EXPECT_LE(frame.size(), kFrameBytesMax);
}

}  // namespace
}  // namespace meshai::wire::guide
