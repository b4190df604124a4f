// main/mcp_word.h
//
// `meshai mcp`: MCP over stdio, for clients that start a program. A bridge to
// a running server, or with a configuration the server itself.
#pragma once

#include "cli/words.h"

namespace meshai {

void add_mcp_word(CLI::App& app, cli::Chosen& chosen);

}  // namespace meshai
