// store/unit.h
//
// What every engine asks of a unit before it looks at its data: names that can
// be names, nothing twice, bounds kept. Engines share it so that all refuse the
// same units with the same words. Pure; any thread.
#pragma once

#include "store/engine.h"

namespace meshai::store {

/// InvalidArgument or TooLarge with a sentence that names the part; fine otherwise.
Status check(const Unit& unit);

/// What a unit costs to keep: the bytes that it wants to write.
std::size_t bytes_of(const Unit& unit);

/// The first key behind all keys that start with `prefix`; empty when there is no such key.
std::string end_of_prefix(std::string prefix);

}  // namespace meshai::store
