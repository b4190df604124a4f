// app/operator/model_server.h
//
// Finds a model for `meshai dev`: what OPENAI_BASE_URL and OPENAI_API_KEY name,
// or else a model server that answers on loopback where the usual ones do.
// Asks each for its models and nothing more.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agents/spec.h"
#include "net/client/client.h"

namespace meshai::app {

struct FoundModel {
    std::string url;  ///< base URL of an OpenAI-compatible API
    std::string model;
    agents::Secret key;
    std::string where;  ///< "Ollama on port 11434", "OPENAI_BASE_URL"
};

using Variable = std::function<std::optional<std::string>(const std::string& name)>;

Async<std::optional<FoundModel>> find_model(net::client::Client& http, Clock& clock, Variable variable);

/// The model as the one agent of a server: it takes every kind of task.
agents::Spec agent_of(const FoundModel& found);

}  // namespace meshai::app
