#include "doors/rest/catalog.h"

#include "doors/mcp/guide/context.h"
#include "doors/rest/task_json.h"
#include "doors/toolbox/toolbox.h"
#include "wire/mcp/codec.h"

namespace meshai::doors {
namespace {

const wire::mcp::Codec& newest_codec() {
    return wire::mcp::codec_of(wire::mcp::Revision::R2026_07_28);
}

Async<void> list_tools(Call& call) {
    json::array list;
    for (const auto& entry : call.house.toolbox.tools())
        if (entry.is_listed) list.push_back(newest_codec().tool(entry.tool));
    json::object body;
    body["tools"] = std::move(list);
    co_await answer_json(call, 200, std::move(body));
}

// A toolbox lists its resources to somebody: here, to a client that can be asked nothing.
Async<void> list_resources(Call& call) {
    const auto limit = query_number(call, "limit", kListedResources, 1, kListEntriesMax);
    if (!limit) co_return co_await answer_error(call, limit.error());
    const wire::jsonrpc::Request request{{std::int64_t{0}}, "resources/list", {}};
    mcp::GuideContext context(call, request, std::nullopt);
    auto resources = co_await call.house.toolbox.resources(context);
    if (!resources) co_return co_await answer_error(call, resources.error());
    json::array list;
    for (const auto& resource : *resources)
        if (list.size() < *limit) list.push_back(newest_codec().resource(resource));
    json::object body;
    body["resources"] = std::move(list);
    co_await answer_json(call, 200, std::move(body));
}

Async<void> get_stats(Call& call) {
    co_await answer_json(call, 200, stats_json(call.house.executor.stats()));
}

}  // namespace

std::vector<Route> catalog_routes() {
    return {{"GET",
             "/v1/tools",
             auth::kScopeRead,
             list_tools,
             {.name = "listTools",
              .tag = "mcp",
              .summary = "What tools/list of MCP gives, whole",
              .gives = "ToolList"}},
            {"GET",
             "/v1/resources",
             auth::kScopeRead,
             list_resources,
             {.name = "listResources",
              .tag = "mcp",
              .summary = "What resources/list of MCP gives",
              .gives = "ResourceList",
              .parameters = {{"limit", "query", "integer", "At most so many, 1 to 10000; 50 by default"}},
              .failures = {400}}},
            {"GET",
             "/v1/stats",
             auth::kScopeRead,
             get_stats,
             {.name = "getStatsAlias", .tag = "mcp", .summary = "Numbers of this server", .gives = "Stats"}}};
}

}  // namespace meshai::doors
