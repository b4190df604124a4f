#include "agents/openai/adapter.h"

#include <gtest/gtest.h>

#include "agents/openai/ask.h"
#include "agents/testing/rude.h"

namespace meshai::agents {
namespace {

using Lines = std::vector<std::string>;

const std::string kJson = "application/json";

std::string chunk(std::string_view delta, std::string_view finish = "null") {
    return fmt::format(
        "data: {{\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":0,\"delta\":{},"
        "\"finish_reason\":{}}}]}}\n\n",
        delta, finish);
}

std::string says(std::string_view text) {
    return chunk(fmt::format("{{\"content\":\"{}\"}}", text));
}

const std::string kStop = chunk("{}", "\"stop\"");
const std::string kUsage =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}}\n\n";
const std::string kDone = "data: [DONE]\n\n";

TEST(OpenAiAgent, IsAskedForAStream) {
    Stage stage(Kind::OpenAi);
    stage.spec.url = "http://agent.example/v1/";
    stage.spec.model = "small";
    stage.spec.api_key = Secret("s3cret");
    stage.spec.instructions = "Rhyme.";
    stage.call.request.instructions = json::object{{"constraints", json::array{"two lines"}}};
    stage.call.request.context = json::object{{"topic", "sea"}};
    stage.call.request.parameters = json::object{{"temperature", 0.5}, {"shell", "sh"}};
    stage.peer.replies(stream(says("a poem") + kStop + kDone));
    EXPECT_EQ(line_of(stage.run()), "result a poem");
    EXPECT_EQ(stage.peer.first_line(0), "POST /v1/chat/completions HTTP/1.1");
    EXPECT_TRUE(stage.peer.has_header(0, "Authorization: Bearer s3cret"));
    EXPECT_EQ(parse_json(stage.peer.body(0)).value(),
              parse_json(R"({"model":"small","messages":[
        {"role":"system","content":"Rhyme.\n\nFor this task the following applies, and overrides what is said above:\n)"
                         R"(Constraints:\n- two lines\n\n)"
                         R"(Context of the task (JSON):\n{\"topic\":\"sea\"}"},
        {"role":"user","content":"Write a poem"}],"stream":true,"stream_options":{"include_usage":true},
        "temperature":0.5})")
                  .value());
}

TEST(OpenAiAgent, IsToldTheInputWhateverItsShape) {
    const auto user = [](std::string_view input) {
        task::Request request;
        request.input = parse_json(input).value();
        return to_text(openai::completion_request(Spec{}, request).at("messages"));
    };
    EXPECT_EQ(user(R"("hi")"), R"([{"role":"user","content":"hi"}])");
    EXPECT_EQ(user(R"({"prompt":"hi"})"), R"([{"role":"user","content":"hi"}])");
    EXPECT_EQ(user(R"({"text":"hi","n":2})"), R"([{"role":"user","content":"hi\n\n{\"n\":2}"}])");
    EXPECT_EQ(user(R"({"rows":[1]})"), R"([{"role":"user","content":"{\"rows\":[1]}"}])");
    EXPECT_EQ(user(R"({"messages":[{"role":"assistant","content":"a"},{"role":"user","content":"b"}]})"),
              R"([{"role":"assistant","content":"a"},{"role":"user","content":"b"}])");
    EXPECT_EQ(user(R"({"messages":["a"]})"), R"([{"role":"user","content":"{\"messages\":[\"a\"]}"}])");
}

TEST(OpenAiAgent, PassesItsTextOnAsItComes) {
    Stage stage(Kind::OpenAi);
    stage.spec.cost = {.per_1k_input_tokens = 1000, .per_1k_output_tokens = 2000};
    stage.peer.replies(
        Reply{{{stream(chunk(R"({"role":"assistant","content":""})") + says("a ") + says("po"))},
               {says("em"), 1s},
               {kStop + kUsage + kDone, 1s}}});
    stage.begin();
    EXPECT_EQ(stage.sink.lines, Lines{"output a po"});
    stage.loop.passes(1s);
    EXPECT_EQ(stage.sink.lines, (Lines{"output a po", "output em"}));
    stage.loop.passes(1s);
    ASSERT_TRUE(stage.ending());
    const auto& ending = *stage.ending();
    EXPECT_EQ(line_of(ending), "result a poem");
    EXPECT_EQ(ending->usage, (task::Usage{.input_tokens = 9, .output_tokens = 3, .cost = 15}));
}

TEST(OpenAiAgent, ThatDoesNotStreamIsUnderstood) {
    Stage stage(Kind::OpenAi);
    stage.peer.replies(answer(200, kJson, R"({"object":"chat.completion","choices":[{"index":0,
        "message":{"role":"assistant","content":"a poem"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":1,"completion_tokens":2}})"));
    const auto ending = stage.run();
    EXPECT_EQ(line_of(ending), "result a poem");
    EXPECT_EQ(ending->usage.output_tokens, 2);
    EXPECT_EQ(stage.sink.lines, Lines{"output a poem"});
}

TEST(OpenAiAgent, MayForgetToSayDone) {
    Stage stage(Kind::OpenAi);
    stage.peer.replies(stream(says("a poem") + kStop));
    EXPECT_EQ(line_of(stage.run()), "result a poem");
}

TEST(OpenAiAgent, ThinksAloudWithoutThatBecomingItsAnswer) {
    Stage stage(Kind::OpenAi);
    const auto thinks = chunk(R"({"reasoning_content":"hm"})");
    stage.peer.replies(Reply{{{stream(thinks + thinks)}, {thinks, 1s}, {says("yes") + kStop + kDone, 1s}}});
    EXPECT_EQ(line_of(stage.run()), "result yes");
    EXPECT_EQ(stage.sink.lines, (Lines{"progress [thinking] The model is thinking.", "alive", "output yes"}));
}

TEST(OpenAiAgent, ThatWasCutShortSaysSo) {
    Stage stage(Kind::OpenAi);
    stage.peer.replies(stream(says("a po") + chunk("{}", "\"length\"") + kDone));
    EXPECT_EQ(line_of(stage.run()), "result a po");
    EXPECT_EQ(stage.sink.lines.back(), "progress The model reached its length limit; the answer is cut.");
}

TEST(OpenAiAgent, LongTextComesInPiecesTheLogTakes) {
    Stage stage(Kind::OpenAi);
    std::string euros;
    for (int i = 0; i < 30'000; ++i) euros += "\xe2\x82\xac";
    stage.peer.replies(stream(says(euros) + kStop + kDone));
    EXPECT_EQ(line_of(stage.run()), "result " + euros);
    EXPECT_EQ(stage.sink.lines.size(), euros.size() / task::kOutputPieceBytesMax + 1);
    EXPECT_EQ(stage.sink.text, euros);
}

TEST(OpenAiAgent, IsProbedAtItsModels) {
    Stage stage(Kind::OpenAi);
    stage.spec.url = "http://agent.example/v1";
    stage.peer.replies(answer(200, kJson, R"({"data":[]})"));
    stage.peer.replies(answer(401, kJson, "{}"));
    EXPECT_TRUE(stage.probe());
    EXPECT_FALSE(stage.probe());
    EXPECT_EQ(stage.peer.first_line(0), "GET /v1/models HTTP/1.1");
}

TEST(OpenAiAgent, LosesItsConnectionWhenTheRunIsCancelled) {
    Stage stage(Kind::OpenAi);
    stage.peer.replies(stream(says("a")), Then::Hang);
    stage.begin();
    stage.cancel();
    ASSERT_TRUE(stage.ending());
    EXPECT_EQ((*stage.ending()).error().error.code, Code::Cancelled);
    EXPECT_EQ(stage.peer.left_alone(), 1);
}

const Rude kRude[] = {
    {"HangsAtOnce", "", Then::Hang, Code::Timeout, true, "went silent"},
    {"HangsInTheStream", stream(says("a")), Then::Hang, Code::Timeout, true, "went silent"},
    {"DiesInTheMiddle", stream(says("a")), Then::Close, Code::AgentProtocol, true, "before the completion"},
    {"ResetsInTheMiddle", stream(says("a")), Then::Reset, Code::AgentProtocol, true, "stopped"},
    {"DiesWithHalfAChunk", stream("data: {\"choi"), Then::Close, Code::AgentProtocol, true, "in the middle"},
    {"SaysNothing", stream(""), Then::Close, Code::AgentProtocol, true, "before the completion"},
    {"SaysOnlyDoneInADocument", answer(200, kJson, "{\"usage\":{}}"), Then::Close, Code::AgentProtocol, false,
     "without a completion"},
    {"SendsAnEndlessLine", stream("data: " + std::string(300'000, 'x')), Then::Hang, Code::AgentProtocol,
     false, "more than 64 KiB"},
    {"SendsInvalidUtf8", stream("data: {\"choices\":[{\"delta\":{\"content\":\"\xff\"}}]}\n\n"), Then::Close,
     Code::AgentProtocol, false, "not JSON"},
    {"SendsAList", stream("data: []\n\n"), Then::Close, Code::AgentProtocol, false, "not a JSON object"},
    {"SendsContentThatIsANumber", stream(chunk("{\"content\":1}")), Then::Close, Code::AgentProtocol, false,
     "content"},
    {"SendsChoicesThatAreAText", stream("data: {\"choices\":\"x\"}\n\n"), Then::Close, Code::AgentProtocol,
     false, "choices"},
    {"IsNoModel", answer(200, kJson, R"({"hello":"world"})"), Then::Close, Code::AgentProtocol, false,
     "no chat completion"},
    {"AnswersWithAPage", answer(200, "text/html", "<h1>hi</h1>"), Then::Close, Code::AgentProtocol, false,
     "text/html"},
    {"FailsInTheMiddle", stream(says("a") + "data: {\"error\":{\"message\":\"out of memory\"}}\n\n"),
     Then::Close, Code::AgentFailed, false, "out of memory"},
    {"FiltersEverything", stream(chunk("{}", "\"content_filter\"") + kDone), Then::Close, Code::AgentFailed,
     false, "content filter"},
    {"WantsATool", stream(chunk("{\"tool_calls\":[]}", "\"tool_calls\"") + kDone), Then::Close,
     Code::AgentProtocol, false, "tool"},
    {"Answers302", answer(302, "text/plain", "", "Location: https://x.example/\r\n"), Then::Close,
     Code::AgentProtocol, false, "redirect"},
    {"Answers400", answer(400, kJson, R"({"error":{"message":"context too long","code":400}})"), Then::Close,
     Code::AgentFailed, false, "context too long"},
    {"Answers401AndPrintsTheKey", answer(401, kJson, R"({"error":{"message":"Incorrect API key: s3cret"}})"),
     Then::Close, Code::AgentFailed, false, "refused our credentials"},
    {"Answers404InFastApi", answer(404, kJson, R"({"detail":"Not Found"})"), Then::Close, Code::AgentFailed,
     false, "Not Found"},
    {"Answers429", answer(429, kJson, R"({"error":{"message":"Rate limit","code":"rate_limit_exceeded"}})"),
     Then::Close, Code::AgentFailed, true, "Rate limit"},
    {"Answers429ForGood", answer(429, kJson, R"({"error":{"message":"Pay","code":"insufficient_quota"}})"),
     Then::Close, Code::AgentFailed, false, "Pay"},
    {"Answers500InPlainText", answer(500, "text/plain", "boom"), Then::Close, Code::AgentFailed, true,
     "boom"},
    {"Answers503", answer(503, kJson, R"({"error":{"message":"Loading model"}})"), Then::Close,
     Code::AgentFailed, true, "Loading model"},
};

class RudeOpenAiAgent : public ::testing::TestWithParam<Rude> {};

TEST_P(RudeOpenAiAgent, LeadsToOneEndingWithAStableCode) {
    expect_one_ending(Kind::OpenAi, GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, RudeOpenAiAgent, ::testing::ValuesIn(kRude),
                         [](const auto& row) { return row.param.name; });

TEST(OpenAiAgent, WithTwoEndingsMeansTheFirst) {
    Stage stage(Kind::OpenAi);
    stage.peer.replies(stream(says("a poem") + kStop + kDone + says(" and more") + kStop + kDone));
    EXPECT_EQ(line_of(stage.run()), "result a poem");
    EXPECT_EQ(stage.sink.text, "a poem");
}

TEST(OpenAiAgent, ThatWritesWithoutEndIsStopped) {
    Stage stage(Kind::OpenAi);
    stage.limits.output_bytes = 10;
    stage.peer.replies(stream(says("aaaaaaa") + says("bbbbbbb")), Then::Hang);
    const auto ending = stage.run();
    EXPECT_EQ(ending.error().error.code, Code::TooLarge);
    EXPECT_FALSE(ending.error().is_transient);
}

TEST(OpenAiAgent, CutAnywhereGivesItsAnswerOrOneFailure) {
    const auto bytes = stream(says("a ") + says("poem") + kStop + kUsage + kDone);
    int answers = 0;
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        for (const auto then : {Then::Close, Then::Reset, Then::Hang}) {
            Stage stage(Kind::OpenAi);
            stage.peer.replies(bytes.substr(0, cut), then);
            const auto ending = stage.run();
            if (ending) {
                ASSERT_EQ(line_of(ending), "result a poem") << "cut at byte " << cut;
                ++answers;
            } else {
                ASSERT_TRUE(ending.error().is_transient) << ending.error().error.message << cut;
            }
        }
    }
    EXPECT_GT(answers, 0);
}

}  // namespace
}  // namespace meshai::agents
