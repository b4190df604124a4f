// The bridge from 2026-07-28 on, where each message says everything itself.
#include <gmock/gmock.h>

#include "cli/mcp/scripted_mcp_test.h"

namespace meshai::cli::mcp {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string modern(const std::string& id, const std::string& method, const std::string& params = "") {
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method + R"(","params":{)" + params +
           (params.empty() ? "" : ",") +
           R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}})";
}

struct NameCase {
    const char* name;
    const char* method;
    const char* params;
    const char* expected;
};

// H16, H17.
const NameCase kNameCases[] = {
    {"AToolsName", "tools/call", R"("name":"mesh_execute")", "mesh_execute"},
    {"APromptsName", "prompts/get", R"("name":"greet")", "greet"},
    {"AResourcesUri", "resources/read", R"("uri":"meshai://tasks/t_1")", "meshai://tasks/t_1"},
    {"ATasksId", "tasks/get", R"("taskId":"t_1")", "t_1"},
    {"NoNameForOthers", "tools/list", "", "(none)"},
    {"ANameThatIsNoPlainText", "tools/call", R"("name":"größe")", "=?base64?Z3LDtsOfZQ==?="},
    {"ANameThatBeginsWithASpace", "tools/call", R"("name":" a")", "=?base64?IGE=?="},
    {"ANameWithANewline", "tools/call", R"("name":"a\nb")", "=?base64?YQpi?="},
};

class StatelessNames : public testing::TestWithParam<NameCase> {};

TEST_P(StatelessNames, StandInTheHeader) {
    const auto& [name, method, params, expected] = GetParam();
    BridgeWorld world;
    world.server.on(std::string("POST ") + method, json_answer("{}"));
    world.says(modern("1", method, params));
    ASSERT_EQ(world.server.asked.size(), 1U);
    const auto& asked = world.server.asked.front();
    EXPECT_EQ(asked.header("MCP-Protocol-Version"), "2026-07-28");
    EXPECT_EQ(asked.header("Mcp-Method"), method);
    EXPECT_EQ(asked.header("Mcp-Name"), expected);
    EXPECT_EQ(asked.header("Mcp-Session-Id"), "(none)");
    EXPECT_EQ(world.heard().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Cases, StatelessNames, testing::ValuesIn(kNameCases),
                         [](const auto& the_case) { return std::string(the_case.param.name); });

// T5.
TEST(Stateless, DiscoveryNeedsNothingBefore) {
    BridgeWorld world;
    world.server.on("POST server/discover", json_answer(R"({"resultType":"complete"})"));
    world.says(modern("1", "server/discover"));
    EXPECT_THAT(world.heard(), ElementsAre(R"({"jsonrpc":"2.0","id":1,"result":{"resultType":"complete"}})"));
    EXPECT_THAT(world.server.calls(), ElementsAre("POST server/discover"));
}

// H18.
TEST(Stateless, ArgumentsThatAToolWantsInHeadersAreRepeatedThere) {
    BridgeWorld world;
    world.server.on("POST tools/list",
                    json_answer(R"({"tools":[{"name":"t","inputSchema":{"type":"object","properties":{
        "region":{"type":"string","x-mcp-header":"Region"},"level":{"type":"integer","x-mcp-header":"Level"},
        "deep":{"type":"object","properties":{"flag":{"type":"boolean","x-mcp-header":"Flag"}}}}}}]})"));
    world.server.on("POST tools/call", json_answer("{}"));
    world.says(modern("1", "tools/list"));
    world.says(modern("2", "tools/call",
                      R"("name":"t","arguments":{"region":"Zürich","level":42,"deep":{"flag":true}})"));
    const auto asked = world.server.last("POST tools/call");
    EXPECT_EQ(asked.header("Mcp-Param-Region"), "=?base64?WsO8cmljaA==?=");
    EXPECT_EQ(asked.header("Mcp-Param-Level"), "42");
    EXPECT_EQ(asked.header("Mcp-Param-Flag"), "true");
    world.says(modern("3", "tools/call", R"("name":"t","arguments":{"region":null})"));
    EXPECT_EQ(world.server.last("POST tools/call").header("Mcp-Param-Region"), "(none)");
    EXPECT_EQ(world.server.last("POST tools/call").header("Mcp-Param-Level"), "(none)");
    world.says(modern("4", "tools/call", R"("name":"other","arguments":{"region":"x"})"));
    EXPECT_EQ(world.server.last("POST tools/call").header("Mcp-Param-Region"), "(none)");
}

// T4, H13: "closing the response stream is the cancellation signal".
TEST(Stateless, ACancellationClosesTheStreamAndNothingMoreIsSaid) {
    BridgeWorld world;
    world.server.on("POST tools/call", stream_answer({}, McpAnswer::End::Hang));
    world.says(modern("1", "tools/call", R"("name":"t")"));
    EXPECT_EQ(world.server.streams_open, 1U);
    world.says(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");
    EXPECT_EQ(world.server.streams_open, 0U);
    EXPECT_THAT(world.server.calls(), ElementsAre("POST tools/call"));
    world.loop.passes(1min);
    EXPECT_THAT(world.heard(), IsEmpty());
    world.says(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"unknown"}})");
    EXPECT_THAT(world.server.calls(), ElementsAre("POST tools/call"));
}

// H14: there is no resume in this era.
TEST(Stateless, AStreamThatBreaksIsAnErrorAtOnce) {
    BridgeWorld world;
    world.server.on("POST tools/call",
                    stream_answer({{"e-1", R"({"jsonrpc":"2.0","method":"notifications/progress"})"}}));
    world.says(modern("1", "tools/call", R"("name":"t")"));
    EXPECT_THAT(world.heard(),
                ElementsAre(HasSubstr("progress"), AllOf(HasSubstr(R"("id":1)"), HasSubstr("broke"))));
    EXPECT_THAT(world.server.calls(), ElementsAre("POST tools/call"));
}

TEST(Stateless, ASubscriptionIsALongStreamThatHoldsUpNothing) {
    BridgeWorld world;
    const std::string changed = R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})";
    world.server.on("POST subscriptions/listen", stream_answer({{"", changed}}, McpAnswer::End::Hang));
    world.says(modern("\"sub\"", "subscriptions/listen"));
    EXPECT_THAT(world.heard(), ElementsAre(changed));
    world.client.leaves();
    EXPECT_TRUE(world.is_over);
}

TEST(Stateless, BothErasLiveSideBySide) {
    BridgeWorld world;
    world.begins_session("s-1");
    world.server.on("POST tools/list", json_answer("{}"));
    world.says(modern("1", "tools/list"));
    EXPECT_EQ(world.server.last("POST tools/list").header("Mcp-Session-Id"), "(none)");
    world.says(R"({"jsonrpc":"2.0","id":2,"method":"tools/list"})");
    EXPECT_EQ(world.server.last("POST tools/list").header("Mcp-Session-Id"), "s-1");
    EXPECT_EQ(world.server.last("POST tools/list").header("Mcp-Method"), "(none)");
}

TEST(Stateless, AVersionThatCannotStandInAHeaderIsAnError) {
    BridgeWorld world;
    world.says(
        R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"a\r\nX: y"}}})");
    EXPECT_THAT(world.heard(), ElementsAre(AllOf(HasSubstr(R"("id":1)"), HasSubstr("MCP-Protocol-Version"))));
    EXPECT_THAT(world.server.calls(), IsEmpty());
}

}  // namespace
}  // namespace meshai::cli::mcp
