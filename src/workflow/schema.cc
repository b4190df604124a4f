#include "workflow/schema.h"

namespace meshai::workflow {
namespace {

// The numbers are those of definition.h; a test compares each of them.
constexpr std::string_view kText = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "urn:meshai:workflow-definition",
  "title": "MeshAI workflow",
  "description": "A workflow: a graph of steps that agents, people and timers do. In a template, ${ expression } is replaced by the value of a JMESPath expression over {input, steps, item, index}; $${ is a literal ${.",
  "type": "object",
  "required": ["steps"],
  "additionalProperties": false,
  "properties": {
    "name": {"$ref": "#/$defs/id"},
    "description": {"type": "string", "maxLength": 4096},
    "category": {"type": "string", "maxLength": 256},
    "tags": {"$ref": "#/$defs/tags"},
    "version": {"type": "integer", "minimum": 1, "maximum": 999999999, "description": "Given by the server."},
    "input_schema": {"type": "object", "description": "A JSON Schema that the input must fit."},
    "timeout": {"$ref": "#/$defs/time"},
    "budget": {"$ref": "#/$defs/budget"},
    "on_disconnect": {"enum": ["continue", "cancel", "grace"], "description": "What becomes of a run whose client goes away."},
    "steps": {"$ref": "#/$defs/steps"},
    "result": {"description": "Template of the result; without it, the result of the step that no other waits for, or {id: result} of several."}
  },
  "$defs": {
    "id": {"type": "string", "pattern": "^[a-z0-9_-]{1,64}$"},
    "name": {"type": "string", "minLength": 1, "maxLength": 128},
    "time": {
      "description": "Seconds, or a text like 500ms, 30s, 5m, 2h, 7d.",
      "anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"}]
    },
    "time_or_none": {
      "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"}]
    },
    "expression": {"type": "string", "minLength": 1, "maxLength": 4096, "description": "JMESPath, bare or in ${ }."},
    "task": {
      "description": "Template of what an agent is asked.",
      "anyOf": [{"type": "string", "minLength": 1}, {"type": "object", "minProperties": 1}]
    },
    "tags": {
      "anyOf": [
        {"type": "string", "minLength": 1, "maxLength": 64},
        {"type": "array", "maxItems": 32, "uniqueItems": true, "items": {"type": "string", "minLength": 1, "maxLength": 64}}
      ]
    },
    "ids": {
      "anyOf": [
        {"type": "string", "minLength": 1, "maxLength": 64},
        {"type": "array", "maxItems": 200, "uniqueItems": true, "items": {"type": "string", "minLength": 1, "maxLength": 64}}
      ]
    },
    "names": {
      "anyOf": [
        {"$ref": "#/$defs/name"},
        {"type": "array", "maxItems": 32, "uniqueItems": true, "items": {"$ref": "#/$defs/name"}}
      ]
    },
    "budget": {
      "type": "object",
      "additionalProperties": false,
      "description": "What the whole may use, its children included.",
      "properties": {
        "tokens": {"type": "integer", "minimum": 1},
        "cost": {"type": "number", "minimum": 0},
        "calls": {"type": "integer", "minimum": 1},
        "depth": {"type": "integer", "minimum": 0, "maximum": 64},
        "wall_time": {"$ref": "#/$defs/time"}
      }
    },
    "retry": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "attempts": {"type": "integer", "minimum": 0, "maximum": 10, "description": "After the first."},
        "backoff": {"$ref": "#/$defs/time_or_none"}
      }
    },
    "on_error": {
      "anyOf": [
        {"enum": ["fail", "continue"]},
        {
          "type": "object",
          "required": ["fallback"],
          "additionalProperties": false,
          "properties": {"fallback": {"$ref": "#/$defs/name"}}
        }
      ]
    },
    "steps": {"type": "array", "minItems": 1, "maxItems": 200, "items": {"$ref": "#/$defs/step"}},
    "step": {
      "type": "object",
      "required": ["id"],
      "unevaluatedProperties": false,
      "not": {"required": ["after", "depends_on"]},
      "properties": {
        "id": {"$ref": "#/$defs/id"},
        "title": {"type": "string", "maxLength": 256},
        "type": {"enum": ["agent", "parallel", "map", "condition", "wait", "approval", "workflow", "collaboration"]},
        "after": {"$ref": "#/$defs/ids"},
        "depends_on": {"$ref": "#/$defs/ids"},
        "when": {"$ref": "#/$defs/expression"},
        "retry": {"$ref": "#/$defs/retry"},
        "timeout": {"$ref": "#/$defs/time"},
        "on_error": {"$ref": "#/$defs/on_error"}
      },
      "allOf": [
        {"if": {"properties": {"type": {"const": "agent"}}}, "then": {"$ref": "#/$defs/agent"}},
        {"if": {"required": ["type"], "properties": {"type": {"const": "parallel"}}}, "then": {"$ref": "#/$defs/parallel"}},
        {"if": {"required": ["type"], "properties": {"type": {"const": "map"}}}, "then": {"$ref": "#/$defs/map"}},
        {"if": {"required": ["type"], "properties": {"type": {"const": "condition"}}}, "then": {"$ref": "#/$defs/condition"}},
        {"if": {"required": ["type"], "properties": {"type": {"const": "wait"}}}, "then": {"$ref": "#/$defs/wait"}},
        {"if": {"required": ["type"], "properties": {"type": {"const": "approval"}}}, "then": {"$ref": "#/$defs/approval"}},
        {"if": {"required": ["type"], "properties": {"type": {"const": "workflow"}}}, "then": {"$ref": "#/$defs/workflow"}},
        {"if": {"required": ["type"], "properties": {"type": {"const": "collaboration"}}}, "then": {"$ref": "#/$defs/collaboration"}}
      ]
    },
    "agent": {
      "required": ["task"],
      "not": {"required": ["agent", "agents"]},
      "properties": {
        "task": {"$ref": "#/$defs/task"},
        "agent": {"$ref": "#/$defs/name"},
        "agents": {"$ref": "#/$defs/names"},
        "capabilities": {"$ref": "#/$defs/names"},
        "routing_strategy": {"type": "string", "maxLength": 128},
        "instructions": {"type": ["string", "object"]},
        "parameters": {"type": "object"},
        "context": {"description": "Template."},
        "output": {"enum": ["text", "json", "list"]}
      }
    },
    "parallel": {"required": ["steps"], "properties": {"steps": {"$ref": "#/$defs/steps"}}},
    "map": {
      "required": ["over", "step"],
      "properties": {
        "over": {"$ref": "#/$defs/expression"},
        "width": {"type": "integer", "minimum": 1, "maximum": 64},
        "step": {"$ref": "#/$defs/step"}
      }
    },
    "condition": {
      "required": ["if", "then"],
      "properties": {
        "if": {"$ref": "#/$defs/expression"},
        "then": {"$ref": "#/$defs/steps"},
        "else": {"$ref": "#/$defs/steps"}
      }
    },
    "wait": {
      "oneOf": [{"required": ["for"]}, {"required": ["until"]}],
      "properties": {
        "for": {"$ref": "#/$defs/time"},
        "until": {"type": "string", "minLength": 1, "maxLength": 4096, "description": "RFC 3339, or an expression that gives one."}
      }
    },
    "approval": {
      "required": ["message"],
      "properties": {
        "message": {"type": "string", "minLength": 1, "description": "Template."},
        "schema": {"type": "object", "description": "A form for the person: a flat JSON Schema."},
        "on_timeout": {"enum": ["fail", "reject", "approve"]},
        "on_reject": {"enum": ["fail", "continue"]}
      }
    },
    "workflow": {
      "required": ["workflow"],
      "properties": {
        "workflow": {"type": "string", "pattern": "^[a-z0-9_-]{1,64}(@[1-9][0-9]{0,8})?$"},
        "input": {"description": "Template."}
      }
    },
    "collaboration": {
      "required": ["strategy", "task"],
      "anyOf": [{"required": ["agents"]}, {"required": ["capabilities"]}],
      "if": {"required": ["manager"]},
      "then": {"properties": {"strategy": {"const": "hierarchical"}}},
      "properties": {
        "strategy": {"enum": ["sequential", "parallel", "collaborative", "hierarchical"]},
        "agents": {"$ref": "#/$defs/names"},
        "capabilities": {"$ref": "#/$defs/names"},
        "manager": {"type": "string", "maxLength": 128},
        "task": {"$ref": "#/$defs/task"}
      }
    }
  }
}
)json";

}  // namespace

std::string_view definition_schema_text() {
    return kText;
}

json::value definition_schema() {
    auto schema = parse_json(kText);
    return schema ? std::move(*schema) : json::value(nullptr);
}

}  // namespace meshai::workflow
