// main/operator_words.h
//
// The words of the command line for whoever runs the server: serve, dev,
// config, key, db, version. What they do is in app/; here is how they are
// written and how their answers are printed.
#pragma once

#include "cli/words.h"

namespace meshai {

void add_operator_words(CLI::App& app, cli::Chosen& chosen);

}  // namespace meshai
