// doors/openapi/conversation_schemas.h
//
// The schemas of conversations and their turns in the API description, beside
// those of tasks and agents. openapi_schemas takes them in; what they describe is
// written by rest/conversation_json.h, and nothing is checked against them. Pure.
#pragma once

#include "base/json.h"

namespace meshai::doors {

json::object conversation_schemas();

}  // namespace meshai::doors
