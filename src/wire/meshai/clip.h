// wire/meshai/clip.h
//
// Text that has to fit into a frame: how much JSON makes of it, and where it is
// cut. Only for this folder.
#pragma once

#include <string>
#include <string_view>

namespace meshai::wire::guide {

/// The longest prefix of `text` that JSON writes in at most `bytes_max` bytes, cut between code points.
std::string_view escaped_prefix(std::string_view text, std::size_t bytes_max);

/// Text of which JSON makes at most `bytes_max` bytes (and the mark that something is missing).
std::string clipped(std::string_view text, std::size_t bytes_max);

}  // namespace meshai::wire::guide
