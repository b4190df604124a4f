// base/spelling.h
//
// "Did you mean …": the word that someone probably wanted to write. Used for keys
// of the configuration, members of a workflow and words of the command line. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshai {

/// Letters to insert, remove, change or swap with their neighbour to make `b` of `a`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The nearest of `words`, if it is near enough for a slip of the hand.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& words);

}  // namespace meshai
