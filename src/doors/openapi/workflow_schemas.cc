#include "doors/openapi/workflow_schemas.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kSchemas = R"json({
  "WorkflowLine": {
    "type": "object",
    "required": ["name", "version", "source", "agents", "parameters"],
    "properties": {
      "name": {"type": "string"}, "description": {"type": "string"}, "category": {"type": "string"},
      "version": {"type": "integer"}, "source": {"enum": ["predefined", "file", "tenant"]},
      "tags": {"type": "array", "items": {"type": "string"}},
      "agents": {"type": "array", "items": {"type": "string"}},
      "parameters": {"type": "object"}, "step_count": {"type": "integer"}, "created_at": {"type": "string"}
    }
  },
  "WorkflowList": {
    "type": "object", "required": ["workflows"],
    "properties": {"workflows": {"type": "array", "items": {"$ref": "#/components/schemas/WorkflowLine"}}}
  },
  "Workflow": {
    "type": "object", "required": ["name", "version", "definition"],
    "properties": {
      "name": {"type": "string"}, "version": {"type": "integer"},
      "definition": {"$ref": "#/components/schemas/WorkflowDefinition"},
      "versions": {"type": "array", "items": {"type": "integer"}}
    }
  },
  "WorkflowRequest": {
    "description": "A definition; or the family's steps, which are run at once",
    "type": "object",
    "properties": {
      "workflow_type": {"enum": ["sequential", "parallel", "graph"]},
      "payload": {"type": "object"}, "agents": {"type": "array", "items": {"type": "string"}},
      "input": {"type": "object"}, "stream": {"type": "boolean"}, "idempotency_key": {"type": "string"},
      "name": {"type": "string"}, "steps": {"type": "array"}
    }
  },
  "WorkflowOrTask": {
    "type": "object",
    "properties": {"task_id": {"type": "string"}, "status": {"type": "string"},
      "name": {"type": "string"}, "version": {"type": "integer"}}
  },
  "WorkflowRun": {
    "description": "Beside these, what a task takes: timeout_seconds, on_disconnect, idempotency_key …",
    "type": "object",
    "properties": {"input": {"type": "object"}, "stream": {"type": "boolean"}}
  },
  "WorkflowProblems": {
    "type": "array",
    "items": {"type": "object", "required": ["place", "what"],
      "properties": {"place": {"type": "string", "description": "steps[2].step.task"}, "what": {"type": "string"}}}
  },
  "WorkflowCheck": {
    "type": "object", "required": ["valid", "problems"],
    "properties": {
      "valid": {"type": "boolean"},
      "problems": {"$ref": "#/components/schemas/WorkflowProblems"},
      "missing": {"$ref": "#/components/schemas/WorkflowProblems"}
    }
  },
  "Removed": {
    "type": "object", "required": ["status", "name"],
    "properties": {"status": {"type": "string"}, "name": {"type": "string"}}
  },
  "MultiAgentRequest": {
    "type": "object", "required": ["task"],
    "properties": {
      "task": {"type": "string"}, "agents": {"type": "array", "items": {"type": "string"}},
      "capabilities": {"type": "array", "items": {"type": "string"}}, "context": {"type": "object"},
      "routing_strategy": {"enum": ["sequential", "parallel", "collaborative", "hierarchical"]}
    }
  },
  "MultiAgentResult": {
    "type": "object", "required": ["task_id", "status", "agent_results"],
    "properties": {
      "task_id": {"type": "string"}, "status": {"type": "string"}, "summary": {"type": "string"},
      "agent_results": {"type": "object", "additionalProperties":
        {"type": "object", "required": ["result"], "properties": {"result": {}}}}
    }
  }
})json";

}  // namespace

json::object workflow_schemas() {
    auto schemas = json::parse(kSchemas).as_object();
    schemas["WorkflowDefinition"] =
        json::object{{"description", "GET /api/v1/workflows/schema has the whole of it"}, {"type", "object"}};
    return schemas;
}

}  // namespace meshai::doors
