// app/house/settings.h
//
// The operator's decisions in the words of the rooms they are for: the house asks
// here once per room, and no room ever sees a Config. Pure.
#pragma once

#include "agents/adapter.h"
#include "app/config/config.h"
#include "app/telemetry/exporter.h"
#include "mesh/executor/executor.h"
#include "net/http/server.h"
#include "task/retention.h"

namespace meshai::app {

agents::Limits agent_limits(const Config& config);
mesh::ExecutorLimits executor_limits(const Config& config);
mesh::PrivateAgents private_agents(const Config& config);
task::RetentionRules retention_rules(const Config& config);

wire::trace::Tracing tracing_of(const Config& config);

/// Nothing where the operator has no receiver of traces.
std::optional<ExportSettings> export_settings(const Config& config);

/// Of one of `servers` servers: each has its share of the connections.
net::http::Limits http_limits(const Config& config, std::size_t servers);

/// What the operator named, and the host and origin of the public URL.
net::http::AllowList allow_list(const Config& config);

/// "http://127.0.0.1:8080"; an address that means every address is shown as loopback.
std::string url_of(const std::string& host, std::uint16_t port, bool is_tls);

}  // namespace meshai::app
