// wire/schema/ecma_pattern.h
//
// Translates a regular expression of ECMA-262 (the `u` flag's meaning) into the
// Perl syntax of Boost.Regex over code points. Only what ECMA-262 has is let
// through, so no feature of Perl that recurses or runs long (recursion,
// conditionals, \G, named recursion) can be reached. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace meshai::wire::schema {

/// The pattern for Boost.Regex. The error's message continues "The pattern '…' ".
Result<std::wstring> boost_syntax(std::string_view ecma);

}  // namespace meshai::wire::schema
