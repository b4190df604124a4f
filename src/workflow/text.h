// workflow/text.h
//
// A definition as people write it into a file: JSON, or TOML of the same shape.
// The command line checks files with it, the server reads the operator's folder
// with it. It gets a text and never opens a file. Pure; any thread. toml++ is
// seen by text.cc only.
#pragma once

#include <optional>
#include <string_view>

#include "workflow/definition.h"

namespace meshai::workflow {

enum class Language { Json, Toml };

/// By the end of the file's name, ".json" or ".toml"; nothing for any other.
std::optional<Language> language_of(std::string_view file_name);

/// Of a text; comments and indents make it longer than the definition may be.
inline constexpr std::size_t kTextBytesMax = 1U << 20U;
/// In one line of TOML, where each may be a table within the one before.
inline constexpr std::size_t kTomlDotsMax = 1'000;

/// The definition, or all problems. What breaks the language itself has no place, but a line or a byte.
Read read_text(std::string_view text, Language language);

}  // namespace meshai::workflow
