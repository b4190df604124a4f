// app/config/config.h
//
// What the operator decided: the file meshai.toml, with the environment and the
// command line over it, as one value with defaults. Names, bounds and checks of
// the keys stand in schema.cc; this is only what comes out. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agents/spec.h"
#include "base/clock.h"
#include "net/http/message.h"

namespace meshai::app {

/// A file or folder. Relative ones of the configuration file belong to the
/// file's own folder, so that every command finds the same store.
struct Path {
    std::string value;
    friend bool operator==(const Path&, const Path&) = default;
};

/// A size, written 4194304 or "4MiB".
struct Bytes {
    std::int64_t value = 0;
    friend bool operator==(const Bytes&, const Bytes&) = default;
};

struct ServerSettings {
    std::string listen = "127.0.0.1:8080";  ///< port 0: a free one
    std::string public_url;                 ///< as clients see it; empty: from `listen`
    std::vector<std::string> allowed_hosts;
    std::vector<std::string> allowed_origins;
    bool stream_answers = false;        ///< MCP's answers as event streams wherever the client takes one
    bool allow_private_agents = false;  ///< of tenants, registered over REST
    Path tls_cert;
    Path tls_key;
    std::int64_t threads = 0;  ///< 0: one per core
    Millis drain_time = std::chrono::seconds(10);
};

struct StoreSettings {
    Path path{"meshai.db"};  ///< ":memory:": nothing is kept
    Millis keep_finished_for = std::chrono::hours(24 * 30);
    std::int64_t finished_tasks_max = 1'000'000;  ///< the oldest go first…
    Bytes size_max{20LL << 30};                   ///< …and when the store has grown so big
};

struct LimitSettings {
    std::int64_t requests_per_minute = 100;  ///< of one key
    Bytes body_bytes{4 << 20};
    Bytes header_bytes{32 << 10};
    std::int64_t connections = 10'000;
    std::int64_t running_tasks = 1'000;
    std::int64_t queued_tasks = 10'000;
    std::int64_t queued_tasks_per_tenant = 5'000;
    std::int64_t queued_tasks_per_agent = 1'000;
    Millis task_timeout = std::chrono::minutes(5);  ///< of a task that names none
    Millis task_timeout_max = std::chrono::hours(24);
    Millis disconnect_grace = std::chrono::seconds(60);
    Millis agent_connect = std::chrono::seconds(5);
    Millis agent_first_byte = std::chrono::seconds(120);
    Millis agent_silence = std::chrono::seconds(120);
    Bytes agent_output_bytes{16 << 20};
};

struct LogSettings {
    std::string format = "auto";  ///< human on a terminal, JSON otherwise
    std::string level = "info";
};

/// Traces for an OpenTelemetry receiver; off without an endpoint.
struct TelemetrySettings {
    std::string otlp_endpoint;  ///< base URL of OTLP/HTTP
    Path otlp_headers_file;     ///< secrets: a line "Name: value" for each header field
    std::string service_name = "meshai";
    std::int64_t sample_percent = 100;  ///< of the tasks whose client says nothing about it
    Millis timeout = std::chrono::seconds(10);
    std::int64_t queued_tasks = 2'048;
    net::http::Headers headers{};  ///< what the file holds; no key of its own
};

/// The operator's own workflows; none without a folder.
struct WorkflowSettings {
    Path folder;  ///< of files of JSON and TOML, read again when they change
};

struct CompatSettings {
    bool legacy_methods = false;  ///< tools as methods and the methods' old names, at the guide's endpoints
};

struct Config {
    ServerSettings server;
    StoreSettings store;
    LimitSettings limits;
    LogSettings log;
    CompatSettings compat;
    TelemetrySettings telemetry;
    WorkflowSettings workflows;
    std::vector<agents::Spec> agents;
};

inline constexpr std::string_view kInMemory = ":memory:";
inline constexpr std::size_t kConfiguredAgentsMax = 1'000;

}  // namespace meshai::app
