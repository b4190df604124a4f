// The bridge between lines and HTTP, whatever the era: what is sent, what is
// answered, and what happens when things go wrong.
#include "cli/mcp/bridge.h"

#include <gmock/gmock.h>

#include "cli/mcp/scripted_mcp_test.h"

namespace meshai::cli::mcp {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kList = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";
constexpr const char* kCall = R"({"jsonrpc":"2.0","id":"two","method":"tools/call","params":{"name":"t"}})";
constexpr const char* kTools = R"({"jsonrpc":"2.0","id":1,"result":{"tools":[]}})";

TEST(Bridge, ARequestIsOnePostAndItsAnswerOneLine) {
    BridgeWorld world;
    world.server.on("POST tools/list",
                    {.body = "{\n  \"jsonrpc\": \"2.0\",\r\n  \"id\": 1, \"result\": {}\n}", .headers = {}});
    world.says(kList);
    EXPECT_THAT(world.heard(), ElementsAre(R"({   "jsonrpc": "2.0",    "id": 1, "result": {} })"));
    ASSERT_THAT(world.server.calls(), ElementsAre("POST tools/list"));
    const auto& asked = world.server.asked.front();
    EXPECT_EQ(asked.body, kList);
    EXPECT_EQ(asked.header("Accept"), "application/json, text/event-stream");
    EXPECT_EQ(asked.header("Content-Type"), "application/json");
    EXPECT_EQ(asked.header("Authorization"), "Bearer msk_test_key");
    EXPECT_EQ(asked.header("Mcp-Session-Id"), "(none)");
}

TEST(Bridge, NumbersAndMembersGoThroughUntouched) {
    BridgeWorld world;
    const std::string line =
        R"({"id":18446744073709551615,"jsonrpc":"2.0","method":"m","params":{"x":1.50,"y":9007199254740993}})";
    world.server.on("POST m", {.body = R"({"jsonrpc":"2.0","id":$id,"result":{"x":1.50}})", .headers = {}});
    world.says(line);
    EXPECT_EQ(world.server.asked.front().body, line);
    EXPECT_THAT(world.heard(),
                ElementsAre(R"({"jsonrpc":"2.0","id":18446744073709551615,"result":{"x":1.50}})"));
}

TEST(Bridge, EveryMessageOfAStreamIsALine) {
    BridgeWorld world;
    world.server.on(
        "POST tools/call",
        stream_answer({{"1", ""},
                       {"2", R"({"jsonrpc":"2.0","method":"notifications/progress","params":{}})"},
                       {"", "not for the client"},
                       {"3", R"({"jsonrpc":"2.0","id":"two","result":{}})"}}));
    world.says(kCall);
    world.loop.passes(kProgressLead);
    EXPECT_THAT(world.heard(), ElementsAre(HasSubstr("notifications/progress"),
                                           R"({"jsonrpc":"2.0","id":"two","result":{}})"));
    EXPECT_THAT(world.loop.log.lines(), Contains(HasSubstr("no JSON-RPC message")));
}

TEST(Bridge, AnAnswerLeavesTheProgressBeforeItAMoment) {
    BridgeWorld world;
    world.server.on("POST tools/call",
                    stream_answer({{"", R"({"jsonrpc":"2.0","method":"notifications/progress","params":{}})"},
                                   {"", R"({"jsonrpc":"2.0","id":"two","result":{}})"}}));
    world.says(kCall);
    EXPECT_THAT(world.heard(), ElementsAre(HasSubstr("notifications/progress")));
    world.loop.passes(kProgressLead);
    EXPECT_THAT(world.heard(), ElementsAre(HasSubstr("result")));
}

TEST(Bridge, ALineThatIsNoJsonIsAnsweredWithAParseError) {
    BridgeWorld world;
    world.says("{\"jsonrpc\":");
    EXPECT_THAT(world.heard(), ElementsAre(AllOf(HasSubstr("-32700"), HasSubstr(R"("id":null)"))));
    world.says("\xFF");
    EXPECT_THAT(world.heard(), ElementsAre(HasSubstr("-32700")));
    world.says("[]");
    EXPECT_THAT(world.heard(), ElementsAre(HasSubstr("-32600")));
    world.says(R"({"jsonrpc":"2.0","id":7,"method":""})");
    EXPECT_THAT(world.heard(), ElementsAre(AllOf(HasSubstr("-32600"), HasSubstr(R"("id":7)"))));
    EXPECT_THAT(world.server.calls(), IsEmpty());
}

TEST(Bridge, ALineOverTheBoundIsAnsweredAndTheNextIsServed) {
    BridgeWorld world;
    world.server.on("POST tools/list", json_answer(R"({"tools":[]})"));
    world.says(std::string(kLineBytesMax + 1, 'x'));
    EXPECT_THAT(world.heard(), ElementsAre(AllOf(HasSubstr("-32700"), HasSubstr("16777216 bytes"))));
    world.says(kList);
    EXPECT_THAT(world.heard(), ElementsAre(kTools));
}

TEST(Bridge, BlankLinesAndAnswersToNobodyAreNotAnswered) {
    BridgeWorld world;
    world.says("");
    world.says("  \t\r");
    world.says(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}})");
    EXPECT_THAT(world.heard(), IsEmpty());
    EXPECT_THAT(world.server.calls(), IsEmpty());
}

// B4: "The receiver MUST NOT send a response" to a notification.
TEST(Bridge, ANotificationThatFailsIsLoggedAndNotAnswered) {
    BridgeWorld world;
    world.server.on("POST notifications/x",
                    {.status = 400,
                     .body = R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"No."}})",
                     .headers = {}});
    world.says(R"({"jsonrpc":"2.0","method":"notifications/x"})");
    EXPECT_THAT(world.heard(), IsEmpty());
    EXPECT_THAT(world.loop.log.lines(), Contains(HasSubstr("did not take a message")));
}

// B3: batches of 2025-03-26.
TEST(Bridge, ABatchGoesAsItIsAndComesBackAsAnArray) {
    BridgeWorld world;
    const std::string batch =
        R"([{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","method":"b"},{"jsonrpc":"2.0","id":2,"method":"c"}])";
    const std::string answers =
        R"([{"jsonrpc":"2.0","id":2,"result":{}},{"jsonrpc":"2.0","id":1,"result":{}}])";
    world.server.on("POST batch", {.body = answers, .headers = {}});
    world.says(batch);
    EXPECT_EQ(world.server.asked.front().body, batch);
    EXPECT_THAT(world.heard(), ElementsAre(answers));
}

TEST(Bridge, ARequestInABatchThatIsNotAnsweredGetsAnError) {
    BridgeWorld world;
    world.server.on("POST batch", {.body = R"([{"jsonrpc":"2.0","id":2,"result":{}}])", .headers = {}});
    world.says(R"([{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","id":2,"method":"c"}])");
    EXPECT_THAT(world.heard(), ElementsAre(HasSubstr(R"("id":2,"result")"),
                                           AllOf(HasSubstr(R"("id":1)"), HasSubstr("did not answer"))));
}

TEST(Bridge, ALongCallHoldsUpNoOther) {
    BridgeWorld world;
    world.server.on("POST tools/call", stream_answer({}, McpAnswer::End::Hang));
    world.server.on("POST tools/list", json_answer(R"({"tools":[]})"));
    world.says(kCall);
    world.says(kList);
    EXPECT_THAT(world.heard(), ElementsAre(kTools));
    EXPECT_EQ(world.server.streams_open, 1U);
}

TEST(Bridge, MoreCallsThanTheBoundAreRefusedOneByOne) {
    BridgeWorld world;
    world.server.on("POST tools/call", stream_answer({}, McpAnswer::End::Hang));
    for (std::size_t i = 0; i < kCallsMax; ++i)
        world.says(R"({"jsonrpc":"2.0","id":)" + std::to_string(i) + R"(,"method":"tools/call"})");
    EXPECT_THAT(world.heard(), IsEmpty());
    world.says(R"({"jsonrpc":"2.0","id":"more","method":"tools/call"})");
    EXPECT_THAT(world.heard(), ElementsAre(AllOf(HasSubstr(R"("id":"more")"), HasSubstr("256 requests"))));
}

TEST(Bridge, AServerThatCannotBeReachedIsSaidForEachRequestUntilItIsBack) {
    BridgeWorld world;
    world.server.on("POST tools/list", json_answer(R"({"tools":[]})"));
    world.server.close();
    world.says(kList);
    EXPECT_THAT(world.heard(), ElementsAre(AllOf(HasSubstr(R"("id":1)"), HasSubstr(R"("error")"),
                                                 HasSubstr("http://127.0.0.1/ does not answer"))));
    world.server.open();
    world.says(kList);
    EXPECT_THAT(world.heard(), ElementsAre(kTools));
}

TEST(Bridge, AWrongKeyIsSaidWithThePlaceToSetIt) {
    BridgeWorld world;
    world.server.on("POST tools/list",
                    {.status = 401, .body = R"({"code":"UNAUTHENTICATED","detail":"No."})", .headers = {}});
    world.says(kList);
    EXPECT_THAT(world.heard(), ElementsAre(AllOf(HasSubstr(R"("id":1)"), HasSubstr("not valid"),
                                                 HasSubstr("MESHAI_API_KEY"))));
}

TEST(Bridge, AProblemOfHttpBecomesAnErrorWithItsSentence) {
    BridgeWorld world;
    world.server.on("POST tools/list",
                    {.status = 403,
                     .body = R"({"code":"ACCESS_DENIED","detail":"The key may not read."})",
                     .headers = {{"Content-Type", "application/problem+json"}}});
    world.says(kList);
    EXPECT_THAT(world.heard(), ElementsAre(AllOf(HasSubstr(R"("id":1)"), HasSubstr("The key may not read."),
                                                 HasSubstr("ACCESS_DENIED"))));
    world.server.on(
        "POST tools/call",
        {.status = 502, .body = "<html>Bad Gateway</html>", .headers = {{"Content-Type", "text/html"}}});
    world.says(kCall);
    EXPECT_THAT(world.heard(),
                ElementsAre(AllOf(HasSubstr(R"("id":"two")"), HasSubstr("status 502"), Not(HasSubstr("<")))));
}

// B2: an answer without id only if the id could not be read; here it could.
TEST(Bridge, AnErrorOfTheServerComesUnderTheIdOfTheRequest) {
    BridgeWorld world;
    world.server.on(
        "POST tools/list",
        {.status = 404,
         .body = R"({"jsonrpc":"2.0","id":$id,"error":{"code":-32601,"message":"No such method."}})",
         .headers = {}});
    world.says(kList);
    EXPECT_THAT(
        world.heard(),
        ElementsAre(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"No such method."}})"));
    world.server.on("POST tools/call",
                    {.status = 413,
                     .body = R"({"jsonrpc":"2.0","id":null,"error":{"code":-32602,"message":"Too large."}})",
                     .headers = {}});
    world.says(kCall);
    EXPECT_THAT(
        world.heard(),
        ElementsAre(R"({"jsonrpc":"2.0","id":"two","error":{"code":-32602,"message":"Too large."}})"));
}

TEST(Bridge, AServerThatSaysLaterIsAskedLater) {
    BridgeWorld world;
    world.server.on("POST tools/list", {.status = 429, .body = "{}", .headers = {{"Retry-After", "7"}}});
    world.server.on("POST tools/list", json_answer(R"({"tools":[]})"));
    world.says(kList);
    world.loop.passes(6s);
    EXPECT_THAT(world.heard(), IsEmpty());
    world.loop.passes(1s);
    EXPECT_THAT(world.heard(), ElementsAre(kTools));
}

TEST(Bridge, AServerThatStaysBusyIsAnErrorInTheEnd) {
    BridgeWorld world;
    world.server.on("POST tools/list", {.status = 503,
                                        .body = R"({"code":"UNAVAILABLE","detail":"Draining."})",
                                        .headers = {{"Retry-After", "10"}}});
    world.says(kList);
    world.loop.passes(kBusyPatience);
    EXPECT_THAT(world.heard(), ElementsAre(AllOf(HasSubstr(R"("id":1)"), HasSubstr("Draining."))));
}

TEST(Bridge, AConnectionThatBreaksBeforeTheAnswerIsAnErrorThatSaysSo) {
    BridgeWorld world;
    world.server.on(
        "POST tools/call",
        stream_answer({{"", R"({"jsonrpc":"2.0","method":"notifications/x"})"}}, McpAnswer::End::Hang));
    world.says(kCall);
    world.server.breaks();
    EXPECT_THAT(world.heard(),
                ElementsAre(HasSubstr("notifications/x"),
                            AllOf(HasSubstr(R"("id":"two")"), HasSubstr("may have been served"))));
}

// --- the end (T2)

TEST(Bridge, ItEndsAtOnceWhenStdinClosesAndNothingIsOpen) {
    BridgeWorld world;
    world.client.leaves();
    EXPECT_TRUE(world.is_over);
}

TEST(Bridge, WhatWasAskedBeforeStdinClosedIsAnswered) {
    BridgeWorld world;
    world.server.on("POST tools/list", {.status = 429, .body = "{}", .headers = {{"Retry-After", "3"}}});
    world.server.on("POST tools/list", json_answer(R"({"tools":[]})"));
    world.client.says(kList);  // and no newline
    world.client.leaves();
    EXPECT_FALSE(world.is_over);
    world.loop.passes(3s);
    EXPECT_THAT(world.heard(), ElementsAre(kTools));
    EXPECT_TRUE(world.is_over);
}

TEST(Bridge, OpenRequestsHoldUpTheEndForTheGraceAndNoLonger) {
    BridgeWorld world;
    world.server.on("POST tools/call", stream_answer({}, McpAnswer::End::Hang));
    world.says(kCall);
    world.client.leaves();
    world.loop.passes(kEndGrace - 1s);
    EXPECT_FALSE(world.is_over);
    world.loop.passes(1s);
    EXPECT_TRUE(world.is_over);
    EXPECT_EQ(world.server.streams_open, 0U);
    EXPECT_THAT(world.heard(), IsEmpty());
}

TEST(Bridge, AClientThatReadsNoMoreIsTheEnd) {
    BridgeWorld world;
    world.server.on("POST tools/list", json_answer("{}"));
    world.client.stops_listening();
    world.says(kList);
    EXPECT_TRUE(world.is_over);
}

}  // namespace
}  // namespace meshai::cli::mcp
