// agents/dialect/said.h
//
// What an agent that speaks the guide's dialect can say, one value per event:
// the JSON of one `data:` line of a stream, or one line of a program's output.
// Strict where it matters (wrong types are refused), lenient where agents in
// the field differ (names of the token member, events nobody knows). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "task/event.h"

namespace meshai::agents::dialect {

struct Start {
    std::string task_id;  ///< the agent's own name for the task; may be empty
};
struct Token {
    std::string text;
};
struct Keepalive {};
/// A result, from a `result` event or a JSON-RPC response. An ending.
struct Outcome {
    json::value value;
    task::Usage usage;
    bool is_truncated = false;
    std::string url;  ///< where the whole of a truncated result is
};
/// A failure, from an `error` event or a JSON-RPC error. An ending.
struct Fault {
    std::string message;
    std::string code;  ///< the agent's own; may be empty
    json::object details;
};
/// `complete`: an ending only where no result came before it.
struct Complete {
    std::string status;
    task::Usage usage;
};
struct Done {};
/// An event nobody here knows. Skipped.
struct Other {
    std::string type;
};

using Said = std::variant<Start, task::Progress, Token, task::AgentMessage, Keepalive, Outcome, Fault,
                          Complete, Done, Other>;

/// One event. AgentProtocol says what is wrong with it, as the end of a sentence about the agent.
Result<Said> parse(std::string_view text);

/// The events in the data of one message: one, or one a line where an agent
/// left out the blank lines between them.
Result<std::vector<Said>> parse_message(std::string_view data);

/// Whether `line` is an event of the dialect, so that the lines after it will be, too.
bool is_event(std::string_view line);

/// Token counts as the family or an OpenAI-compatible server writes them; zero where absent.
task::Usage read_usage(const json::object& usage);

/// A result is a string or an object; anything else is wrapped as {"value": …}, null is the empty string.
json::value normal_result(json::value value);

}  // namespace meshai::agents::dialect
