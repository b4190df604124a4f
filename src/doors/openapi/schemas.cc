#include "doors/openapi/conversation_schemas.h"
#include "doors/openapi/delegate_schemas.h"
#include "doors/openapi/openapi.h"
#include "doors/openapi/workflow_schemas.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kTaskSchemas = R"json({
  "Problem": {
    "description": "RFC 9457, with members for older clients",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
      "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
      "detail": {"type": "string"}, "code": {"type": "string"}, "error": {"type": "string"},
      "message": {"type": "string"}, "success": {"const": false}
    }
  },
  "JsonRpcRequest": {
    "type": "object",
    "required": ["method"],
    "properties": {
      "jsonrpc": {"const": "2.0"}, "id": {"type": ["string", "integer"]},
      "method": {"type": "string"}, "params": {"type": "object"}
    }
  },
  "JsonRpcResponse": {
    "type": "object",
    "required": ["jsonrpc", "id"],
    "properties": {
      "jsonrpc": {"const": "2.0"}, "id": {"type": ["string", "integer", "null"]},
      "result": {"type": "object"}, "error": {"type": "object"}
    }
  },
  "ToolList": {
    "type": "object",
    "required": ["tools"],
    "properties": {"tools": {"type": "array", "items": {
      "type": "object",
      "required": ["name", "inputSchema"],
      "properties": {
        "name": {"type": "string"}, "title": {"type": "string"}, "description": {"type": "string"},
        "inputSchema": {"type": "object"}, "outputSchema": {"type": "object"},
        "annotations": {"type": "object"}
      }
    }}}
  },
  "ResourceList": {
    "type": "object",
    "required": ["resources"],
    "properties": {"resources": {"type": "array", "items": {
      "type": "object",
      "required": ["uri", "name"],
      "properties": {
        "uri": {"type": "string"}, "name": {"type": "string"}, "title": {"type": "string"},
        "description": {"type": "string"}, "mimeType": {"type": "string"}
      }
    }}}
  },
  "TaskRequest": {
    "description": "What to do stands in input, or else in payload, or else in task",
    "type": "object",
    "properties": {
      "input": {"type": ["string", "object"]}, "payload": {"type": ["string", "object"]},
      "task": {"type": ["string", "object"]}, "task_type": {"type": "string"},
      "required_capabilities": {"type": "array", "items": {"type": "string"}},
      "capabilities": {"type": "array", "items": {"type": "string"}},
      "agents": {"type": "array", "items": {"type": "string"}},
      "routing_strategy": {"type": "string"}, "preferred_framework": {"type": "string"},
      "context": {"type": "object"}, "parameters": {"type": "object"},
      "instructions": {"type": ["string", "object", "null"]},
      "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 86400},
      "max_retries": {"type": "integer", "minimum": 0, "maximum": 10},
      "on_disconnect": {"enum": ["continue", "cancel", "grace", "detach"]},
      "recovery": {"enum": ["auto", "rerun", "fail"]},
      "correlation_id": {"type": "string"}, "conversation_id": {"type": "string"},
      "idempotency_key": {"type": "string"}, "stream": {"type": "boolean"}
    }
  },
  "ContinueRequest": {
    "type": "object",
    "required": ["task_id", "additional_instructions"],
    "properties": {
      "task_id": {"type": "string"}, "additional_instructions": {"type": ["string", "object"]},
      "stream": {"type": "boolean"}
    }
  },
  "TaskAccepted": {
    "type": "object",
    "required": ["task_id", "status"],
    "properties": {
      "task_id": {"type": "string"}, "status": {"const": "submitted"}, "message": {"type": "string"},
      "status_url": {"type": "string"}, "stream_url": {"type": "string"}, "events_url": {"type": "string"},
      "result_url": {"type": "string"}, "parent_task_id": {"type": "string"}
    }
  },
  "TaskState": {"enum": ["pending", "routing", "executing", "input_required", "completed", "failed", "cancelled"]},
  "TaskStatus": {
    "type": "object",
    "required": ["task_id", "status"],
    "properties": {
      "task_id": {"type": "string"}, "status": {"$ref": "#/components/schemas/TaskState"},
      "task_type": {"type": "string"}, "input": {"type": ["string", "object"]},
      "result": {"type": ["string", "object", "null"]}, "error": {"type": ["string", "null"]},
      "error_code": {"type": ["string", "null"]}, "progress": {"type": "number"},
      "message": {"type": ["string", "null"]}, "agent_id": {"type": ["string", "null"]},
      "agent_name": {"type": ["string", "null"]}, "execution_time_seconds": {"type": ["number", "null"]},
      "submitted_at": {"type": ["string", "null"]}, "started_at": {"type": ["string", "null"]},
      "completed_at": {"type": ["string", "null"]}, "retry_count": {"type": "integer"},
      "routing_strategy_used": {"type": "string"}, "context_updates": {"type": "object"},
      "parent_task_id": {"type": ["string", "null"]}, "last_event": {"type": "integer"},
      "conversation_id": {"type": "string"}, "root_task_id": {"type": "string"}, "step": {"type": "string"},
      "workflow": {"type": "object"}, "partial_result": {"type": "object"},
      "steps": {"type": "array", "items": {"type": "object"}},
      "input_required": {"type": "array", "items": {"$ref": "#/components/schemas/TaskQuestion"}}
    }
  },
  "TaskInput": {
    "type": "object",
    "required": ["task_id", "status", "questions", "answered"],
    "properties": {
      "task_id": {"type": "string"}, "status": {"$ref": "#/components/schemas/TaskState"},
      "questions": {"type": "array", "items": {"$ref": "#/components/schemas/TaskQuestion"}},
      "answered": {"type": "array", "items": {
        "type": "object",
        "properties": {"key": {"type": "string"}, "by": {"type": "string"}, "answer": {}}
      }}
    }
  },
  "TaskQuestion": {
    "description": "A question as MCP asks it; link is a page for a person, for keys that may answer",
    "type": "object",
    "required": ["key", "question"],
    "properties": {
      "key": {"type": "string"}, "message": {"type": "string"}, "question": {"type": "object"},
      "expires_at": {"type": ["string", "null"]}, "answer_url": {"type": "string"},
      "link": {"type": "string"}
    }
  },
  "TaskAnswers": {
    "description": "answers by key, or one answer with its key; an answer is {action, content?}, the fields of the form, or true or false",
    "type": "object",
    "properties": {
      "answers": {"type": "object"}, "key": {"type": "string"},
      "answer": {"type": ["object", "boolean", "string", "number"]}
    }
  },
  "TaskList": {"type": "array", "items": {"$ref": "#/components/schemas/TaskStatus"}},
  "TaskCancelled": {
    "type": "object",
    "properties": {"status": {"const": "cancelled"}, "task_id": {"type": "string"}}
  },
  "TaskResult": {
    "type": "object",
    "required": ["task_id", "status"],
    "properties": {
      "task_id": {"type": "string"}, "status": {"$ref": "#/components/schemas/TaskState"},
      "result": {"type": ["string", "object", "null"]}, "error": {"type": ["string", "null"]},
      "error_code": {"type": ["string", "null"]}
    }
  },
  "Event": {
    "type": "object",
    "description": "Beside these, what an event of its kind says",
    "required": ["seq", "id", "task_id", "kind", "timestamp"],
    "properties": {
      "seq": {"type": "integer"}, "id": {"type": "string"}, "event_id": {"type": "string"},
      "task_id": {"type": "string"}, "kind": {"type": "string"}, "timestamp": {"type": "string"}
    }
  },
  "EventList": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}
})json";

constexpr std::string_view kMeshSchemas = R"json({
  "Stats": {
    "type": "object",
    "properties": {
      "total_tasks_submitted": {"type": "integer"}, "active_tasks": {"type": "integer"},
      "completed_tasks": {"type": "integer"}, "failed_tasks": {"type": "integer"},
      "cancelled_tasks": {"type": "integer"}, "avg_execution_time_ms": {"type": "number"},
      "success_rate": {"type": "number"}
    }
  },
  "Health": {
    "type": "object",
    "required": ["status", "service", "version", "timestamp"],
    "properties": {
      "status": {"enum": ["healthy", "degraded", "unhealthy"]}, "service": {"type": "string"},
      "version": {"type": "string"}, "services": {"type": "object"}, "timestamp": {"type": "string"},
      "uptime_seconds": {"type": "integer"}, "active_tasks": {"type": "integer"},
      "completed_tasks": {"type": "integer"}, "failed_tasks": {"type": "integer"},
      "total_agents": {"type": "integer"}, "healthy_agents": {"type": "integer"},
      "unhealthy_agents": {"type": "integer"}
    }
  },
  "AgentRegistration": {
    "type": "object",
    "required": ["name"],
    "properties": {
      "id": {"type": "string"}, "name": {"type": "string"}, "kind": {"enum": ["http", "openai", "mesh"]},
      "framework": {"type": "string"}, "capabilities": {"type": "array", "items": {"type": "string"}},
      "endpoint": {"type": "string"}, "health_endpoint": {"type": "string"}, "model": {"type": "string"},
      "max_concurrent_tasks": {"type": "integer", "minimum": 1}, "delegates": {"type": "boolean"},
      "instructions": {"type": ["string", "object", "null"]}, "description": {"type": "string"},
      "version": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}},
      "metadata": {"type": "object"},
      "authentication": {
        "type": "object",
        "properties": {"type": {"enum": ["api_key", "bearer", "none"]}, "key": {"type": "string"}}
      }
    }
  },
  "Agent": {
    "type": "object",
    "required": ["id", "name", "status", "health"],
    "properties": {
      "id": {"type": "string"}, "name": {"type": "string"}, "kind": {"type": "string"},
      "framework": {"type": "string"}, "capabilities": {"type": "array", "items": {"type": "string"}},
      "status": {"enum": ["active", "offline"]},
      "health": {"enum": ["unknown", "healthy", "degraded", "unhealthy"]},
      "breaker": {"enum": ["closed", "open", "half_open"]}, "available": {"type": "boolean"},
      "health_score": {"type": "number"}, "avg_response_time_ms": {"type": "number"},
      "success_rate": {"type": "number"}, "current_load": {"type": "number"},
      "created_at": {"type": "string"}, "updated_at": {"type": "string"}
    }
  },
  "AgentList": {"type": "array", "items": {"$ref": "#/components/schemas/Agent"}},
  "AgentPatch": {
    "type": "object",
    "properties": {
      "name": {"type": "string"}, "capabilities": {"type": "array", "items": {"type": "string"}},
      "tags": {"type": "array", "items": {"type": "string"}}, "metadata": {"type": "object"},
      "health_score": {"type": "number", "minimum": 0, "maximum": 1},
      "avg_response_time_ms": {"type": "number", "minimum": 0},
      "success_rate": {"type": "number", "minimum": 0, "maximum": 1},
      "current_load": {"type": "number", "minimum": 0, "maximum": 1},
      "instructions": {"type": ["string", "object", "null"]}
    }
  },
  "AgentQuery": {
    "type": "object",
    "properties": {
      "capabilities": {"type": "array", "items": {"type": "string"}}, "framework": {"type": "string"},
      "tags": {"type": "array", "items": {"type": "string"}}, "min_success_rate": {"type": "number"},
      "max_response_time_ms": {"type": "number"}, "max_load": {"type": "number"},
      "exclude_agents": {"type": "array", "items": {"type": "string"}},
      "limit": {"type": "integer"}, "include_offline": {"type": "boolean"}
    }
  },
  "Removed": {
    "type": "object",
    "properties": {"status": {"const": "success"}, "message": {"type": "string"}}
  },
  "Heartbeat": {
    "type": "object",
    "properties": {
      "agent_id": {"type": "string"}, "status": {"const": "acknowledged"}, "timestamp": {"type": "string"},
      "next_heartbeat_in": {"type": "integer"}
    }
  }
})json";

}  // namespace

json::object openapi_schemas() {
    auto schemas = json::parse(kTaskSchemas).as_object();
    for (auto& [name, schema] : json::parse(kMeshSchemas).as_object()) schemas[name] = schema;
    for (auto& [name, schema] : conversation_schemas()) schemas[name] = schema;
    for (auto& [name, schema] : workflow_schemas()) schemas[name] = schema;
    for (auto& [name, schema] : delegate_schemas()) schemas[name] = schema;
    return schemas;
}

}  // namespace meshai::doors
