#include "wire/meshai/legacy.h"

#include <gtest/gtest.h>

namespace meshai::wire::guide {
namespace {

struct Case {
    std::string_view why;
    std::string_view body;
    std::string_view meant;
};

constexpr Case kCases[] = {
    {"a tool as the method is a call of it, with an id",
     R"({"method":"mesh_execute","params":{"task":"sing","capabilities":["text_generation"]}})",
     R"({"method":"tools/call","params":{"name":"mesh_execute","arguments":{"task":"sing","capabilities":["text_generation"]}},"id":0})"},
    {"its own id stays, whatever its kind",
     R"({"method":"mesh_execute","id":"test","params":{"task":"sing"}})",
     R"({"method":"tools/call","id":"test","params":{"name":"mesh_execute","arguments":{"task":"sing"}}})"},
    {"a null id is none", R"({"method":"mesh_execute","id":null})",
     R"({"method":"tools/call","id":0,"params":{"name":"mesh_execute","arguments":{}}})"},
    {"what is about the request stays with the request",
     R"({"method":"mesh_execute","id":1,"params":{"task":"sing","_meta":{"progressToken":"p"}}})",
     R"({"method":"tools/call","id":1,"params":{"_meta":{"progressToken":"p"},"name":"mesh_execute","arguments":{"task":"sing"}}})"},
    {"params that are no object are for the reader to refuse", R"({"method":"mesh_execute","params":[1]})",
     R"({"method":"mesh_execute","params":[1],"id":0})"},
    {"a line of the older protocol is answered", R"({"type":"request","method":"tools/list"})",
     R"({"type":"request","method":"tools/list","id":0})"},
    {"its notifications are not", R"({"type":"request","method":"notifications/initialized"})",
     R"({"type":"request","method":"notifications/initialized"})"},
    {"another type says nothing", R"({"type":"event","method":"tools/list"})",
     R"({"type":"event","method":"tools/list"})"},
    {"list_tools", R"({"id":7,"method":"list_tools"})", R"({"id":7,"method":"tools/list"})"},
    {"call_tool",
     R"({"type":"request","method":"call_tool","params":{"name":"search","arguments":{"query":"x"}}})",
     R"({"type":"request","method":"tools/call","params":{"name":"search","arguments":{"query":"x"}},"id":0})"},
    {"list_resources", R"({"id":7,"method":"list_resources"})", R"({"id":7,"method":"resources/list"})"},
    {"get_resource", R"({"id":7,"method":"get_resource","params":{"uri":"meshai://agents/registry"}})",
     R"({"id":7,"method":"resources/read","params":{"uri":"meshai://agents/registry"}})"},
    {"JSON-RPC without an id is a notification",
     R"({"jsonrpc":"2.0","method":"mesh_execute","params":{"task":"x"}})",
     R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"mesh_execute","arguments":{"task":"x"}}})"},
    {"a request of MCP", R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"mesh_execute"}})",
     R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"mesh_execute"}})"},
    {"a method nobody knows", R"({"method":"nope"})", R"({"method":"nope"})"},
    {"a method that is no text", R"({"method":7})", R"({"method":7})"},
    {"a batch", R"([{"method":"mesh_execute"}])", R"([{"method":"mesh_execute"}])"},
    {"no object at all", R"("mesh_execute")", R"("mesh_execute")"},
};

TEST(Shorthand, BecomesTheRequestThatItMeansAndTheRestStays) {
    const IsTool is_tool = [](std::string_view name) { return name == "mesh_execute"; };
    for (const auto& one : kCases)
        EXPECT_EQ(to_text(from_shorthand(json::parse(one.body), is_tool)), to_text(json::parse(one.meant)))
            << one.why;
}

}  // namespace
}  // namespace meshai::wire::guide
