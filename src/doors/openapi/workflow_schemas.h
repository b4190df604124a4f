// doors/openapi/workflow_schemas.h
//
// What the doors of workflows take and give, as schemas of the API's description
// (openapi.h puts them beside the others). A definition itself has a schema of
// its own, which the server serves. Pure.
#pragma once

#include "base/json.h"

namespace meshai::doors {

json::object workflow_schemas();

}  // namespace meshai::doors
