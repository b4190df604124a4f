#include "doors/mcp/core/dispatch.h"

#include <fmt/format.h>

#include <algorithm>

#include "doors/mcp/core/methods.h"
#include "doors/mcp/desk.h"
#include "doors/mcp/tasks/tasks.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;
using wire::mcp::ServerAbilities;

struct Method {
    std::string_view name;
    Async<Answer> (*serve)(Asked asked);
    bool ServerAbilities::* ability;
    std::string_view scope{};  ///< empty: every key may; of tools, the tool says it
};

constexpr Method kMethods[] = {
    {"tools/list", list_tools, &ServerAbilities::tools},
    {"tools/call", call_tool, &ServerAbilities::tools},
    {"resources/list", list_resources, &ServerAbilities::resources, auth::kScopeRead},
    {"resources/templates/list", list_templates, &ServerAbilities::resources},
    {"resources/read", read_resource, &ServerAbilities::resources, auth::kScopeRead},
    {"prompts/list", list_prompts, &ServerAbilities::prompts},
    {"prompts/get", get_prompt, &ServerAbilities::prompts},
    {"completion/complete", complete, &ServerAbilities::completions, auth::kScopeRead},
};

const Method* find_method(const Toolbox& toolbox, std::string_view name) {
    const auto abilities = toolbox.abilities();
    const auto* found = std::ranges::find_if(
        kMethods, [&](const Method& method) { return method.name == name && abilities.*method.ability; });
    return found == std::end(kMethods) ? nullptr : found;
}

bool is_offered_task_method(const Toolbox& toolbox, const wire::mcp::Codec& codec, std::string_view name) {
    return toolbox.abilities().tasks && is_task_method(codec, name);
}

// The entry that a tools/call names, if there is one.
const ToolEntry* called_tool(const Toolbox& toolbox, const rpc::Request& request) {
    if (request.method != "tools/call") return nullptr;
    const auto* name = find(request.params, "name");
    if (!name || !name->is_string()) return nullptr;
    const auto found = std::ranges::find_if(toolbox.tools(), [&](const ToolEntry& entry) {
        return entry.tool.name == std::string_view(name->get_string());
    });
    return found == toolbox.tools().end() ? nullptr : &*found;
}

// The members of `needed` that `declared` lacks, level by level.
json::object missing_from(const json::object& declared, const json::object& needed) {
    json::object missing;
    for (const auto& [key, value] : needed) {
        const auto* have = find_object(declared, key);
        if (!have) {
            missing[key] = value;
        } else if (const auto* deeper = value.if_object()) {
            auto rest = missing_from(*have, *deeper);
            if (!rest.empty()) missing[key] = std::move(rest);
        }
    }
    return missing;
}

json::object missing_capabilities(const wire::mcp::ClientAbilities& client, const json::object& needed) {
    auto declared = client.declared;
    // MCP 2026-07-28, elicitation: an empty object means form mode.
    if (auto* elicitation = declared.if_contains("elicitation");
        elicitation && elicitation->is_object() && client.elicitation_form)
        elicitation->get_object().emplace("form", json::object{});
    return missing_from(declared, needed);
}

void add_tasks_extension(json::object& capabilities) {
    json::object extension;
    extension[wire::mcp::kTasksExtension] = json::object{};
    capabilities["extensions"] = std::move(extension);
}

}  // namespace

bool is_known(const Toolbox& toolbox, const wire::mcp::Codec& codec, std::string_view method) {
    return find_method(toolbox, method) || is_offered_task_method(toolbox, codec, method);
}

std::optional<std::string_view> lacking_scope(const Toolbox& toolbox, const auth::Principal& principal,
                                              const rpc::Request& request) {
    const auto* tool = called_tool(toolbox, request);
    const auto* method = std::ranges::find(kMethods, request.method, &Method::name);
    std::string_view scope;
    if (tool)
        scope = tool->scope;
    else if (method != std::end(kMethods))
        scope = method->scope;
    else if (request.method.starts_with("tasks/"))
        scope = scope_of_task_method(request.method);
    if (scope.empty() || principal.may(scope)) return std::nullopt;
    return scope;
}

json::object lacking_capabilities(const Toolbox& toolbox, const wire::mcp::Codec& codec,
                                  const wire::mcp::ClientAbilities& client, const rpc::Request& request) {
    json::object needed;
    const auto* tool = called_tool(toolbox, request);
    if (tool) needed = tool->needs;
    const bool is_about_tasks = request.method.starts_with("tasks/") ||
                                (tool && tool->tool.tasks == wire::mcp::TaskSupport::Required);
    if (is_about_tasks && codec.features().tasks_extension) add_tasks_extension(needed);
    return missing_capabilities(client, needed);
}

rpc::Fault lacking_capability_fault(const wire::mcp::Codec& codec, json::object lacking,
                                    const rpc::Request& request) {
    // -32021 has its meaning in the stateless era only (B6).
    const bool has_number = era_of(codec.revision()) == wire::mcp::Era::Stateless;
    rpc::Fault fault{has_number ? wire::mcp::kMissingClientCapability : rpc::kInvalidParams,
                     fmt::format("This needs a capability that the client has not declared: {}.",
                                 json::serialize(lacking)),
                     request.id.as_json()};
    fault.details["requiredCapabilities"] = std::move(lacking);
    return fault;
}

rpc::Fault unknown_method(const rpc::Request& request) {
    return {rpc::kMethodNotFound,
            fmt::format("There is no method {}.", valid_utf8(utf8_prefix(request.method, 100))),
            request.id.as_json(), Code::NotFound};
}

Async<Answer> dispatch(Asked asked) {
    const auto* method = find_method(asked.toolbox, asked.request.method);
    if (!method && !is_offered_task_method(asked.toolbox, asked.codec, asked.request.method))
        co_return unknown_method(asked.request);
    if (const auto scope = lacking_scope(asked.toolbox, asked.context.principal(), asked.request)) {
        Error error{Code::PermissionDenied, fmt::format("This key lacks the scope {}.", *scope)};
        co_return fault_for(asked, error);
    }
    auto lacking = lacking_capabilities(asked.toolbox, asked.codec, asked.context.client(), asked.request);
    if (!lacking.empty()) co_return lacking_capability_fault(asked.codec, std::move(lacking), asked.request);
    auto answer = co_await (method ? method->serve(asked) : serve_task_method(asked));
    if (auto* fault = std::get_if<rpc::Fault>(&answer)) {
        fault->id = asked.request.id.as_json();
        co_return asked.codec.fault(std::move(*fault));
    }
    co_return answer;
}

rpc::Fault bad_params(const Asked& asked, std::string message) {
    return {rpc::kInvalidParams, std::move(message), asked.request.id.as_json()};
}

rpc::Fault fault_for(const Asked& asked, const Error& error) {
    return rpc::fault_of(error, asked.request.id.as_json());
}

std::expected<std::string, rpc::Fault> needed_string(const Asked& asked, const json::object& in,
                                                     std::string_view member) {
    const auto* value = find(in, member);
    if (!value || !value->is_string())
        return std::unexpected(bad_params(asked, fmt::format("\"{}\" is needed: a string.", member)));
    return std::string(value->get_string());
}

}  // namespace meshai::doors::mcp
