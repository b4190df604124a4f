// doors/openapi/delegate_schemas.h
//
// The schemas of delegation, for schemas.cc alone. Pure.
#pragma once

#include "base/json.h"

namespace meshai::doors {

json::object delegate_schemas();

}  // namespace meshai::doors
