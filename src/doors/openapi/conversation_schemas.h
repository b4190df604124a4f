// doors/openapi/conversation_schemas.h
//
// The schemas of conversations, for openapi.cc alone. Pure.
#pragma once

#include "base/json.h"

namespace meshai::doors {

json::object conversation_schemas();

}  // namespace meshai::doors
