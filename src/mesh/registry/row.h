// mesh/registry/row.h
//
// How a registered agent lies in the store: a row of Table::Agents under its
// tenant, one JSON object with everything, the agent's API key included. Read
// and written here only; what clients see has an encoder of its own.
#pragma once

#include <string>
#include <string_view>

#include "mesh/registry/entry.h"

namespace meshai::mesh {

std::string encode_row(const Entry& entry);

/// Code::Corrupt for what `encode_row` did not make, of this or an older version.
Result<Entry> decode_row(std::string_view bytes);

}  // namespace meshai::mesh
