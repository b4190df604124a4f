#include <gtest/gtest.h>

#include "wire/mcp/samples_test.h"

namespace meshai::wire::mcp {
namespace {

// Nothing but text, images and embedded resources; no titles, hints or structure (F10).
const std::vector<Row> kRows20241105 = {
    {"Implementation", R"({"name": "meshai", "version": "1.2.0"})"},
    {"CapabilitiesOfAll",
     R"({
        "tools": {"listChanged": true},
        "resources": {"listChanged": true, "subscribe": true},
        "prompts": {"listChanged": true}, "logging": {}
      })"},
    {"CapabilitiesOfToolsOnly", R"({"tools": {}})"},
    {"Tool",
     R"({
        "name": "weather", "description": "Says how warm it is.",
        "inputSchema": {
          "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
          "properties": {
            "city": {"type": "string", "x-mcp-header": "City"}, "anything": {},
            "nothing": {"not": {}}
          },
          "required": ["city"], "additionalProperties": false
        }
      })"},
    {"ToolThatSaysNothing", R"({"name": "ping", "inputSchema": {"type": "object"}})"},
    {"ToolOfAList", R"({"name": "list_words", "inputSchema": {"type": "object"}})"},
    {"Resource",
     R"({
        "uri": "test://poem", "name": "poem", "description": "Four lines.",
        "mimeType": "text/plain", "annotations": {"audience": ["user"], "priority": 0.5},
        "size": 312
      })"},
    {"ResourceTemplate",
     R"({
        "uriTemplate": "meshai://tasks/{id}", "name": "task",
        "description": "One task as JSON.", "mimeType": "application/json"
      })"},
    {"Prompt",
     R"({
        "name": "review", "description": "Asks for a review.",
        "arguments": [
          {"name": "code", "description": "What to look at.", "required": true},
          {"name": "tone", "required": false}
        ]
      })"},
    {"FirstPage",
     R"({"tools": [{"name": "ping", "inputSchema": {"type": "object"}}], "nextCursor": "next"})"},
    {"LastPage", R"({"prompts": []})"},
    {"EveryContent",
     R"({
        "content": [
          {
            "type": "text", "text": "A poem.",
            "annotations": {"audience": ["user"], "priority": 0.5}
          },
          {"type": "image", "data": "aW1n", "mimeType": "image/png"},
          {
            "type": "resource",
            "resource": {"uri": "meshai://content/audio", "mimeType": "audio/wav", "blob": "d2F2"}
          },
          {
            "type": "resource",
            "resource": {"uri": "test://note", "mimeType": "text/plain", "text": "Buy milk."}
          },
          {
            "type": "resource",
            "resource": {"uri": "test://photo", "mimeType": "image/png", "blob": "aW1n"}
          },
          {"type": "text", "text": "The poem: test://poem\nFour lines."}
        ]
      })"},
    {"StructuredObject", R"({"content": [{"type": "text", "text": "22 degrees"}], "status": "completed"})"},
    {"StructuredList", R"({"content": [{"type": "text", "text": "[\"north\",\"south\"]"}]})"},
    {"FailedTool", R"({"content": [{"type": "text", "text": "The city is unknown."}], "isError": true})"},
    {"TextContents", R"({"uri": "test://note", "mimeType": "text/plain", "text": "Buy milk."})"},
    {"BlobContents", R"({"uri": "test://photo", "mimeType": "image/png", "blob": "aW1n"})"},
    {"PromptResult",
     R"({
        "description": "A review.",
        "messages": [
          {"role": "user", "content": {"type": "text", "text": "Please review this."}},
          {"role": "assistant", "content": {"type": "text", "text": "poem: test://poem"}}
        ]
      })"},
    {"Completion", R"({"completion": {"values": ["paris", "park"], "total": 7, "hasMore": true}})"},
    {"Complete", R"({})"},
    {"CompleteWithMeta", R"({"_meta": {"a/b": 1}, "content": []})"},
    {"Progress", R"({"progressToken": "token", "progress": 50, "total": 100})"},
    {"ResourceNotFound",
     R"({
        "code": -32002, "message": "No such resource.",
        "data": {"code": "NOT_FOUND", "uri": "test://x"}
      })"},
    {"ToolNotFound",
     R"({"code": -32602, "message": "Unknown tool: x", "data": {"code": "VALIDATION_FAILED"}})"},
    {"TaskCreated", R"({})"},
    {"TaskWorking", R"({})"},
    {"TaskWaiting", R"({})"},
    {"TaskCompleted", R"({})"},
    {"TaskOfAFailedTool", R"({})"},
    {"TaskFailed", R"({})"},
    {"TaskCancelled", R"({})"},
};

TEST(McpRevision, AClientOfTheFirstRevisionGetsWhatItKnows) {
    expect_written(Revision::R2024_11_05, kRows20241105);
}

}  // namespace
}  // namespace meshai::wire::mcp
