#include <fmt/format.h>

#include "doors/rest/agent_json.h"
#include "doors/rest/rest.h"
#include "doors/submit/submit.h"

namespace meshai::doors {
namespace {

constexpr int kUnprocessable = 422;

Async<void> answer_agents(Call& call, std::vector<mesh::Agent> found) {
    json::array list;
    for (const auto& agent : found) list.push_back(agent_json(agent));
    co_await answer_json(call, 200, std::move(list));
}

// FNV-1a in hex, so that the same key of the same tenant names the same agent.
std::string id_for_key(const TenantId& tenant, std::string_view key) {
    std::uint64_t first = 14695981039346656037ULL;
    std::uint64_t second = 1099511628211ULL;
    for (const char c : tenant.value + "\n" + std::string(key)) {
        first = (first ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
        second = (second + static_cast<unsigned char>(c)) * 6364136223846793005ULL + 1442695040888963407ULL;
    }
    return fmt::format("a_{:016x}{:016x}", first, second);
}

// A repeated registration: the same key and the same words give the agent that is there.
bool is_same_agent(const agents::Spec& wanted, const agents::Spec& there) {
    return agents::to_json(wanted) == agents::to_json(there) && wanted.api_key == there.api_key;
}

Async<void> answer_registered(Call& call, mesh::Agent agent) {
    net::http::Response response{201, {{"Content-Type", "application/json"}}, to_text(agent_json(agent))};
    response.headers.add("Location", "/api/v1/agents/" + agent.spec.id.value);
    co_await answer(call, std::move(response));
}

Async<void> register_agent(Call& call) {
    auto body = co_await body_object(call);
    if (!body) co_return;
    auto spec = agents::spec_from_json(*body);
    if (!spec) co_return co_await answer_error(call, spec.error(), kUnprocessable);
    auto key = idempotency_key(call, std::nullopt);
    if (!key) co_return co_await answer_error(call, key.error());
    if (*key && spec->id.empty()) spec->id = AgentId{id_for_key(call.caller.tenant, **key)};

    const auto wanted = *spec;
    auto added = co_await call.house.registry.add(call.caller.tenant, std::move(*spec));
    if (added) co_return co_await answer_registered(call, std::move(*added));
    if (added.error().code == Code::Conflict && *key) {
        auto there = call.house.registry.get(call.caller.tenant, wanted.id.value);
        if (there && is_same_agent(wanted, there->spec)) {
            call.extra.set("Idempotency-Replayed", "true");
            co_return co_await answer_registered(call, std::move(*there));
        }
    }
    const int status =
        added.error().code == Code::InvalidArgument ? kUnprocessable : status_of(added.error().code);
    co_await answer_error(call, added.error(), status);
}

Async<void> list_agents(Call& call) {
    mesh::AgentQuery query;
    constexpr std::uint64_t kSkipMax = 1'000'000;
    const auto skip = query_number(call, "skip", 0, 0, kSkipMax);
    if (!skip) co_return co_await answer_error(call, skip.error());
    const auto limit = query_number(call, "limit", 100, 1, mesh::kQueryLimitMax);
    if (!limit) co_return co_await answer_error(call, limit.error());
    query.skip = *skip;
    query.limit = *limit;
    query.status = call.query("status").value_or("");
    query.framework = call.query("framework").value_or("");
    if (const auto capability = call.query("capability"); capability && !capability->empty())
        query.capabilities.push_back(*capability);
    const bool is_known = query.status.empty() || query.status == "active" || query.status == "offline" ||
                          query.status == "inactive" || query.status == "all";
    if (!is_known) {
        Error error{Code::InvalidArgument,
                    "The parameter \"status\" must be one of active, inactive, offline, all."};
        co_return co_await answer_error(call, std::move(error));
    }
    // A list shows what is registered; leaving out the offline ones is for discover.
    query.include_offline = query.status != "active";
    call.house.registry.sweep();
    co_await answer_agents(call, call.house.registry.list(call.caller.tenant, query));
}

Async<void> discover_agents(Call& call) {
    auto body = co_await body_object(call);
    if (!body) co_return;
    auto query = parse_query(*body);
    if (!query) co_return co_await answer_error(call, query.error(), kUnprocessable);
    call.house.registry.sweep();
    co_await answer_agents(call, call.house.registry.list(call.caller.tenant, *query));
}

Async<void> get_agent(Call& call) {
    call.house.registry.sweep();
    auto agent = call.house.registry.get(call.caller.tenant, call.path_value("id"));
    if (!agent) co_return co_await answer_error(call, agent.error());
    co_await answer_json(call, 200, agent_json(*agent));
}

Async<void> update_agent(Call& call) {
    auto body = co_await body_object(call);
    if (!body) co_return;
    auto patch = parse_patch(*body);
    if (!patch) co_return co_await answer_error(call, patch.error(), kUnprocessable);
    auto agent = call.house.registry.get(call.caller.tenant, call.path_value("id"));
    if (!agent) co_return co_await answer_error(call, agent.error());
    auto updated = co_await call.house.registry.update(call.caller.tenant, agent->spec.id, std::move(*patch));
    if (!updated) {
        const auto code = updated.error().code;
        co_return co_await answer_error(call, updated.error(),
                                        code == Code::InvalidArgument ? kUnprocessable : status_of(code));
    }
    co_await answer_json(call, 200, agent_json(*updated));
}

Async<void> remove_agent(Call& call) {
    auto agent = call.house.registry.get(call.caller.tenant, call.path_value("id"));
    if (!agent) co_return co_await answer_error(call, agent.error());
    auto removed = co_await call.house.registry.remove(call.caller.tenant, agent->spec.id);
    if (!removed) co_return co_await answer_error(call, removed.error());
    json::object body;
    body["status"] = "success";
    body["message"] = fmt::format("Agent {} is removed.", agent->spec.id.value);
    co_await answer_json(call, 200, std::move(body));
}

Async<void> heartbeat(Call& call) {
    auto agent = call.house.registry.get(call.caller.tenant, call.path_value("id"));
    if (!agent) co_return co_await answer_error(call, agent.error());
    auto next = call.house.registry.heartbeat(call.caller.tenant, agent->spec.id);
    if (!next) co_return co_await answer_error(call, next.error());
    json::object body;
    body["agent_id"] = agent->spec.id.value;
    body["status"] = "acknowledged";
    body["timestamp"] = rfc3339(call.house.clock.wall());
    body["next_heartbeat_in"] = std::chrono::floor<std::chrono::seconds>(*next).count();
    co_await answer_json(call, 200, std::move(body));
}

constexpr Parameter kKey = {"Idempotency-Key", "header", "string", "Calls with the same key are one agent"};

std::vector<Route> asking_routes() {
    const std::vector<Parameter> filters = {{"status", "query", "string", "active, inactive, offline or all"},
                                            {"framework", "query", "string", "Only agents of this framework"},
                                            {"capability", "query", "string", "Only agents that offer this"},
                                            {"skip", "query", "integer", "Leave out so many"},
                                            {"limit", "query", "integer", "At most so many, 1 to 1000"}};
    const About list = {.name = "listAgents",
                        .tag = "agents",
                        .summary = "Agents that this key can use",
                        .gives = "AgentList",
                        .parameters = filters,
                        .failures = {400}};
    About list_alias = list;
    list_alias.name = "listAgentsAlias";
    return {{"POST",
             "/api/v1/agents/discover",
             auth::kScopeRead,
             discover_agents,
             {.name = "discoverAgents",
              .tag = "agents",
              .summary = "Agents that fit",
              .takes = "AgentQuery",
              .gives = "AgentList",
              .failures = {400, 422}}},
            {"GET", "/api/v1/agents", auth::kScopeRead, list_agents, list},
            {"GET",
             "/api/v1/agents/{id}",
             auth::kScopeRead,
             get_agent,
             {.name = "getAgent",
              .tag = "agents",
              .summary = "One agent, by id or name",
              .gives = "Agent",
              .failures = {404}}},
            {"GET", "/agents", auth::kScopeRead, list_agents, list_alias}};
}

std::vector<Route> changing_routes() {
    const About update = {.name = "updateAgent",
                          .tag = "agents",
                          .summary = "Change an agent",
                          .takes = "AgentPatch",
                          .gives = "Agent",
                          .failures = {400, 404, 409, 422}};
    About replace = update;
    replace.name = "replaceAgent";
    return {{"POST",
             "/api/v1/agents",
             auth::kScopeManage,
             register_agent,
             {.name = "registerAgent",
              .tag = "agents",
              .summary = "Register an agent",
              .takes = "AgentRegistration",
              .status = 201,
              .gives = "Agent",
              .parameters = {kKey},
              .failures = {400, 409, 413, 422, 503}}},
            {"PATCH", "/api/v1/agents/{id}", auth::kScopeManage, update_agent, update},
            {"PUT", "/api/v1/agents/{id}", auth::kScopeManage, update_agent, replace},
            {"DELETE",
             "/api/v1/agents/{id}",
             auth::kScopeManage,
             remove_agent,
             {.name = "removeAgent",
              .tag = "agents",
              .summary = "Remove a registered agent",
              .gives = "Removed",
              .failures = {403, 404}}},
            {"POST",
             "/api/v1/agents/{id}/heartbeat",
             auth::kScopeExecute,
             heartbeat,
             {.name = "heartbeat",
              .tag = "agents",
              .summary = "The agent is alive",
              .gives = "Heartbeat",
              .failures = {404}}}};
}

}  // namespace

std::vector<Route> agent_routes() {
    auto routes = asking_routes();
    for (auto& route : changing_routes()) routes.push_back(std::move(route));
    return routes;
}

}  // namespace meshai::doors
