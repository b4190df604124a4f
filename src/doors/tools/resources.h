// doors/tools/resources.h
//
// The resources of the product: the registry of agents, each agent, each of the
// caller's tasks and its events, as JSON. Thread-safe.
#pragma once

#include "doors/tools/make_tool.h"

namespace meshai::doors {

std::vector<wire::mcp::Resource> all_resources(const Means& means, const TenantId& tenant);
std::vector<wire::mcp::ResourceTemplate> all_templates();

/// NotFound for an unknown URI and for one of somebody else. Needs mcp:read.
Async<ReadOutcome> read_resource(Means means, Context& context, std::string uri);

/// Names of agents and ids of the caller's newest tasks for the templates' {id}.
Async<Result<wire::mcp::Completion>> complete_argument(Means means, Context& context,
                                                       wire::mcp::CompletionRequest request);

/// Events of one task that a read gives; more are read over REST.
inline constexpr std::size_t kResourceEventsMax = 1'000;
/// JSON of one resource; more is cut at whole events, or refused with the way to read it.
inline constexpr std::size_t kResourceBytesMax = 4U << 20U;

}  // namespace meshai::doors
