// agents/openai/ask.h
//
// A task as a chat completion request: instructions and context as the system
// prompt, the input as the user's message, and those parameters of the task
// that the API knows. Pure.
#pragma once

#include "agents/adapter.h"

namespace meshai::agents::openai {

json::object completion_request(const Spec& spec, const task::Request& request);

}  // namespace meshai::agents::openai
