#include "doors/mcp/methods.h"

#include <gtest/gtest.h>

namespace meshai::doors {
namespace {

const Identity kIdentity{.service = "meshai", .version = "1.2.3", .public_url = ""};

wire::jsonrpc::Request asking(std::string method, json::object params = {}) {
    return {wire::jsonrpc::RequestId{std::int64_t{1}}, std::move(method), std::move(params)};
}

TEST(McpMethods, InitializeAgreesToARevisionItKnows) {
    for (const auto& known : kRevisions) {
        const auto result = answer_method(kIdentity, asking("initialize", {{"protocolVersion", known}}));
        ASSERT_TRUE(result);
        EXPECT_EQ(std::string_view(result->at("protocolVersion").as_string()), known);
    }
}

TEST(McpMethods, InitializeOffersTheNewestForARevisionNobodyKnows) {
    for (const json::value& wanted : {json::value("1999-01-01"), json::value(7), json::value(nullptr)}) {
        const auto result = answer_method(kIdentity, asking("initialize", {{"protocolVersion", wanted}}));
        ASSERT_TRUE(result);
        EXPECT_EQ(std::string_view(result->at("protocolVersion").as_string()), kRevisions[0]);
        EXPECT_EQ(result->at("serverInfo").at("version").as_string(), "1.2.3");
    }
}

TEST(McpMethods, TheListHoldsMeshExecute) {
    const auto result = answer_method(kIdentity, asking("tools/list"));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->at("tools").at(0).at("name").as_string(), "mesh_execute");
}

TEST(McpMethods, PingIsAnsweredWithNothing) {
    EXPECT_EQ(answer_method(kIdentity, asking("ping")).value(), json::object{});
}

TEST(McpMethods, AMethodNobodyHasIsNamedInTheFault) {
    const auto result = answer_method(kIdentity, asking("tasks/explode"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().number, wire::jsonrpc::kMethodNotFound);
    EXPECT_NE(result.error().message.find("tasks/explode"), std::string::npos);
}

}  // namespace
}  // namespace meshai::doors
