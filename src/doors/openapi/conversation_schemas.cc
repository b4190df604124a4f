#include "doors/openapi/conversation_schemas.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kSchemas = R"json({
  "ContextBound": {
    "description": "How much of what was said before an agent is told: the newest turns that keep both bounds",
    "type": "object",
    "properties": {
      "max_turns": {"type": "integer", "minimum": 1, "maximum": 200},
      "max_bytes": {"type": "integer", "minimum": 1024, "maximum": 4194304},
      "max_tokens": {"type": "integer", "description": "Instead of max_bytes, at four bytes a token"},
      "policy": {"enum": ["drop", "summarise"], "description": "What becomes of the oldest turns"}
    }
  },
  "ConversationRequest": {
    "type": "object",
    "properties": {
      "conversation_id": {"type": "string", "minLength": 1, "maxLength": 256},
      "title": {"type": "string", "maxLength": 256},
      "agents": {"type": "array", "items": {"type": "string"}},
      "capabilities": {"type": "array", "items": {"type": "string"}},
      "instructions": {"type": ["string", "object", "null"]},
      "context": {"$ref": "#/components/schemas/ContextBound"},
      "metadata": {"type": "object"},
      "fork": {
        "type": "object",
        "required": ["conversation_id"],
        "properties": {
          "conversation_id": {"type": "string"},
          "turn": {"type": ["string", "integer"], "description": "Its task id or its number; the newest that has ended when left out"}
        }
      }
    }
  },
  "Conversation": {
    "type": "object",
    "required": ["conversation_id", "context", "turn_count", "created_at"],
    "properties": {
      "conversation_id": {"type": "string"}, "title": {"type": ["string", "null"]},
      "agents": {"type": "array", "items": {"type": "string"}},
      "capabilities": {"type": "array", "items": {"type": "string"}},
      "instructions": {"type": ["string", "object", "null"]},
      "context": {"$ref": "#/components/schemas/ContextBound"}, "metadata": {"type": "object"},
      "turn_count": {"type": "integer"}, "last_turn": {"type": ["string", "null"]},
      "forked_from": {"type": ["object", "null"]},
      "created_at": {"type": "string"}, "updated_at": {"type": "string"},
      "turns": {"type": "array", "items": {"$ref": "#/components/schemas/Turn"}}
    }
  },
  "ConversationList": {
    "type": "object",
    "required": ["conversations", "next"],
    "properties": {
      "conversations": {"type": "array", "items": {"$ref": "#/components/schemas/Conversation"}},
      "next": {"type": ["string", "null"]}
    }
  },
  "TurnRequest": {
    "description": "Beside these, what a task takes: parameters, timeout_seconds, max_retries, on_disconnect …",
    "type": "object",
    "required": ["message"],
    "properties": {
      "message": {"type": ["string", "object"]}, "agent": {"type": "string"},
      "agents": {"type": "array", "items": {"type": "string"}},
      "capabilities": {"type": "array", "items": {"type": "string"}},
      "instructions": {"type": ["string", "object", "null"]}, "stream": {"type": "boolean"},
      "wait": {"type": "boolean", "description": "false: answer at once with the task"}
    }
  },
  "Turn": {
    "type": "object",
    "required": ["number", "task_id", "status"],
    "properties": {
      "number": {"type": "integer", "minimum": 1}, "task_id": {"type": "string"},
      "status": {"type": "string", "description": "Of a task; gone when it is past its retention"},
      "agent_id": {"type": ["string", "null"]}, "agent_name": {"type": ["string", "null"]},
      "messages": {"type": "array", "items": {
        "type": "object",
        "required": ["role", "content"],
        "properties": {"role": {"enum": ["user", "assistant"]}, "content": {"type": ["string", "object"]}}
      }},
      "usage": {"type": "object"}, "error": {"type": ["string", "null"]},
      "error_code": {"type": ["string", "null"]},
      "conversation_id": {"type": "string", "description": "Where a shared turn was said"}
    }
  },
  "TurnList": {
    "type": "object",
    "required": ["conversation_id", "turns", "next"],
    "properties": {
      "conversation_id": {"type": "string"},
      "turns": {"type": "array", "items": {"$ref": "#/components/schemas/Turn"}},
      "next": {"type": ["string", "null"]}
    }
  }
})json";

}  // namespace

json::object conversation_schemas() {
    return json::parse(kSchemas).as_object();
}

}  // namespace meshai::doors
