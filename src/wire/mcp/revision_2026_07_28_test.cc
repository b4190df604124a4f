#include <gtest/gtest.h>

#include "wire/mcp/samples_test.h"

namespace meshai::wire::mcp {
namespace {

// resultType, serverInfo, cache hints, any structured value, tasks as an extension (N7, N8, F4, F6, K3, K5).
const std::vector<Row> kRows20260728 = {
    {"Implementation",
     R"({
        "name": "meshai", "version": "1.2.0", "title": "MeshAI",
        "description": "Runs tasks on a mesh of agents.",
        "websiteUrl": "https://mesh.example",
        "icons": [
          {
            "src": "https://mesh.example/icon.png", "mimeType": "image/png",
            "sizes": ["48x48", "any"]
          }
        ]
      })"},
    {"CapabilitiesOfAll",
     R"({
        "tools": {"listChanged": true},
        "resources": {"listChanged": true, "subscribe": true},
        "prompts": {"listChanged": true}, "logging": {}, "completions": {},
        "extensions": {"io.modelcontextprotocol/tasks": {}}
      })"},
    {"CapabilitiesOfToolsOnly", R"({"tools": {}})"},
    {"Tool",
     R"({
        "name": "weather", "description": "Says how warm it is.",
        "inputSchema": {
          "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
          "properties": {
            "city": {"type": "string", "x-mcp-header": "City"}, "anything": true,
            "nothing": false
          },
          "required": ["city"], "additionalProperties": false
        },
        "annotations": {"readOnlyHint": true, "openWorldHint": false},
        "title": "The weather",
        "outputSchema": {"type": "object", "properties": {"degrees": {"type": "number"}}},
        "icons": [{"src": "https://mesh.example/sun.svg", "mimeType": "image/svg+xml"}]
      })"},
    {"ToolThatSaysNothing", R"({"name": "ping", "inputSchema": {"type": "object"}})"},
    {"ToolOfAList",
     R"({
        "name": "list_words", "inputSchema": {"type": "object"},
        "outputSchema": {"type": "array", "items": {"type": "string"}}
      })"},
    {"Resource",
     R"({
        "uri": "test://poem", "name": "poem", "description": "Four lines.",
        "mimeType": "text/plain",
        "annotations": {"audience": ["user"], "priority": 0.5, "lastModified": "2025-01-12T15:00:58Z"},
        "size": 312, "title": "The poem",
        "icons": [
          {
            "src": "https://mesh.example/poem.png", "mimeType": "image/png",
            "sizes": ["48x48"]
          }
        ]
      })"},
    {"ResourceTemplate",
     R"({
        "uriTemplate": "meshai://tasks/{id}", "name": "task",
        "description": "One task as JSON.", "mimeType": "application/json",
        "title": "A task", "icons": [{"src": "https://mesh.example/task.svg"}]
      })"},
    {"Prompt",
     R"({
        "name": "review", "description": "Asks for a review.",
        "arguments": [
          {
            "name": "code", "description": "What to look at.", "required": true,
            "title": "The code"
          },
          {"name": "tone", "required": false}
        ],
        "title": "Code review", "icons": [{"src": "https://mesh.example/review.svg"}]
      })"},
    {"FirstPage",
     R"({
        "tools": [{"name": "ping", "inputSchema": {"type": "object"}}],
        "nextCursor": "next", "ttlMs": 60000, "cacheScope": "public"
      })"},
    {"LastPage", R"({"prompts": [], "ttlMs": 0, "cacheScope": "private"})"},
    {"EveryContent",
     R"({
        "content": [
          {
            "type": "text", "text": "A poem.",
            "annotations": {"audience": ["user"], "priority": 0.5, "lastModified": "2025-01-12T15:00:58Z"}
          },
          {"type": "image", "data": "aW1n", "mimeType": "image/png"},
          {"type": "audio", "data": "d2F2", "mimeType": "audio/wav"},
          {
            "type": "resource",
            "resource": {"uri": "test://note", "mimeType": "text/plain", "text": "Buy milk."}
          },
          {
            "type": "resource",
            "resource": {"uri": "test://photo", "mimeType": "image/png", "blob": "aW1n"}
          },
          {
            "type": "resource_link", "uri": "test://poem", "name": "poem",
            "title": "The poem", "description": "Four lines.", "mimeType": "text/plain"
          }
        ]
      })"},
    {"StructuredObject",
     R"({
        "content": [{"type": "text", "text": "22 degrees"}],
        "structuredContent": {"degrees": 22}, "status": "completed"
      })"},
    {"StructuredList",
     R"({
        "content": [{"type": "text", "text": "[\"north\",\"south\"]"}],
        "structuredContent": ["north", "south"]
      })"},
    {"FailedTool", R"({"content": [{"type": "text", "text": "The city is unknown."}], "isError": true})"},
    {"TextContents", R"({"uri": "test://note", "mimeType": "text/plain", "text": "Buy milk."})"},
    {"BlobContents", R"({"uri": "test://photo", "mimeType": "image/png", "blob": "aW1n"})"},
    {"PromptResult",
     R"({
        "description": "A review.",
        "messages": [
          {"role": "user", "content": {"type": "text", "text": "Please review this."}},
          {
            "role": "assistant",
            "content": {"type": "resource_link", "uri": "test://poem", "name": "poem"}
          }
        ]
      })"},
    {"Completion", R"({"completion": {"values": ["paris", "park"], "total": 7, "hasMore": true}})"},
    {"Complete",
     R"({
        "resultType": "complete",
        "_meta": {"io.modelcontextprotocol/serverInfo": {"name": "meshai", "version": "1.0"}}
      })"},
    {"CompleteWithMeta",
     R"({
        "resultType": "complete",
        "_meta": {
          "a/b": 1,
          "io.modelcontextprotocol/serverInfo": {"name": "meshai", "version": "1.0"}
        },
        "content": []
      })"},
    {"Progress", R"({"progressToken": "token", "progress": 50, "total": 100, "message": "Half of it."})"},
    {"ResourceNotFound",
     R"({
        "code": -32602, "message": "No such resource.",
        "data": {"code": "NOT_FOUND", "uri": "test://x"}
      })"},
    {"ToolNotFound",
     R"({"code": -32602, "message": "Unknown tool: x", "data": {"code": "VALIDATION_FAILED"}})"},
    {"TaskCreated",
     R"({
        "resultType": "task", "taskId": "t_1", "status": "working",
        "statusMessage": "Step 1 of 2", "createdAt": "2025-11-25T10:30:00.000Z",
        "lastUpdatedAt": "2025-11-25T10:30:01.250Z", "ttlMs": 60000, "pollIntervalMs": 500
      })"},
    {"TaskWorking",
     R"({
        "taskId": "t_1", "status": "working", "statusMessage": "Step 1 of 2",
        "createdAt": "2025-11-25T10:30:00.000Z",
        "lastUpdatedAt": "2025-11-25T10:30:01.250Z", "ttlMs": 60000, "pollIntervalMs": 500
      })"},
    {"TaskWaiting",
     R"({
        "taskId": "t_1", "status": "input_required", "statusMessage": "Step 1 of 2",
        "createdAt": "2025-11-25T10:30:00.000Z",
        "lastUpdatedAt": "2025-11-25T10:30:01.250Z", "ttlMs": 60000, "pollIntervalMs": 500,
        "inputRequests": {
          "confirm": {
            "method": "elicitation/create",
            "params": {
              "message": "Delete it?",
              "requestedSchema": {
                "type": "object", "properties": {"ok": {"type": "boolean"}},
                "required": ["ok"]
              }
            }
          },
          "sign": {
            "method": "elicitation/create",
            "params": {"mode": "url", "message": "Please sign.", "url": "https://mesh.example/sign"}
          }
        }
      })"},
    {"TaskCompleted",
     R"({
        "taskId": "t_1", "status": "completed", "statusMessage": "Step 1 of 2",
        "createdAt": "2025-11-25T10:30:00.000Z",
        "lastUpdatedAt": "2025-11-25T10:30:01.250Z", "ttlMs": 60000, "pollIntervalMs": 500,
        "result": {
          "resultType": "complete", "content": [{"type": "text", "text": "22 degrees"}],
          "structuredContent": {"degrees": 22}, "status": "completed"
        }
      })"},
    {"TaskOfAFailedTool",
     R"({
        "taskId": "t_1", "status": "completed", "statusMessage": "Step 1 of 2",
        "createdAt": "2025-11-25T10:30:00.000Z",
        "lastUpdatedAt": "2025-11-25T10:30:01.250Z", "ttlMs": 60000, "pollIntervalMs": 500,
        "result": {
          "resultType": "complete",
          "content": [{"type": "text", "text": "The city is unknown."}], "isError": true
        }
      })"},
    {"TaskFailed",
     R"({
        "taskId": "t_1", "status": "failed", "statusMessage": "Step 1 of 2",
        "createdAt": "2025-11-25T10:30:00.000Z",
        "lastUpdatedAt": "2025-11-25T10:30:01.250Z", "ttlMs": 60000, "pollIntervalMs": 500,
        "error": {"code": -32603, "message": "The agent broke.", "data": {"code": "TASK_ERROR"}}
      })"},
    {"TaskCancelled",
     R"({
        "taskId": "t_1", "status": "cancelled", "statusMessage": "Step 1 of 2",
        "createdAt": "2025-11-25T10:30:00.000Z",
        "lastUpdatedAt": "2025-11-25T10:30:01.250Z", "ttlMs": null, "pollIntervalMs": 500
      })"},
};

TEST(McpRevision, AClientWithoutASessionGetsResultsThatSayWhatTheyAre) {
    expect_written(Revision::R2026_07_28, kRows20260728);
}

}  // namespace
}  // namespace meshai::wire::mcp
