// mesh/library/row.h
//
// How a tenant's workflow lies in the store: a row of Table::Workflows per name
// ("review") that says its newest version, and one per version
// ("review@000003") with the definition. Both are put in one unit, so that two
// that put the same name at the same moment make two versions or a conflict.
// Only for this folder.
#pragma once

#include <string>
#include <string_view>

#include "mesh/library/library.h"

namespace meshai::mesh {

std::string version_key(std::string_view name, int version);
bool is_version_key(std::string_view key);

std::string encode_head(int newest);
Result<int> decode_head(std::string_view bytes);

std::string encode_row(const Kept& kept);

/// Code::Corrupt for what `encode_row` did not make.
Result<Kept> decode_row_of_workflow(std::string_view bytes);

}  // namespace meshai::mesh
