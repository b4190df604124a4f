// What a remote mesh can do wrong, and the one ending each of it leads to.
#include <gtest/gtest.h>

#include "agents/mesh/adapter.h"
#include "agents/testing/rude.h"

namespace meshai::agents {
namespace {

using Lines = std::vector<std::string>;

const std::string kJson = "application/json";

// A frame as MeshAI writes it.
std::string frame(int id, std::string_view type, std::string_view rest) {
    return fmt::format("event: {0}\nid: {1}\ndata: {{\"type\":\"{0}\"{2}}}\n\n", type, id, rest);
}

const std::string kStart = frame(1, "start", R"(,"message":"Starting task execution","task_id":"t_remote")");
const std::string kHalf = frame(4, "progress", R"(,"message":"half","progress":50)");
const std::string kToken = frame(5, "token", R"(,"text":"a poem")");
const std::string kResult = frame(6, "result", R"(,"data":{"text":"a poem"},"progress":100)");

const Rude kRude[] = {
    {"SendsAnEndlessLine", stream(kStart + "data: " + std::string(300'000, 'x')), Then::Hang,
     Code::AgentProtocol, false, "more than 64 KiB"},
    {"SendsInvalidUtf8", stream(kStart + "data: {\"type\":\"token\",\"text\":\"\xff\"}\n\n"), Then::Close,
     Code::AgentProtocol, false, "not JSON"},
    {"SendsTheWrongType", stream(kStart + "data: {\"type\":\"token\",\"text\":1}\n\n"), Then::Close,
     Code::AgentProtocol, false, "wrong type"},
    {"AnswersWithADocument", answer(201, kJson, R"({"task_id":"t_2"})"), Then::Close, Code::AgentProtocol,
     false, "instead of an event stream"},
    {"Answers302", answer(302, kJson, "", "Location: /x\r\n"), Then::Close, Code::AgentProtocol, false,
     "redirect"},
    {"Answers401", answer(401, kJson, R"({"detail":"s3cret"})"), Then::Close, Code::AgentFailed, false,
     "credentials"},
    {"Answers409", answer(409, kJson, R"({"detail":"other arguments"})"), Then::Close, Code::AgentFailed,
     false, "other arguments"},
    {"Answers429", answer(429, kJson, R"({"detail":"slow down"})"), Then::Close, Code::AgentFailed, true,
     "slow down"},
    {"RanOutOfTime", stream(kStart + frame(2, "error", R"(,"message":"late","code":"TIMEOUT")")), Then::Close,
     Code::Timeout, false, "late"},
};

class RudeMeshAgent : public ::testing::TestWithParam<Rude> {};

TEST_P(RudeMeshAgent, LeadsToOneEndingWithAStableCode) {
    expect_one_ending(Kind::Mesh, GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, RudeMeshAgent, ::testing::ValuesIn(kRude),
                         [](const auto& row) { return row.param.name; });

// However the first stream breaks, the second one completes it: nothing is lost and nothing comes twice.
TEST(MeshAgent, CutAnywhereAndTakenUpAgainGivesTheSameEvents) {
    const std::vector<std::string> frames = {kStart, kHalf, kToken, kResult};
    const auto bytes = stream(kStart + kHalf + kToken + kResult);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        Stage stage(Kind::Mesh);
        stage.peer.replies(bytes.substr(0, cut), Then::Reset);
        // What a MeshAI would send from behind the last whole event.
        std::size_t seen = 0;
        auto end = bytes.find("\r\n\r\n") + 4;
        while (seen < frames.size() && end + frames[seen].size() <= cut) end += frames[seen++].size();
        std::string rest;
        for (auto i = seen; i < frames.size(); ++i) rest += frames[i];
        stage.peer.replies(stream(rest));
        ASSERT_EQ(line_of(stage.run()), "result a poem") << "cut at byte " << cut;
        ASSERT_EQ(stage.sink.lines, (Lines{"progress 50% half", "output a poem"})) << "cut at byte " << cut;
    }
}

TEST(MeshAgent, WithTwoEndingsMeansTheFirst) {
    Stage stage(Kind::Mesh);
    stage.peer.replies(stream(kStart + kResult + frame(7, "error", R"(,"message":"late")")));
    EXPECT_EQ(line_of(stage.run()), "result a poem");
}

TEST(MeshAgent, ThatHangsForEverIsGivenUp) {
    Stage stage(Kind::Mesh);
    stage.peer.replies(stream(kStart), Then::Hang);
    const auto ending = stage.run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().error.code, Code::Timeout);
    EXPECT_TRUE(ending.error().is_transient);
    EXPECT_EQ(stage.peer.requests().size(), 1U + mesh::kResumesMax);
}

}  // namespace
}  // namespace meshai::agents
