// agents/http/adapter.h
//
// Agents of the family: POST {endpoint}/execute with the task, and an answer
// that is either one JSON document or a stream in the guide's dialect, relayed
// event by event. The agent's own key goes with it, never a client's. See
// README.md here for what each kind of answer leads to.
#pragma once

#include <memory>

#include "agents/adapter.h"

namespace meshai::agents::http {

/// Configuration when the URL cannot be called.
Result<std::unique_ptr<Adapter>> make_adapter(Spec spec, Tools tools);

/// The ending in the JSON document of an `/execute` answer. Pure.
struct Document {
    std::string agent;  ///< name, for the sentences
    Secret key;
    Cost price;
};
Ending read_document(const Document& of, std::string_view body);

}  // namespace meshai::agents::http
