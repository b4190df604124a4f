// doors/tools/workflow_prompts.h
//
// The predefined workflows as prompts: words that a person picks in the client,
// and that make the model call the workflow's tool. The same for every tenant.
#pragma once

#include "doors/toolbox/toolbox.h"

namespace meshai::doors {

std::vector<PromptEntry> workflow_prompts();

}  // namespace meshai::doors
