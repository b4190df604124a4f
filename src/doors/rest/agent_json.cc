#include "doors/rest/agent_json.h"

#include <fmt/format.h>

namespace meshai::doors {
namespace {

constexpr double kMillisMax = 86'400'000;  // a day

// A number from 0 to `max`; absent and null stay absent.
Status read_number(const json::object& body, std::string_view key, double max, std::optional<double>& out) {
    const auto* value = find(body, key);
    if (!value || value->is_null()) return {};
    const auto number = find_number(body, key);
    if (!number || *number < 0 || *number > max)
        return Error{Code::InvalidArgument, fmt::format("\"{}\" must be a number from 0 to {}.", key, max)};
    out = number;
    return {};
}

Status read_strings(const json::object& body, std::string_view key,
                    std::optional<std::vector<std::string>>& out) {
    if (const auto* value = find(body, key); !value || value->is_null()) return {};
    auto strings = find_strings(body, key);
    if (!strings) return strings.error();
    out = std::move(*strings);
    return {};
}

Status read_words(const json::object& body, mesh::Patch& patch) {
    if (const auto* name = find(body, "name"); name && !name->is_null()) {
        patch.name = find_string(body, "name");
        if (!patch.name) return Error{Code::InvalidArgument, "\"name\" must be a string."};
    }
    if (const auto* metadata = find(body, "metadata"); metadata && !metadata->is_null()) {
        if (!metadata->is_object()) return Error{Code::InvalidArgument, "\"metadata\" must be an object."};
        patch.metadata = metadata->get_object();
    }
    if (const auto* instructions = find(body, "instructions")) {
        if (!instructions->is_null() && !instructions->is_string() && !instructions->is_object())
            return Error{Code::InvalidArgument, "\"instructions\" must be a string or an object."};
        patch.instructions = *instructions;
    }
    return {};
}

Status first_failure(std::initializer_list<Status> all) {
    for (const auto& one : all)
        if (!one) return one;
    return {};
}

}  // namespace

json::object agent_json(const mesh::Agent& agent) {
    auto body = agents::to_json(agent.spec);
    if (agent.is_configured)
        for (const std::string_view key : {"endpoint", "health_endpoint", "instructions", "metadata"})
            body.erase(key);
    body["source"] = agent.is_configured ? "configuration" : "registration";
    body["status"] = mesh::lifecycle_name(agent.lifecycle);
    body["health"] = mesh::health_name(agent.health);
    body["breaker"] = mesh::breaker_name(agent.breaker);
    body["available"] = agent.is_available();
    body["health_score"] = json_number(agent.health_score);
    body["avg_response_time_ms"] = json_number(agent.avg_response_time_ms);
    body["success_rate"] = json_number(agent.success_rate);
    body["current_load"] = json_number(agent.current_load);
    body["running_tasks"] = agent.running;
    body["queued_tasks"] = agent.queued;
    body["created_at"] = rfc3339_ms(agent.created_at);
    body["updated_at"] = rfc3339_ms(agent.updated_at);
    return body;
}

Result<mesh::Patch> parse_patch(const json::object& body) {
    mesh::Patch patch;
    auto read = first_failure(
        {read_words(body, patch), read_strings(body, "capabilities", patch.capabilities),
         read_strings(body, "tags", patch.tags), read_number(body, "health_score", 1, patch.health_score),
         read_number(body, "avg_response_time_ms", kMillisMax, patch.avg_response_time_ms),
         read_number(body, "success_rate", 1, patch.success_rate),
         read_number(body, "current_load", 1, patch.current_load)});
    if (!read) return read.error();
    return patch;
}

Result<mesh::AgentQuery> parse_query(const json::object& body) {
    mesh::AgentQuery query;
    std::optional<std::vector<std::string>> capabilities;
    std::optional<std::vector<std::string>> tags;
    std::optional<std::vector<std::string>> excluded;
    std::optional<double> limit;
    auto read =
        first_failure({read_strings(body, "capabilities", capabilities), read_strings(body, "tags", tags),
                       read_strings(body, "exclude_agents", excluded),
                       read_number(body, "min_success_rate", 1, query.min_success_rate),
                       read_number(body, "max_response_time_ms", kMillisMax, query.max_response_time_ms),
                       read_number(body, "max_load", 1, query.max_load),
                       read_number(body, "limit", mesh::kQueryLimitMax, limit)});
    if (!read) return read.error();
    if (limit && (*limit < 1 || !find_int(body, "limit")))
        return Error{Code::InvalidArgument,
                     fmt::format("\"limit\" must be a whole number from 1 to {}.", mesh::kQueryLimitMax)};
    query.capabilities = std::move(capabilities).value_or(std::vector<std::string>{});
    query.tags = std::move(tags).value_or(std::vector<std::string>{});
    query.exclude_agents = std::move(excluded).value_or(std::vector<std::string>{});
    query.framework = find_string(body, "framework").value_or("");
    query.include_offline = find_bool(body, "include_offline").value_or(false);
    if (limit) query.limit = static_cast<std::size_t>(*limit);
    return query;
}

}  // namespace meshai::doors
