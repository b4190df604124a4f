// workflow/predefined.h
//
// The six workflows that every server of the family has: code-review,
// refactor-optimize, debug-fix, document-explain, architecture-review and
// feature-development. Each asks its specialists by name at once, falls back to
// whoever has the capabilities where they do not exist, and ends with one
// synthesis. Definitions like any other. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/definition.h"

namespace meshai::workflow {

/// In the order of the family's documents.
std::vector<Definition> predefined();
std::optional<Definition> predefined(std::string_view name);

/// "code-review" -> "mesh_code_review": the tool of MCP that runs it.
std::string tool_name(std::string_view workflow);

/// The agents that a definition asks for by name, each once, in the order of the text.
std::vector<std::string> agents_of(const Definition& definition);

}  // namespace meshai::workflow
