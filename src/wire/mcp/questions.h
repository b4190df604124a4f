// wire/mcp/questions.h
//
// What a server can ask of a client, and what the client answers: elicitation
// by form or by URL, sampling, roots. In the sessions era each is a JSON-RPC
// request to the client; in the stateless era they stand in an `input_required`
// result or in a task. The question is the same value. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "wire/mcp/revision.h"

namespace meshai::wire::mcp {

/// What a client said it can do (N3, N4, N9).
struct ClientAbilities {
    bool elicitation_form = false;  ///< an empty `elicitation` object means form
    bool elicitation_url = false;
    bool sampling = false;
    bool sampling_tools = false;
    bool roots = false;
    bool tasks_extension = false;  ///< extensions["io.modelcontextprotocol/tasks"]
    json::object declared{};       ///< as it came
};

/// InvalidArgument when a member is not an object.
Result<ClientAbilities> read_client_abilities(const json::object& capabilities);

/// A form for the person at the client: a flat object of primitives and enums (R7). No secrets.
struct FormQuestion {
    std::string message;
    json::object schema;
};
/// A page for the person to open (R8, R9).
struct UrlQuestion {
    std::string message;
    std::string url;
    std::string elicitation_id;  ///< 2025-11-25 demands one; later revisions have none
};
/// The client's own model shall write something.
struct SamplingQuestion {
    json::object params;  ///< CreateMessageRequest params: messages, maxTokens, …
};
struct RootsQuestion {};

using Question = std::variant<FormQuestion, UrlQuestion, SamplingQuestion, RootsQuestion>;

/// Questions by key; a key is unique in one call or task.
using Questions = std::map<std::string, Question>;

/// "elicitation/create", "sampling/createMessage", "roots/list"
std::string_view method_of(const Question& question);

/// {"method":…, "params":…} as a log keeps it: with everything the question holds.
json::object to_json(const Question& question);
Result<Question> question_of(const json::object& value);  ///< reads what to_json wrote (from the log)

/// The same as this revision sends it: the stateless era embeds it, the sessions
/// era takes the params from it. `elicitationId` is written in 2025-11-25 only (R8).
json::object to_json(const Question& question, Revision revision);

/// Whether a client with these abilities may be asked this (R2).
bool may_ask(const ClientAbilities& abilities, const Question& question);

/// The abilities that this question needs, as a ClientCapabilities object (N9).
json::object needed_for(const Question& question);

/// An answer that has the form the question asks for: elicitation {action, content?}
/// (content checked against the flat schema's required members and types),
/// sampling {role, content, model}, roots {roots:[…]}. InvalidArgument otherwise (R4).
Result<json::object> check_answer(const Question& question, const json::value& answer);

/// Answers by key, as far as they are there.
using Answers = std::map<std::string, json::object>;

}  // namespace meshai::wire::mcp
