// The bridge in the era of sessions, up to 2025-11-25.
#include <gmock/gmock.h>

#include "cli/mcp/scripted_mcp_test.h"

namespace meshai::cli::mcp {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kInitialize = R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{}})";
constexpr const char* kInitialized = R"({"jsonrpc":"2.0","method":"notifications/initialized"})";
constexpr const char* kCall = R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}})";
constexpr const char* kList = R"({"jsonrpc":"2.0","id":2,"method":"tools/list"})";
constexpr const char* kDone = R"({"jsonrpc":"2.0","id":1,"result":{}})";
constexpr const char* kProgress = R"({"jsonrpc":"2.0","method":"notifications/progress","params":{}})";
constexpr auto kHang = McpAnswer::End::Hang;

// H7, H8.
TEST(Sessions, WhatTheServerSaidAtTheStartGoesWithEveryLaterMessage) {
    BridgeWorld world;
    world.begins_session("s-1", "2025-06-18");
    world.server.on("POST tools/list", json_answer("{}"));
    world.says(kList);
    EXPECT_THAT(world.server.calls(),
                ElementsAre("POST initialize", "POST notifications/initialized", "GET", "POST tools/list"));
    EXPECT_EQ(world.server.asked[0].header("Mcp-Session-Id"), "(none)");
    EXPECT_EQ(world.server.asked[0].header("MCP-Protocol-Version"), "(none)");
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_EQ(world.server.asked[i].header("Mcp-Session-Id"), "s-1");
        EXPECT_EQ(world.server.asked[i].header("MCP-Protocol-Version"), "2025-06-18");
        EXPECT_EQ(world.server.asked[i].header("Mcp-Method"), "(none)");
    }
}

TEST(Sessions, AServerWithoutSessionsGetsNone) {
    BridgeWorld world;
    world.begins_session("");
    world.server.on("POST tools/list", json_answer("{}"));
    world.says(kList);
    EXPECT_EQ(world.server.last("POST tools/list").header("Mcp-Session-Id"), "(none)");
    EXPECT_EQ(world.server.last("POST tools/list").header("MCP-Protocol-Version"), "2025-11-25");
    world.client.leaves();
    EXPECT_THAT(world.server.calls(), Not(Contains("DELETE")));
}

TEST(Sessions, InitializeMayBeAnsweredByAStream) {
    BridgeWorld world;
    auto answer = stream_answer(
        {{"e-1", ""}, {"e-2", R"({"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25"}})"}});
    answer.headers.emplace_back("Mcp-Session-Id", "s-9");
    world.server.on("POST initialize", answer);
    world.says(kInitialize);
    world.says(kInitialized);
    EXPECT_EQ(world.server.last("POST notifications/initialized").header("Mcp-Session-Id"), "s-9");
}

TEST(Sessions, WhatIsSaidBeforeTheAnswerToInitializeWaitsForIt) {
    BridgeWorld world;
    world.server.on("POST initialize", {.status = 429, .body = "{}", .headers = {{"Retry-After", "2"}}});
    auto answer = json_answer(R"({"protocolVersion":"2025-11-25"})");
    answer.headers.emplace_back("Mcp-Session-Id", "s-1");
    world.server.on("POST initialize", answer);
    world.server.on("POST tools/list", json_answer("{}"));
    world.client.says(std::string(kInitialize) + "\n" + kInitialized + "\n" + kList + "\n");
    EXPECT_THAT(world.server.calls(), ElementsAre("POST initialize"));
    world.loop.passes(2s);
    EXPECT_EQ(world.server.last("POST tools/list").header("Mcp-Session-Id"), "s-1");
    EXPECT_EQ(world.heard().size(), 2U);
}

TEST(Sessions, WhatTheServerSaysByItselfReachesTheClientAndItsAnswerTheServer) {
    BridgeWorld world;
    const std::string question = R"({"jsonrpc":"2.0","id":"q","method":"roots/list"})";
    const std::string answer = R"({"jsonrpc":"2.0","id":"q","result":{"roots":[]}})";
    world.server.on("GET", stream_answer({{"g-1", ""}, {"g-2", question}}, kHang));
    world.server.on("POST initialize", json_answer(R"({"protocolVersion":"2025-11-25"})"));
    world.says(kInitialize);
    world.heard();
    world.says(kInitialized);
    EXPECT_THAT(world.heard(), ElementsAre(question));
    EXPECT_EQ(world.server.last("GET").header("Accept"), "text/event-stream");
    world.says(answer);
    EXPECT_EQ(world.server.last("POST response").body, answer);
    EXPECT_THAT(world.heard(), IsEmpty());
}

TEST(Sessions, TheServersOwnStreamIsComeBackToBehindTheLastEvent) {
    BridgeWorld world;
    world.server.on("GET", stream_answer({{"g-1", kProgress}}, kHang));
    world.server.on("GET", stream_answer({{"g-2", kProgress}}, kHang));
    world.begins_session("s-1");
    world.server.breaks();
    world.loop.passes(1s);
    EXPECT_EQ(world.server.last("GET").header("Last-Event-ID"), "g-1");
    EXPECT_THAT(world.heard(), ElementsAre(kProgress));
}

TEST(Sessions, APlaceInTheServersStreamThatIsNotKeptIsGivenUp) {
    BridgeWorld world;
    world.server.on("GET", stream_answer({{"g-1", kProgress}}, kHang));
    world.server.on("GET", {.status = 400, .body = "{}", .headers = {}});
    world.server.on("GET", stream_answer({{"g-9", kProgress}}, kHang));
    world.begins_session("s-1");
    world.server.breaks();
    world.loop.passes(5s);
    EXPECT_EQ(world.server.last("GET").header("Last-Event-ID"), "(none)");
    EXPECT_THAT(world.heard(), ElementsAre(kProgress));
}

TEST(Sessions, AServerWithoutAStreamOfItsOwnIsAskedOnce) {
    BridgeWorld world;
    world.begins_session("s-1");
    world.loop.passes(5min);
    EXPECT_EQ(std::ranges::count(world.server.calls(), "GET"), 1);
}

// H9: "Resumption is always via HTTP GET".
TEST(Sessions, AStreamThatBreaksIsResumedAndTheClientNoticesNothing) {
    BridgeWorld world;
    world.begins_session("s-1");
    world.server.on("POST tools/call", stream_answer({{"e-1", ""}, {"e-2", kProgress}}, kHang));
    world.server.on("GET", stream_answer({{"e-3", kProgress}}));
    world.server.on("GET", stream_answer({{"e-4", kDone}}));
    world.says(kCall);
    world.server.breaks();
    world.loop.passes(5s);
    EXPECT_THAT(world.heard(), ElementsAre(kProgress, kProgress, kDone));
    EXPECT_EQ(std::ranges::count(world.server.calls(), "POST tools/call"), 1);
    EXPECT_EQ(world.server.last("GET").header("Last-Event-ID"), "e-3");
    EXPECT_EQ(world.server.last("GET").header("Mcp-Session-Id"), "s-1");
}

// H10: the server ends a connection without ending the stream, and says when to come again.
TEST(Sessions, TheServersWishForTheNextConnectionIsGranted) {
    BridgeWorld world;
    world.begins_session("s-1");
    auto polled = stream_answer({{"e-1", ""}});
    polled.body = "retry: 4000\n" + polled.body;
    world.server.on("POST tools/call", polled);
    world.server.on("GET", stream_answer({{"e-2", kDone}}));
    world.says(kCall);
    world.loop.passes(3999ms);
    EXPECT_THAT(world.heard(), IsEmpty());
    world.loop.passes(1ms);
    EXPECT_THAT(world.heard(), ElementsAre(kDone));
}

TEST(Sessions, AServerThatStaysAwayIsAnErrorInTheEnd) {
    BridgeWorld world;
    world.begins_session("s-1");
    world.server.on("POST tools/call", stream_answer({{"e-1", kProgress}}, kHang));
    world.says(kCall);
    world.server.close();
    world.heard();
    world.loop.passes(1min);
    EXPECT_THAT(world.heard(), IsEmpty());
    world.loop.passes(3min);
    EXPECT_THAT(world.heard(), ElementsAre(AllOf(HasSubstr(R"("id":1)"), HasSubstr("broke"))));
}

TEST(Sessions, AStreamThatCannotBeResumedIsAnErrorAtOnce) {
    BridgeWorld world;
    world.begins_session("");
    world.server.on("POST tools/call", stream_answer({{"e-1", kProgress}}));
    world.says(kCall);
    world.loop.passes(1s);  // GET gives 405
    EXPECT_THAT(world.heard(),
                ElementsAre(kProgress, AllOf(HasSubstr(R"("id":1)"), HasSubstr("answer is lost"))));
}

// H7: "it MUST start a new session".
TEST(Sessions, ASessionTheServerForgotIsSaidAndBegunAgain) {
    BridgeWorld world;
    world.begins_session("s-1");
    world.server.on("POST tools/call",
                    {.status = 404, .body = R"({"detail":"No such session."})", .headers = {}});
    auto again = json_answer(R"({"protocolVersion":"2025-11-25"})");
    again.headers.emplace_back("Mcp-Session-Id", "s-2");
    world.server.on("POST initialize", again);
    world.server.on("POST tools/list", json_answer(R"({"tools":[]})"));
    world.says(kCall);
    EXPECT_THAT(world.heard(), ElementsAre(AllOf(HasSubstr(R"("id":1)"), HasSubstr("session"),
                                                 HasSubstr("send this one again"))));
    world.says(kList);
    EXPECT_EQ(world.heard().size(), 1U);
    EXPECT_EQ(world.server.last("POST initialize").header("Mcp-Session-Id"), "(none)");
    EXPECT_EQ(world.server.last("POST tools/list").header("Mcp-Session-Id"), "s-2");
    EXPECT_EQ(world.server.last("POST notifications/initialized").header("Mcp-Session-Id"), "s-2");
}

TEST(Sessions, AServerThatWasRestartedIsNotNoticedByAClientThatIsIdle) {
    BridgeWorld world;
    world.server.on("GET", stream_answer({{"g-1", ""}}, kHang));
    world.server.on("GET", {.status = 404, .body = "{}", .headers = {}});
    world.begins_session("s-1");
    world.server.breaks();
    world.loop.passes(2s);
    auto again = json_answer(R"({"protocolVersion":"2025-11-25"})");
    again.headers.emplace_back("Mcp-Session-Id", "s-2");
    world.server.on("POST initialize", again);
    world.server.on("POST tools/list", json_answer(R"({"tools":[]})"));
    world.says(kList);
    EXPECT_THAT(world.heard(), ElementsAre(HasSubstr(R"("tools":[])")));
    EXPECT_EQ(world.server.last("POST tools/list").header("Mcp-Session-Id"), "s-2");
}

// T4, H12: in this era the server is told in words; a closed stream is no cancellation.
TEST(Sessions, ACancellationIsSentAndNothingMoreIsSaid) {
    BridgeWorld world;
    world.begins_session("s-1");
    world.server.on("POST tools/call", stream_answer({{"e-1", ""}}, kHang));
    world.says(kCall);
    world.says(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");
    EXPECT_EQ(world.server.calls().back(), "POST notifications/cancelled");
    EXPECT_EQ(world.server.streams_open, 0U);
    world.loop.passes(1min);
    EXPECT_THAT(world.heard(), IsEmpty());
}

TEST(Sessions, TheSessionIsEndedWithTheClient) {
    BridgeWorld world;
    world.begins_session("s-1");
    world.client.leaves();
    EXPECT_TRUE(world.is_over);
    EXPECT_EQ(world.server.calls().back(), "DELETE");
    EXPECT_EQ(world.server.last("DELETE").header("Mcp-Session-Id"), "s-1");
    EXPECT_EQ(world.server.last("DELETE").header("Authorization"), "Bearer msk_test_key");
}

TEST(Sessions, AClientThatInitializesAgainEndsTheSessionBefore) {
    BridgeWorld world;
    world.begins_session("s-1");
    world.says(kInitialize);
    EXPECT_EQ(world.server.last("DELETE").header("Mcp-Session-Id"), "s-1");
    EXPECT_EQ(world.heard().size(), 1U);
}

}  // namespace
}  // namespace meshai::cli::mcp
