// doors/openapi/workflow_schemas.h
//
// The schemas of what the doors of workflows take and give. Pure.
#pragma once

#include "base/json.h"

namespace meshai::doors {

json::object workflow_schemas();

}  // namespace meshai::doors
