// cli/words.h
//
// The words of the command line that talk to a server: run, task, agent. Adds
// them with their options to the program's parser; what the operator's words
// are, main says itself.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "cli/output.h"

namespace meshai::cli {

/// What the command line asked for; called once the whole line is understood. Gives the exit code.
using Chosen = std::function<int()>;

void add_words(CLI::App& app, Chosen& chosen);

/// `-o table|json`, with the family's older `--format` beside it.
void add_form(CLI::App& command, Form& form);

}  // namespace meshai::cli
