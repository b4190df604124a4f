// agents/openai/adapter.h
//
// Any OpenAI-compatible chat completions endpoint: llama.cpp, vLLM, Ollama, LM
// Studio, OpenAI itself. Asks for a stream and passes the text on as it comes;
// a server that answers with one document is understood, too. The result is
// the text.
#pragma once

#include <memory>

#include "agents/adapter.h"

namespace meshai::agents::openai {

/// Configuration when the URL cannot be called.
Result<std::unique_ptr<Adapter>> make_adapter(Spec spec, Tools tools);

}  // namespace meshai::agents::openai
