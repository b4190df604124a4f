// workflow/schema.h
//
// The JSON Schema 2020-12 of a definition, as the server publishes it: for
// editors, and for whoever writes definitions by program. What it refuses, the
// reader refuses, too; the reader and check.h say more, because a schema knows
// nothing of order, references and agents. Pure.
#pragma once

#include <string_view>

#include "base/json.h"

namespace meshai::workflow {

/// The text of the schema: one JSON object.
std::string_view definition_schema_text();

/// The same as a tree.
json::value definition_schema();

}  // namespace meshai::workflow
