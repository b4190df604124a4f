#include "app/config/schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "net/http/message.h"
#include "net/network.h"

namespace meshai::app {
namespace {

constexpr std::int64_t kSecond = 1'000;
constexpr std::int64_t kHour = 3'600 * kSecond;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kMiB = 1 << 20;

Status check_endpoint(const std::string& text) {
    auto endpoint = net::parse_endpoint(text);
    if (endpoint) return {};
    return Error{
        Code::Configuration,
        fmt::format("\"{}\" is not an address with a port; write for example \"127.0.0.1:8080\"", text)};
}

Status check_url(const std::string& text) {
    const bool is_known = text.starts_with("http://") || text.starts_with("https://");
    if (!is_known)
        return Error{Code::Configuration,
                     fmt::format("\"{}\" has no known scheme; use http:// or https://", text)};
    auto url = net::http::parse_url(text);
    if (url) return {};
    return Error{Code::Configuration, url.error().message};
}

Status check_origin(const std::string& text) {
    auto url = net::http::parse_url(text);
    if (url && url->target == "/" && !text.ends_with('/')) return {};
    return Error{
        Code::Configuration,
        fmt::format("\"{}\" is not an origin; write scheme and host, as \"https://app.example\"", text)};
}

Status check_host(const std::string& text) {
    const bool good =
        !text.empty() && text.size() <= 253 && text.find_first_of(" /:@?#*") == std::string::npos;
    if (good) return {};
    return Error{Code::Configuration,
                 fmt::format("\"{}\" is not a host name; write it without scheme and port, as "
                             "\"mesh.example.com\"",
                             text)};
}

template <const auto& kWords>
Status check_word(const std::string& text) {
    if (std::ranges::find(kWords, text) != kWords.end()) return {};
    return Error{Code::Configuration,
                 fmt::format("\"{}\" is not known here; use one of {}", text, fmt::join(kWords, ", "))};
}

constexpr std::array<std::string_view, 3> kFormats = {"auto", "human", "json"};
constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 4> kKinds = {"openai", "http", "mesh", "command"};

const std::array kServerKeys = {
    Key<Config>{.name = "listen",
                .slot = [](Config& c) -> Slot { return &c.server.listen; },
                .check = check_endpoint},
    Key<Config>{.name = "public_url",
                .slot = [](Config& c) -> Slot { return &c.server.public_url; },
                .check = check_url},
    Key<Config>{.name = "allowed_hosts",
                .slot = [](Config& c) -> Slot { return &c.server.allowed_hosts; },
                .check = check_host},
    Key<Config>{.name = "allowed_origins",
                .slot = [](Config& c) -> Slot { return &c.server.allowed_origins; },
                .check = check_origin},
    Key<Config>{.name = "stream_answers", .slot = [](Config& c) -> Slot { return &c.server.stream_answers; }},
    Key<Config>{.name = "allow_private_agents",
                .slot = [](Config& c) -> Slot { return &c.server.allow_private_agents; }},
    Key<Config>{.name = "tls_cert", .slot = [](Config& c) -> Slot { return &c.server.tls_cert; }},
    Key<Config>{.name = "tls_key", .slot = [](Config& c) -> Slot { return &c.server.tls_key; }},
    Key<Config>{.name = "threads", .slot = [](Config& c) -> Slot { return &c.server.threads; }, .max = 256},
    Key<Config>{
        .name = "drain_time", .slot = [](Config& c) -> Slot { return &c.server.drain_time; }, .max = kHour},
};

const std::array kStoreKeys = {
    Key<Config>{.name = "path", .slot = [](Config& c) -> Slot { return &c.store.path; }},
    Key<Config>{.name = "keep_finished_for",
                .slot = [](Config& c) -> Slot { return &c.store.keep_finished_for; },
                .min = 60 * kSecond,
                .max = 3650 * kDay},
    Key<Config>{.name = "finished_tasks_max",
                .slot = [](Config& c) -> Slot { return &c.store.finished_tasks_max; },
                .min = 1,
                .max = 100'000'000},
    Key<Config>{
        .name = "size_max", .slot = [](Config& c) -> Slot { return &c.store.size_max; }, .min = 16 * kMiB},
};

const std::array kLimitKeys = {
    Key<Config>{.name = "requests_per_minute",
                .slot = [](Config& c) -> Slot { return &c.limits.requests_per_minute; },
                .min = 1,
                .max = 10'000'000},
    Key<Config>{.name = "body_bytes",
                .slot = [](Config& c) -> Slot { return &c.limits.body_bytes; },
                .min = 1024,
                .max = 64 * kMiB},
    Key<Config>{.name = "header_bytes",
                .slot = [](Config& c) -> Slot { return &c.limits.header_bytes; },
                .min = 1024,
                .max = kMiB},
    Key<Config>{.name = "connections",
                .slot = [](Config& c) -> Slot { return &c.limits.connections; },
                .min = 1,
                .max = 1'000'000},
    Key<Config>{.name = "running_tasks",
                .slot = [](Config& c) -> Slot { return &c.limits.running_tasks; },
                .min = 1,
                .max = 100'000},
    Key<Config>{.name = "queued_tasks",
                .slot = [](Config& c) -> Slot { return &c.limits.queued_tasks; },
                .min = 1,
                .max = 1'000'000},
    Key<Config>{.name = "queued_tasks_per_tenant",
                .slot = [](Config& c) -> Slot { return &c.limits.queued_tasks_per_tenant; },
                .min = 1,
                .max = 1'000'000},
    Key<Config>{.name = "queued_tasks_per_agent",
                .slot = [](Config& c) -> Slot { return &c.limits.queued_tasks_per_agent; },
                .min = 1,
                .max = 1'000'000},
    Key<Config>{.name = "task_timeout",
                .slot = [](Config& c) -> Slot { return &c.limits.task_timeout; },
                .min = kSecond,
                .max = 30 * kDay},
    Key<Config>{.name = "task_timeout_max",
                .slot = [](Config& c) -> Slot { return &c.limits.task_timeout_max; },
                .min = kSecond,
                .max = 30 * kDay},
    Key<Config>{.name = "disconnect_grace",
                .slot = [](Config& c) -> Slot { return &c.limits.disconnect_grace; },
                .max = kDay},
    Key<Config>{.name = "agent_connect",
                .slot = [](Config& c) -> Slot { return &c.limits.agent_connect; },
                .min = 100,
                .max = kHour},
    Key<Config>{.name = "agent_first_byte",
                .slot = [](Config& c) -> Slot { return &c.limits.agent_first_byte; },
                .min = 100,
                .max = kDay},
    Key<Config>{.name = "agent_silence",
                .slot = [](Config& c) -> Slot { return &c.limits.agent_silence; },
                .min = 100,
                .max = kDay},
    Key<Config>{.name = "agent_output_bytes",
                .slot = [](Config& c) -> Slot { return &c.limits.agent_output_bytes; },
                .min = 1024,
                .max = 16 * kMiB},
};

const std::array kLogKeys = {
    Key<Config>{.name = "format",
                .slot = [](Config& c) -> Slot { return &c.log.format; },
                .check = check_word<kFormats>},
    Key<Config>{.name = "level",
                .slot = [](Config& c) -> Slot { return &c.log.level; },
                .check = check_word<kLevels>},
};

const std::array kCompatKeys = {
    Key<Config>{.name = "legacy_methods", .slot = [](Config& c) -> Slot { return &c.compat.legacy_methods; }},
};

const std::array kWorkflowKeys = {
    Key<Config>{.name = "folder", .slot = [](Config& c) -> Slot { return &c.workflows.folder; }},
};

const std::array kTelemetryKeys = {
    Key<Config>{.name = "otlp_endpoint",
                .slot = [](Config& c) -> Slot { return &c.telemetry.otlp_endpoint; },
                .check = check_url},
    Key<Config>{.name = "otlp_headers_file",
                .slot = [](Config& c) -> Slot { return &c.telemetry.otlp_headers_file; }},
    Key<Config>{.name = "service_name", .slot = [](Config& c) -> Slot { return &c.telemetry.service_name; }},
    Key<Config>{.name = "sample_percent",
                .slot = [](Config& c) -> Slot { return &c.telemetry.sample_percent; },
                .max = 100},
    Key<Config>{.name = "timeout",
                .slot = [](Config& c) -> Slot { return &c.telemetry.timeout; },
                .min = 100,
                .max = 60 * kSecond},
    Key<Config>{.name = "queued_tasks",
                .slot = [](Config& c) -> Slot { return &c.telemetry.queued_tasks; },
                .min = 1,
                .max = 1'000'000},
};

const std::array kSections = {Section{"server", kServerKeys},     Section{"store", kStoreKeys},
                              Section{"limits", kLimitKeys},      Section{"log", kLogKeys},
                              Section{"compat", kCompatKeys},     Section{"telemetry", kTelemetryKeys},
                              Section{"workflows", kWorkflowKeys}};

const std::array kAgentKeys = {
    Key<AgentEntry>{.name = "name", .slot = [](AgentEntry& a) -> Slot { return &a.spec.name; }},
    Key<AgentEntry>{
        .name = "kind", .slot = [](AgentEntry& a) -> Slot { return &a.kind; }, .check = check_word<kKinds>},
    Key<AgentEntry>{
        .name = "url", .slot = [](AgentEntry& a) -> Slot { return &a.spec.url; }, .check = check_url},
    Key<AgentEntry>{.name = "health_url",
                    .slot = [](AgentEntry& a) -> Slot { return &a.spec.health_url; },
                    .check = check_url},
    Key<AgentEntry>{.name = "model", .slot = [](AgentEntry& a) -> Slot { return &a.spec.model; }},
    Key<AgentEntry>{.name = "api_key_file", .slot = [](AgentEntry& a) -> Slot { return &a.api_key_file; }},
    Key<AgentEntry>{.name = "api_key_env", .slot = [](AgentEntry& a) -> Slot { return &a.api_key_env; }},
    Key<AgentEntry>{.name = "capabilities",
                    .slot = [](AgentEntry& a) -> Slot { return &a.spec.capabilities; }},
    Key<AgentEntry>{.name = "instructions",
                    .slot = [](AgentEntry& a) -> Slot { return &a.spec.instructions; }},
    Key<AgentEntry>{.name = "argv", .slot = [](AgentEntry& a) -> Slot { return &a.spec.argv; }},
    Key<AgentEntry>{.name = "max_concurrent_tasks",
                    .slot = [](AgentEntry& a) -> Slot { return &a.max_concurrent_tasks; },
                    .min = 1,
                    .max = 10'000},
    Key<AgentEntry>{.name = "idempotent", .slot = [](AgentEntry& a) -> Slot { return &a.spec.idempotent; }},
    Key<AgentEntry>{.name = "delegates", .slot = [](AgentEntry& a) -> Slot { return &a.spec.delegates; }},
    Key<AgentEntry>{.name = "cost", .slot = [](AgentEntry& a) -> Slot { return &a.spec.cost; }},
    Key<AgentEntry>{.name = "allow_private",
                    .slot = [](AgentEntry& a) -> Slot { return &a.spec.allow_private; }},
    Key<AgentEntry>{.name = "framework", .slot = [](AgentEntry& a) -> Slot { return &a.spec.framework; }},
    Key<AgentEntry>{.name = "description", .slot = [](AgentEntry& a) -> Slot { return &a.spec.description; }},
    Key<AgentEntry>{.name = "version", .slot = [](AgentEntry& a) -> Slot { return &a.spec.version; }},
    Key<AgentEntry>{.name = "tags", .slot = [](AgentEntry& a) -> Slot { return &a.spec.tags; }},
    Key<AgentEntry>{.name = "metadata", .slot = [](AgentEntry& a) -> Slot { return &a.spec.metadata; }},
};

}  // namespace

std::span<const Section> sections() {
    return kSections;
}

std::span<const Key<AgentEntry>> agent_keys() {
    return kAgentKeys;
}

}  // namespace meshai::app
