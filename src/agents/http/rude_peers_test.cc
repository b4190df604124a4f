// What an `/execute` agent can do wrong, and the one ending each of it leads to.
#include <gtest/gtest.h>

#include "agents/testing/rude.h"

namespace meshai::agents {
namespace {

const std::string kJson = "application/json";

std::string events(std::string_view data) {
    return stream("data: " + std::string(data) + "\n\n");
}

const Rude kRude[] = {
    {"HangsAtOnce", "", Then::Hang, Code::Timeout, true, "went silent"},
    {"HangsInTheHead", "HTTP/1.1 200 OK\r\nCont", Then::Hang, Code::Timeout, true, "went silent"},
    {"HangsInTheStream", stream("data: {\"type\":"), Then::Hang, Code::Timeout, true, "went silent"},
    {"ClosesAtOnce", "", Then::Close, Code::AgentProtocol, true, "broke"},
    {"ResetsInTheBody", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
     Then::Reset, Code::AgentProtocol, true, "broke"},
    {"SpeaksNoHttp", "220 mail.example ESMTP\r\n", Then::Close, Code::AgentProtocol, true, "broke"},
    {"DiesWithHalfAFrame", stream("data: {\"type\":\"progress\",\"mess"), Then::Close, Code::AgentProtocol,
     true, "in the middle of a message"},
    {"StopsWithoutAnEnding", events(R"({"type":"progress","message":"x"})"), Then::Close, Code::AgentProtocol,
     true, "without a result or an error"},
    {"SaysNothingInAStream", stream(""), Then::Close, Code::AgentProtocol, true, "without a result"},
    {"SaysOnlyDone", events("[DONE]"), Then::Close, Code::AgentProtocol, false, "[DONE]"},
    {"SaysOnlyComplete", events(R"({"type":"complete","status":"completed"})"), Then::Close,
     Code::AgentProtocol, false, "complete"},
    {"CompletesAsFailed", events(R"({"type":"complete","status":"failed"})"), Then::Close, Code::AgentFailed,
     false, "failed"},
    {"SendsAnEndlessLine", stream("data: " + std::string(300'000, 'x')), Then::Hang, Code::AgentProtocol,
     false, "more than 64 KiB"},
    {"SendsInvalidUtf8InAnEvent", events("{\"type\":\"token\",\"text\":\"\xff\"}"), Then::Close,
     Code::AgentProtocol, false, "not JSON"},
    {"SendsAnEventThatIsAList", events("[1]"), Then::Close, Code::AgentProtocol, false, "not a JSON object"},
    {"SendsAnEventWithoutType", events("{}"), Then::Close, Code::AgentProtocol, false, "type"},
    {"SendsATypeThatIsANumber", events(R"({"type":1})"), Then::Close, Code::AgentProtocol, false, "type"},
    {"SendsAPercentageAsText", events(R"({"type":"progress","progress":"50"})"), Then::Close,
     Code::AgentProtocol, false, "wrong type"},
    {"SendsAResultWithoutData", events(R"({"type":"result"})"), Then::Close, Code::AgentProtocol, false,
     "data"},
    {"SendsAnErrorWithoutCode", events(R"({"type":"error","message":"out of ink"})"), Then::Close,
     Code::AgentFailed, false, "out of ink"},
    {"SendsAnErrorWithoutAnything", events(R"({"type":"error"})"), Then::Close, Code::AgentFailed, false,
     "did not say why"},
    {"SaysThatItsResourcesAreOver", events(R"({"type":"error","message":"full","code":"RESOURCE_ERROR"})"),
     Then::Close, Code::ResourceExhausted, false, "full"},
    {"AnswersWithAJsonRpcError", events(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"no"}})"),
     Then::Close, Code::AgentFailed, false, "no"},
    {"AnswersWithAPage", answer(200, "text/html", "<h1>hi</h1>"), Then::Close, Code::AgentProtocol, false,
     "text/html"},
    {"AnswersWithHalfAJson", answer(200, kJson, R"({"status":"comp)"), Then::Close, Code::AgentProtocol,
     false, "not JSON"},
    {"AnswersWithAList", answer(200, kJson, "[]"), Then::Close, Code::AgentProtocol, false, "not an object"},
    {"AnswersWithNothing", answer(200, kJson, ""), Then::Close, Code::AgentProtocol, false, "empty"},
    {"AnswersWithoutAResult", answer(200, kJson, R"({"status":"completed"})"), Then::Close,
     Code::AgentProtocol, false, "result"},
    {"AnswersWithInvalidUtf8", answer(200, kJson, "{\"result\":\"\xc3\x28\"}"), Then::Close,
     Code::AgentProtocol, false, "not JSON"},
    {"AnswersWithAStatusThatIsANumber", answer(200, kJson, R"({"status":1,"result":"x"})"), Then::Close,
     Code::AgentProtocol, false, "status"},
    {"AnswersThatItFailed", answer(200, kJson, R"({"status":"failed","error":"no ink"})"), Then::Close,
     Code::AgentFailed, false, "no ink"},
    {"Answers302", answer(302, "text/plain", "", "Location: http://127.0.0.1/\r\n"), Then::Close,
     Code::AgentProtocol, false, "redirect"},
    {"Answers400", answer(400, kJson, R"({"error":{"message":"bad payload"}})"), Then::Close,
     Code::AgentFailed, false, "bad payload"},
    {"Answers401AndPrintsTheKey", answer(401, kJson, R"({"detail":"bad key s3cret"})"), Then::Close,
     Code::AgentFailed, false, "refused our credentials"},
    {"Answers403", answer(403, "text/plain", "s3cret"), Then::Close, Code::AgentFailed, false, "credentials"},
    {"Answers404", answer(404, "text/plain", "not found"), Then::Close, Code::AgentFailed, false, "404"},
    {"Answers408", answer(408, kJson, R"({"detail":"Task execution timed out"})"), Then::Close, Code::Timeout,
     false, "timed out"},
    {"Answers422", answer(422, kJson, R"({"detail":[{"loc":["body","payload"],"msg":"field required"}]})"),
     Then::Close, Code::AgentFailed, false, "field required"},
    {"Answers429", answer(429, "text/plain", "slow down", "Retry-After: 7\r\n"), Then::Close,
     Code::AgentFailed, true, "slow down"},
    {"Answers500AndPrintsTheKey", answer(500, kJson, R"({"detail":"boom with s3cret"})"), Then::Close,
     Code::AgentFailed, true, "boom with ***"},
    {"Answers501", answer(501, "text/plain", ""), Then::Close, Code::AgentFailed, false, "501"},
    {"Answers503", answer(503, "text/html", "<h1>down</h1>"), Then::Close, Code::AgentFailed, true, "503"},
    {"AnswersWithMoreThanAnyoneTakes",
     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n{", Then::Hang,
     Code::TooLarge, false, "larger"},
};

class RudeHttpAgent : public ::testing::TestWithParam<Rude> {};

TEST_P(RudeHttpAgent, LeadsToOneEndingWithAStableCode) {
    expect_one_ending(Kind::Http, GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, RudeHttpAgent, ::testing::ValuesIn(kRude),
                         [](const auto& row) { return row.param.name; });

TEST(HttpAgent, ThatIsNotThereHasSeenNothing) {
    Stage stage(Kind::Http);
    stage.network.set_faults({"agent.example", 80}, {.is_refused = true});
    const auto refused = stage.run();
    EXPECT_EQ(line_of(refused), "AGENT_UNAVAILABLE: Agent \"writer\" could not be reached.");
    EXPECT_FALSE(refused.error().was_sent);
    EXPECT_TRUE(refused.error().is_transient);
    stage.network.set_faults({"agent.example", 80}, {.is_lost = true});
    const auto lost = stage.run();
    EXPECT_EQ(lost.error().error.code, Code::AgentUnavailable);
    EXPECT_FALSE(lost.error().was_sent);
}

TEST(HttpAgent, SaysWhenItWantsToBeCalledAgain) {
    Stage stage(Kind::Http);
    stage.peer.replies(answer(429, "text/plain", "", "Retry-After: 7\r\n"));
    stage.peer.replies(answer(503, "text/plain", "", "Retry-After: Thu, 16 Jan 2025 12:01:00 GMT\r\n"));
    stage.peer.replies(answer(503, "text/plain", "", "Retry-After: soon\r\n"));
    EXPECT_EQ(stage.run().error().retry_after, Millis{7000});
    EXPECT_EQ(stage.run().error().retry_after, Millis{60'000});
    EXPECT_EQ(stage.run().error().retry_after, std::nullopt);
}

TEST(HttpAgent, WithTwoEndingsMeansTheFirst) {
    Stage stage(Kind::Http);
    stage.peer.replies(
        stream("data: {\"type\":\"result\",\"data\":\"one\"}\n\n"
               "data: {\"type\":\"error\",\"message\":\"two\"}\n\ndata: [DONE]\n\n"));
    stage.peer.replies(
        stream("data: {\"type\":\"error\",\"message\":\"one\"}\n\n"
               "data: {\"type\":\"result\",\"data\":\"two\"}\n\n"
               "data: {\"type\":\"token\",\"text\":\"late\"}\n\n"));
    EXPECT_EQ(line_of(stage.run()), "result one");
    EXPECT_EQ(line_of(stage.run()), "TASK_EXECUTION_FAILED: Agent \"writer\" failed: one");
    EXPECT_EQ(stage.sink.lines, std::vector<std::string>{});
}

TEST(HttpAgent, ThatPrintsItsErrorAsTheGuidesSampleDoesIsUnderstood) {
    Stage stage(Kind::Http);
    stage.peer.replies(
        stream("data: {\"type\": \"error\", \"message\": \"Task failed\", \"code\": \"TASK_ERROR\"}\n"
               "data: [DONE]\n"));
    const auto ending = stage.run();
    EXPECT_EQ(line_of(ending), "TASK_EXECUTION_FAILED: Agent \"writer\" failed: Task failed");
    EXPECT_EQ(ending.error().details.at("agent_code"), "TASK_ERROR");
}

// The bytes of a good answer, cut everywhere: the right answer or one failure, never a hang and never a wrong
// one.
TEST(HttpAgent, CutAnywhereGivesItsAnswerOrOneFailure) {
    const std::string good[] = {
        stream("data: {\"type\":\"token\",\"text\":\"ab\"}\n\nevent: result\nid: 3\n"
               "data: {\"type\":\"result\",\"data\":\"a poem\"}\n\ndata: [DONE]\n\n"),
        answer(200, kJson, R"({"status":"completed","result":"a poem"})"),
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        "29\r\ndata: {\"type\":\"result\",\"data\":\"a poem\"}\n\n\r\n0\r\n\r\n"};
    for (const auto& bytes : good) {
        int answers = 0;
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
            for (const auto then : {Then::Close, Then::Reset, Then::Hang}) {
                Stage stage(Kind::Http);
                stage.peer.replies(bytes.substr(0, cut), then);
                const auto ending = stage.run();
                if (ending) {
                    ASSERT_EQ(line_of(ending), "result a poem") << "cut at byte " << cut;
                    ++answers;
                } else {
                    const auto code = ending.error().error.code;
                    ASSERT_TRUE(code == Code::AgentProtocol || code == Code::Timeout)
                        << code_name(code) << " when cut at byte " << cut;
                    ASSERT_TRUE(ending.error().is_transient) << ending.error().error.message << cut;
                }
            }
        }
        EXPECT_GT(answers, 0);
    }
}

TEST(HttpAgent, SaysTheSameHoweverItsBytesArrive) {
    const auto bytes = stream(
        "data: {\"type\":\"token\",\"text\":\"\xc3\xa4\xe2\x82\xac\"}\r\n\r\n"
        "data: {\"type\":\"progress\",\"message\":\"m\",\"progress\":1.5}\n\n"
        "data: {\"type\":\"result\",\"data\":{\"a\":1}}\n\n");
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        Stage stage(Kind::Http);
        stage.peer.replies(Reply{{{bytes.substr(0, cut)}, {bytes.substr(cut), 1s}}});
        ASSERT_EQ(line_of(stage.run()), R"(result {"a":1})") << "cut at byte " << cut;
        ASSERT_EQ(stage.sink.text, "\xc3\xa4\xe2\x82\xac");
        ASSERT_EQ(stage.sink.lines.back(), "progress 1.5% m");
    }
}

}  // namespace
}  // namespace meshai::agents
