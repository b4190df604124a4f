// wire/mcp/offers.h
//
// What a server offers and what it answers: tools, resources, templates,
// prompts, completions, in the newest shape and without a revision. Whoever
// implements them never sees how a revision writes them. Pure values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "wire/mcp/content.h"

namespace meshai::wire::mcp {

/// What a client may assume of a tool before it asks its person.
struct ToolHints {
    std::optional<bool> read_only{};
    std::optional<bool> destructive{};
    std::optional<bool> idempotent{};
    std::optional<bool> open_world{};
};

/// Whether a call of the tool may, or must, become a task (K1).
enum class TaskSupport { Forbidden, Optional, Required };

struct Tool {
    std::string name;  ///< [A-Za-z0-9_.-]{1,128} (F9)
    std::string title{};
    std::string description{};
    std::vector<Icon> icons{};
    json::object input_schema{};  ///< JSON Schema 2020-12 of an object
    std::optional<json::object> output_schema{};
    ToolHints hints{};
    TaskSupport tasks = TaskSupport::Forbidden;
};

struct ToolResult {
    std::vector<Content> content{};
    std::optional<json::value> structured{};  ///< conforms to the output schema
    bool is_error = false;
    json::object extra{};  ///< members of our own beside MCP's ("status" of the guide)
};

/// How long, and by whom, an answer may be kept (F4).
struct CacheHint {
    Millis ttl{0};
    bool is_public = false;  ///< else "private"
};

struct Resource {
    std::string uri;
    std::string name;
    std::string title{};
    std::string description{};
    std::string mime_type{};
    std::vector<Icon> icons{};
    std::optional<Annotations> annotations{};
    std::optional<std::int64_t> size{};  ///< bytes
};

struct ResourceTemplate {
    std::string uri_template;  ///< RFC 6570, level 1: "meshai://tasks/{id}"
    std::string name;
    std::string title{};
    std::string description{};
    std::string mime_type{};
    std::vector<Icon> icons{};
};

struct PromptArgument {
    std::string name;
    std::string title{};
    std::string description{};
    bool required = false;
};

struct Prompt {
    std::string name;
    std::string title{};
    std::string description{};
    std::vector<Icon> icons{};
    std::vector<PromptArgument> arguments{};
};

struct PromptMessage {
    std::string role;  ///< "user" or "assistant"
    Content content;
};

struct PromptResult {
    std::string description{};
    std::vector<PromptMessage> messages{};
};

/// What is to be completed (F13).
struct CompletionRequest {
    bool is_prompt = true;
    std::string ref;  ///< name of the prompt, or URI (template) of the resource
    std::string argument;
    std::string value;
    std::map<std::string, std::string> context{};  ///< arguments given before (2025-06-18 and later)
};

inline constexpr std::size_t kCompletionValuesMax = 100;

struct Completion {
    std::vector<std::string> values{};  ///< at most kCompletionValuesMax
    std::optional<std::int64_t> total{};
    bool has_more = false;
};

/// What a server can do at all (F1); a revision writes what it knows of it.
struct ServerAbilities {
    bool tools = true;
    bool tools_change = false;
    bool resources = false;
    bool resources_change = false;
    bool resources_subscribe = false;
    bool prompts = false;
    bool prompts_change = false;
    bool completions = false;
    bool logging = false;
    bool tasks = false;  ///< core tasks of 2025-11-25, and the extension io.modelcontextprotocol/tasks
};

/// Who a server says it is.
struct Implementation {
    std::string name;
    std::string title{};
    std::string version{};
    std::string description{};
    std::string website_url{};
    std::vector<Icon> icons{};
};

/// The levels of RFC 5424 that MCP logs with, least urgent first.
enum class LogLevel { Debug, Info, Notice, Warning, Error, Critical, Alert, Emergency };
std::string_view name_of(LogLevel level);
std::optional<LogLevel> log_level_of(std::string_view name);

}  // namespace meshai::wire::mcp
