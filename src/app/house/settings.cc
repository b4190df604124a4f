#include "app/house/settings.h"

#include <fmt/format.h>

#include "agents/address.h"

namespace meshai::app {
namespace {

std::size_t size_of(Bytes bytes) {
    return static_cast<std::size_t>(bytes.value);
}

std::size_t size_of(std::int64_t count) {
    return static_cast<std::size_t>(count);
}

}  // namespace

agents::Limits agent_limits(const Config& config) {
    agents::Limits limits;
    limits.connect = config.limits.agent_connect;
    limits.first_byte = config.limits.agent_first_byte;
    limits.silence = config.limits.agent_silence;
    limits.output_bytes = size_of(config.limits.agent_output_bytes);
    return limits;
}

mesh::ExecutorLimits executor_limits(const Config& config) {
    mesh::ExecutorLimits limits;
    limits.running_tasks = size_of(config.limits.running_tasks);
    limits.queued_tasks = size_of(config.limits.queued_tasks);
    limits.queued_per_tenant = size_of(config.limits.queued_tasks_per_tenant);
    limits.queued_per_agent = size_of(config.limits.queued_tasks_per_agent);
    limits.timeout_default = config.limits.task_timeout;
    limits.timeout_max = config.limits.task_timeout_max;
    limits.grace = config.limits.disconnect_grace;
    return limits;
}

mesh::PrivateAgents private_agents(const Config& config) {
    return config.server.allow_private_agents ? mesh::PrivateAgents::Allowed : mesh::PrivateAgents::Refused;
}

task::RetentionRules retention_rules(const Config& config) {
    task::RetentionRules rules;
    rules.age_max = config.store.keep_finished_for;
    rules.tasks_max = static_cast<std::uint64_t>(config.store.finished_tasks_max);
    rules.bytes_max = static_cast<std::uint64_t>(config.store.size_max.value);
    return rules;
}

wire::trace::Tracing tracing_of(const Config& config) {
    return {.is_on = !config.telemetry.otlp_endpoint.empty(),
            .sample_percent = static_cast<int>(config.telemetry.sample_percent)};
}

std::optional<ExportSettings> export_settings(const Config& config) {
    auto url = net::http::parse_url(config.telemetry.otlp_endpoint);
    if (!url) return std::nullopt;
    ExportSettings settings;
    settings.url = agents::with_path(std::move(*url), wire::otlp::kTracesPath);
    settings.headers = config.telemetry.headers;
    settings.service = {.name = config.telemetry.service_name, .version = MESHAI_VERSION};
    settings.timeout = config.telemetry.timeout;
    settings.queued_tasks = size_of(config.telemetry.queued_tasks);
    settings.tracing = tracing_of(config);
    return settings;
}

net::http::Limits http_limits(const Config& config, std::size_t servers) {
    net::http::Limits limits;
    limits.header_bytes = size_of(config.limits.header_bytes);
    limits.body_bytes = size_of(config.limits.body_bytes);
    // Rounded up, so that a small bound still lets each server take a connection.
    limits.connections = (size_of(config.limits.connections) + servers - 1) / servers;
    return limits;
}

net::http::AllowList allow_list(const Config& config) {
    net::http::AllowList allow{config.server.allowed_hosts, config.server.allowed_origins};
    const auto url = net::http::parse_url(config.server.public_url);
    if (url) {
        allow.hosts.push_back(url->host);
        allow.origins.push_back(fmt::format("{}://{}", url->scheme, url->authority()));
    }
    return allow;
}

std::string url_of(const std::string& host, std::uint16_t port, bool is_tls) {
    auto shown = host;
    if (host == "0.0.0.0") shown = "127.0.0.1";
    if (host == "::") shown = "::1";
    return fmt::format("{}://{}", is_tls ? "https" : "http", net::to_text(net::Endpoint{shown, port}));
}

}  // namespace meshai::app
