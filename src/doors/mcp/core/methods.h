// doors/mcp/core/methods.h
//
// The methods behind `dispatch`, one function each, and what they share: how a
// mistake of the client becomes a fault of its request. For core/ only.
#pragma once

#include "doors/mcp/core/dispatch.h"

namespace meshai::doors::mcp {

Async<Answer> list_tools(Asked asked);
Async<Answer> call_tool(Asked asked);
Async<Answer> list_resources(Asked asked);
Async<Answer> list_templates(Asked asked);
Async<Answer> read_resource(Asked asked);
Async<Answer> list_prompts(Asked asked);
Async<Answer> get_prompt(Asked asked);
Async<Answer> complete(Asked asked);

/// -32602 with this sentence, for the request.
wire::jsonrpc::Fault bad_params(const Asked& asked, std::string message);

/// What an error of the toolbox is, where there is no result that could say it.
wire::jsonrpc::Fault fault_for(const Asked& asked, const Error& error);

/// A string among the parameters, or the fault that it is not there.
std::expected<std::string, wire::jsonrpc::Fault> needed_string(const Asked& asked, const json::object& in,
                                                               std::string_view member);

}  // namespace meshai::doors::mcp
