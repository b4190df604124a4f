// cli/workflow_words.h
//
// The words `meshai workflow ls|show|check|run|watch`, and what `meshai run`
// understands of workflows: their options, and which command each one means.
// What the commands do stands in workflow.h and run.cc.
#pragma once

#include "cli/commands.h"
#include "cli/words.h"

namespace meshai::cli {

void add_workflows(CLI::App& app, Chosen& chosen);

/// --workflow and --input.
void add_workflow_options(CLI::App& run, RunWish& wish);

}  // namespace meshai::cli
