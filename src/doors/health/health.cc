#include "doors/health/health.h"

#include "doors/openapi/openapi.h"

namespace meshai::doors {
namespace {

Readiness readiness(const Call& call) {
    return call.house.readiness ? call.house.readiness() : Readiness{};
}

// The two older services' health answers in one: the runtime's tasks and the registry's agents.
Async<void> get_health(Call& call) {
    const auto& house = call.house;
    house.registry.sweep();
    const auto ready = readiness(call);
    const auto agents = house.registry.counts();
    const auto stats = house.executor.stats();
    json::object services;
    services["gateway_service"] = ready.is_ready ? "healthy" : "unavailable";
    services["auth_service"] = "healthy";

    json::object body;
    body["status"] = ready.is_ready ? "healthy" : "degraded";
    body["service"] = house.identity.service;
    body["version"] = house.identity.version;
    body["services"] = std::move(services);
    body["timestamp"] = rfc3339(house.clock.wall());
    body["uptime_seconds"] =
        std::chrono::floor<std::chrono::seconds>(house.clock.now() - house.started_at).count();
    body["active_tasks"] = stats.running + stats.queued;
    body["completed_tasks"] = stats.completed;
    body["failed_tasks"] = stats.failed;
    body["total_agents"] = agents.total;
    body["healthy_agents"] = agents.healthy;
    body["unhealthy_agents"] = agents.unhealthy;
    co_await answer_json(call, 200, std::move(body));
}

Async<void> get_live(Call& call) {
    json::object body;
    body["status"] = "alive";
    co_await answer_json(call, 200, std::move(body));
}

Async<void> get_ready(Call& call) {
    const auto ready = readiness(call);
    json::object body;
    body["status"] = ready.is_ready ? "ready" : "not ready";
    if (!ready.is_ready) body["reason"] = ready.reason;
    co_await answer_json(call, ready.is_ready ? 200 : 503, std::move(body));
}

Async<void> get_version(Call& call) {
    json::object body;
    body["service"] = call.house.identity.service;
    body["version"] = call.house.identity.version;
    co_await answer_json(call, 200, std::move(body));
}

Async<void> get_metrics(Call& call) {
    net::http::Response response{
        200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, call.house.metrics.text()};
    co_await answer(call, std::move(response));
}

Async<void> get_openapi(Call& call) {
    co_await answer_json(call, 200, openapi(call.routes, call.house.identity));
}

Async<void> get_root(Call& call) {
    json::object endpoints;
    endpoints["mcp"] = "/v1/mcp";
    endpoints["mcp_stream"] = "/v1/mcp/stream";
    endpoints["tasks"] = "/api/v1/tasks";
    endpoints["agents"] = "/api/v1/agents";
    endpoints["health"] = "/health";
    endpoints["docs"] = "/openapi.json";

    json::object body;
    body["service"] = call.house.identity.service;
    body["version"] = call.house.identity.version;
    body["transport"] = json::array{"http", "sse"};
    body["authentication"] = json::array{"api_key"};
    body["endpoints"] = std::move(endpoints);
    co_await answer_json(call, 200, std::move(body));
}

}  // namespace

std::vector<Route> health_routes() {
    const About health = {
        .name = "getHealth", .tag = "server", .summary = "How the server is", .gives = "Health"};
    About alias = health;
    alias.name = "getHealthAlias";
    return {
        {"GET", "/health", kOpen, get_health, health},
        {"GET", "/api/v1/health", kOpen, get_health, alias},
        {"GET",
         "/livez",
         kOpen,
         get_live,
         {.name = "getLive", .tag = "server", .summary = "200 while the process answers"}},
        {"GET",
         "/readyz",
         kOpen,
         get_ready,
         {.name = "getReady",
          .tag = "server",
          .summary = "200 while the server takes work",
          .failures = {503}}},
        {"GET",
         "/version",
         kOpen,
         get_version,
         {.name = "getVersion", .tag = "server", .summary = "Name and version of the server"}},
        {"GET",
         "/metrics",
         kAnyKey,
         get_metrics,
         {.name = "getMetrics", .tag = "server", .summary = "Numbers for Prometheus", .media = "text/plain"}},
        {"GET",
         "/openapi.json",
         kAnyKey,
         get_openapi,
         {.name = "getOpenApi", .tag = "server", .summary = "This description"}},
        {"GET", "/", kAnyKey, get_root, {.name = "getRoot", .tag = "server", .summary = "What is where"}},
    };
}

}  // namespace meshai::doors
