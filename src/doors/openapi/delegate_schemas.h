// doors/openapi/delegate_schemas.h
//
// How the calls of an agent that hands work on, or asks a person, look in the
// description of the API: schemas by name, for schemas.cc alone, which puts them
// beside the others. Never what the server checks by: that is delegate_ask.h. Pure.
#pragma once

#include "base/json.h"

namespace meshai::doors {

json::object delegate_schemas();

}  // namespace meshai::doors
