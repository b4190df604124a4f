#include "doors/openapi/delegate_schemas.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kSchemas = R"json({
  "DelegateRequest": {
    "type": "object",
    "required": ["task"],
    "properties": {
      "task": {"type": ["string", "object"], "description": "What is to be done; \"input\" is understood, too"},
      "capability": {"type": "string"},
      "capabilities": {"type": "array", "items": {"type": "string"}},
      "agent": {"type": "string", "description": "Wanted by id or name"},
      "agents": {"type": "array", "items": {"type": "string"}},
      "context": {"type": "object"},
      "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 86400},
      "wait_seconds": {"type": "integer", "minimum": 0, "maximum": 50}
    }
  },
  "Delegated": {
    "type": "object",
    "required": ["step", "status"],
    "properties": {
      "step": {"type": "string"}, "task_id": {"type": "string"},
      "status": {"enum": ["running", "completed", "failed", "cancelled"]},
      "agent": {"type": "string"}, "result": {"type": ["string", "object", "null"]},
      "error": {"type": "string"}, "code": {"type": "string"},
      "usage": {
        "type": "object",
        "properties": {
          "input_tokens": {"type": "integer"}, "output_tokens": {"type": "integer"},
          "cost": {"type": "number"}
        }
      }
    }
  },
  "AskRequest": {
    "type": "object",
    "required": ["question"],
    "properties": {
      "question": {"type": "string"},
      "schema": {"type": "object", "description": "A flat form; without it the answer is one line of text"},
      "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 86400},
      "wait_seconds": {"type": "integer", "minimum": 0, "maximum": 50}
    }
  },
  "Asked": {
    "type": "object",
    "required": ["key", "status"],
    "properties": {
      "key": {"type": "string"}, "status": {"enum": ["waiting", "answered", "expired"]},
      "action": {"enum": ["accept", "decline", "cancel"]}, "content": {"type": "object"}
    }
  }
})json";

}  // namespace

json::object delegate_schemas() {
    return json::parse(kSchemas).as_object();
}

}  // namespace meshai::doors
