// wire/mcp/codec.h
//
// How one revision writes what a server offers and answers, and how it reads
// what a client asks. One codec per revision, each in a file of its own; a
// later one is the earlier one and what the revision changed. Down-conversion
// happens here and nowhere else: a member, a kind of content or a hint that a
// revision does not know is left out or written as the nearest thing it has.
// Stateless and immutable; any thread.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "wire/jsonrpc/message.h"
#include "wire/mcp/offers.h"
#include "wire/mcp/questions.h"
#include "wire/mcp/revision.h"
#include "wire/mcp/task.h"

namespace meshai::wire::mcp {

/// What a revision has at all; the doors ask this and never compare dates.
struct Features {
    bool batches = false;                   ///< 2025-03-26 only (B3)
    bool version_header = false;            ///< MCP-Protocol-Version is checked (H8)
    bool priming_event = false;             ///< a stream begins with an id and empty data (H10)
    bool elicitation = false;               ///< elicitation/create exists
    bool elicitation_url = false;           ///< … and has URL mode
    bool core_tasks = false;                ///< tasks of 2025-11-25
    bool tasks_extension = false;           ///< io.modelcontextprotocol/tasks
    bool progress_message = false;          ///< `message` in notifications/progress
    bool input_errors_are_results = false;  ///< bad arguments are isError results, not -32602 (F7)
    bool resource_not_found_is_invalid_params = false;  ///< -32602 with data.uri, else -32002 (B8)
};

/// One page of a list: what stands on it, and where the next begins.
struct Page {
    std::string next_cursor{};  ///< empty: the last page
    CacheHint cache{};
};

class Codec {
  public:
    virtual ~Codec() = default;
    virtual Revision revision() const = 0;
    virtual Features features() const = 0;

    // Results, whole. The stateless era adds resultType and serverInfo by
    // `complete`, cache hints by `cacheable`; everything here is without them.
    virtual json::object capabilities(const ServerAbilities& abilities) const = 0;
    virtual json::object implementation(const Implementation& server) const = 0;
    virtual json::object tool(const Tool& tool) const = 0;
    virtual json::object tool_result(const ToolResult& result) const = 0;
    virtual json::object resource(const Resource& resource) const = 0;
    virtual json::object resource_template(const ResourceTemplate& one) const = 0;
    virtual json::object resource_contents(const ResourceContents& contents) const = 0;
    virtual json::object prompt(const Prompt& prompt) const = 0;
    virtual json::object prompt_result(const PromptResult& result) const = 0;
    virtual json::object completion(const Completion& completion) const = 0;
    virtual json::object content(const Content& content) const = 0;

    /// {"tools":[…],"nextCursor":…} and its kind; `cache` is written where the revision has it (F4).
    json::object list(std::string_view member, json::array entries, const Page& page) const;

    /// A finished result as this revision sends it: with resultType "complete" and
    /// `_meta` serverInfo in the stateless era (N7, N8), unchanged before it. A
    /// resultType that the result has already ("task", "input_required") stays.
    virtual json::object complete(json::object result, const Implementation& server) const = 0;

    /// `complete` with cache hints, for the methods that carry them (F4).
    virtual json::object cacheable(json::object result, const CacheHint& cache) const = 0;

    /// params of notifications/progress; `message` where the revision has it.
    virtual json::object progress(const json::value& token, double done, std::optional<double> total,
                                  std::string_view message) const = 0;

    /// A task in this revision's form: the core object, or the flat DetailedTask. Empty object where it has
    /// none.
    virtual json::object task(const Task& task) const = 0;
    /// The answer to a call that became a task.
    virtual json::object task_created(const Task& task) const = 0;

    /// A fault as this revision numbers it (B6, B7). A resource that is not there (B8)
    /// is a fault with number kResourceNotFound, or with Code::NotFound and "uri" among its details.
    virtual jsonrpc::Fault fault(jsonrpc::Fault fault) const = 0;
};

const Codec& codec_of(Revision revision);

/// Codes that 2026-07-28 gives a meaning (B6); never used for anything else.
inline constexpr int kHeaderMismatch = -32020;
inline constexpr int kMissingClientCapability = -32021;
inline constexpr int kUnsupportedVersion = -32022;
/// Resource not found, before 2026-07-28 (B8).
inline constexpr int kResourceNotFound = -32002;
/// 2025-11-25: the person has to open a URL first (R8).
inline constexpr int kUrlElicitationRequired = -32042;

// Members of `_meta` with a meaning.
inline constexpr std::string_view kMetaProtocolVersion = "io.modelcontextprotocol/protocolVersion";
inline constexpr std::string_view kMetaClientInfo = "io.modelcontextprotocol/clientInfo";
inline constexpr std::string_view kMetaClientCapabilities = "io.modelcontextprotocol/clientCapabilities";
inline constexpr std::string_view kMetaServerInfo = "io.modelcontextprotocol/serverInfo";
inline constexpr std::string_view kMetaLogLevel = "io.modelcontextprotocol/logLevel";
inline constexpr std::string_view kMetaSubscriptionId = "io.modelcontextprotocol/subscriptionId";
inline constexpr std::string_view kMetaRelatedTask = "io.modelcontextprotocol/related-task";

}  // namespace meshai::wire::mcp
