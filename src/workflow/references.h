// workflow/references.h
//
// What an expression of a step may read, and what is wrong with what it does
// read: steps that are not before it, items where there are none, members of
// the input that cannot be there. One part of check.h. Private to this room.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "workflow/definition.h"
#include "workflow/expression.h"

namespace meshai::workflow {

/// Every step of a definition by its id, with the steps it lies in.
struct Located {
    const Step* step = nullptr;
    std::vector<std::string> within;  ///< ids, outermost first
};
using Index = std::map<std::string, Located, std::less<>>;
Index index_of(const Definition& definition);

/// What is there where an expression stands.
struct Surroundings {
    std::set<std::string> steps{};  ///< that are surely over
    bool in_map = false;
};

/// What is wrong with a reference, or nothing.
std::optional<std::string> complaint(const Reference& reference, const Surroundings& here, const Index& index,
                                     const json::value& input_schema);

}  // namespace meshai::workflow
