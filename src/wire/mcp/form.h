// wire/mcp/form.h
//
// The flat schemas that a form for a person may have (R7), and whether what the
// person filled in fits: required fields, primitive types, choices, lengths and
// ranges. Nested schemas do not exist there, so this is not a JSON Schema
// validator. Private to this folder. Pure.
#pragma once

#include "base/json.h"
#include "base/result.h"

namespace meshai::wire::mcp {

/// `content` without the optional fields that are null: a client that leaves one
/// open may say so either way. InvalidArgument with the field's name otherwise.
/// Fields that the form does not have stay as they are.
Result<json::object> check_form(const json::object& schema, const json::object& content);

}  // namespace meshai::wire::mcp
