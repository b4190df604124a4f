// doors/toolbox/toolbox.h
//
// What a door of MCP serves: tools, resources, prompts and completions. The
// product is the door with one toolbox, the server for conformance tests the
// same door with another. Handlers get checked arguments and a Context, and
// never see a revision. Thread-safe: one toolbox serves all connections.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "doors/toolbox/changes.h"
#include "doors/toolbox/context.h"
#include "task/view.h"
#include "wire/jsonrpc/message.h"
#include "wire/mcp/offers.h"

namespace meshai::doors {

/// The work goes on as a task of the log: the door follows it, or hands the
/// client a task, as the client's revision and wishes ask for.
struct StartedTask {
    TaskId id;
    task::OnDisconnect policy = task::OnDisconnect::Continue;
    /// Pieces of the answer are progress as well, as they are produced (stream_chat).
    bool tells_output = false;
};

/// What a call of a tool came to. An Error becomes an isError result with the
/// stable code (F7); a Fault is an error of the protocol.
using CallOutcome = std::variant<wire::mcp::ToolResult, StartedTask, Paused, Error, wire::jsonrpc::Fault>;

struct ToolEntry {
    wire::mcp::Tool tool;
    std::string_view scope;  ///< that the key must have: auth::kScope…
    bool is_listed = true;
    /// ClientCapabilities without which the tool cannot work; empty: none (N9).
    json::object needs{};
    /// Arguments have passed the input schema. Not a capturing coroutine: a lambda that calls one.
    std::function<Async<CallOutcome>(Context& context, json::object arguments)> call;
};

using PromptOutcome = std::variant<wire::mcp::PromptResult, Paused, Error>;

struct PromptEntry {
    wire::mcp::Prompt prompt;
    std::function<Async<PromptOutcome>(Context& context, std::map<std::string, std::string> arguments)> get;
};

struct ReadResource {
    std::vector<wire::mcp::ResourceContents> contents;  ///< never empty (B8)
    wire::mcp::CacheHint cache{};
};
/// NotFound for an unknown URI and for one the caller may not see (the same answer).
using ReadOutcome = std::variant<ReadResource, Paused, Error>;

class Toolbox {
  public:
    virtual ~Toolbox() = default;

    virtual wire::mcp::Implementation identity() const = 0;
    virtual std::string instructions() const = 0;
    virtual wire::mcp::ServerAbilities abilities() const = 0;

    /// In the order of the list (F3); fixed while the server runs.
    virtual const std::vector<ToolEntry>& tools() const = 0;
    virtual const std::vector<PromptEntry>& prompts() const = 0;
    virtual const std::vector<wire::mcp::ResourceTemplate>& templates() const = 0;

    /// Whole, at most kListEntriesMax; the door cuts it into pages.
    virtual Async<Result<std::vector<wire::mcp::Resource>>> resources(Context& context) = 0;
    virtual Async<ReadOutcome> read(Context& context, std::string uri) = 0;
    virtual Async<Result<wire::mcp::Completion>> complete(Context& context,
                                                          wire::mcp::CompletionRequest request) = 0;

    /// What a finished task is as the result of the tool that began it; for a
    /// task that still runs, what the client is told instead of a result (its handle).
    virtual std::expected<wire::mcp::ToolResult, wire::jsonrpc::Fault> result_of(const TaskId& id,
                                                                                 const task::View& view) = 0;

    /// How long lists may be kept by a client (F4).
    virtual wire::mcp::CacheHint list_cache() const = 0;

    virtual Changes& changes() = 0;
};

inline constexpr std::size_t kListEntriesMax = 10'000;
inline constexpr std::size_t kPageEntries = 100;

}  // namespace meshai::doors
