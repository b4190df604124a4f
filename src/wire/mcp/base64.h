// wire/mcp/base64.h
//
// Base64 of RFC 4648, section 4, with padding, read strictly: two texts never
// mean the same bytes. Private to this folder. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meshai::wire::mcp {

std::string base64_of(std::string_view bytes);

/// Nothing for a character outside the alphabet, wrong padding, or bits set
/// behind the last byte.
std::optional<std::string> bytes_of_base64(std::string_view text);

}  // namespace meshai::wire::mcp
