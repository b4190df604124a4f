#include "app/operator/dev.h"

#include <fmt/format.h>

#include <cstdio>

#include "app/config/load.h"
#include "app/operator/blocking.h"
#include "app/operator/running.h"
#include "auth/keys/keys.h"
#include "net/tcp/network.h"
#include "net/tls/context.h"

namespace meshai::app {
namespace {

/// What looking around says is of no interest to anybody.
class Silence final : public Log {
  public:
    void write(Level, std::string_view, Fields) override {}
};

Result<std::optional<FoundModel>> look_for_model() {
    SystemClock clock;
    Silence log;
    auto trust = net::tls::ClientContext::make();
    if (!trust) return trust.error();
    net::TcpNetwork network(clock, {.client_tls = std::move(*trust)});
    asio::io_context loop{1};
    return run_to_end<std::optional<FoundModel>>(loop, [&]() -> Async<std::optional<FoundModel>> {
        const auto ex = co_await this_executor();
        net::client::Client http(ex, network, clock, log);
        co_return co_await find_model(http, clock, environment);
    });
}

bool is_free(std::uint16_t port) {
    SystemClock clock;
    net::TcpNetwork network(clock);
    asio::io_context loop{1};
    return network.listen(loop.get_executor(), {"127.0.0.1", port}).has_value();
}

Config config_of(const DevOptions& options, const std::optional<FoundModel>& model) {
    Config config;
    const int port = options.port >= 0 ? options.port : is_free(kDevPort) ? kDevPort : 0;
    config.server.listen = fmt::format("127.0.0.1:{}", port);
    config.server.drain_time = std::chrono::seconds(2);
    config.store.path.value = options.database.empty() ? std::string(kInMemory) : options.database;
    config.limits.requests_per_minute = 1'000;
    config.log.level = "warn";
    if (model) config.agents.push_back(agent_of(*model));
    return config;
}

}  // namespace

std::string dev_words(const std::string& url, const std::string& key, const std::string& database,
                      const std::optional<FoundModel>& model) {
    const auto kept = database.empty() ? "nothing is kept" : "data in " + database;
    const auto agent =
        model ? fmt::format("agent  {} at {} ({})", model->model, model->url, model->where)
              : std::string(
                    "agent  none yet: start Ollama or set OPENAI_API_KEY and begin again, or add one:\n"
                    "         meshai agent add worker https://agent.example/execute");
    return fmt::format(
        "ready {0}  (meshai {1}, {2}, ^C ends it)\n"
        "key    {3}\n"
        "{4}\n"
        "\n"
        "export MESHAI_URL={0} MESHAI_API_KEY={3}\n"
        "meshai run \"Write a haiku about the sea\"\n"
        "curl -N $MESHAI_URL/v1/mcp/stream -H \"Authorization: Bearer $MESHAI_API_KEY\" \\\n"
        "  -H 'Content-Type: application/json' -H 'Accept: text/event-stream' \\\n"
        "  -d "
        "'{{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"method\":\"tools/"
        "call\",\"params\":{{\"name\":\"mesh_execute\","
        "\"arguments\":{{\"task\":\"Write a haiku\"}}}}}}'\n",
        url, MESHAI_VERSION, kept, key, agent);
}

Result<int> dev(const DevOptions& options) {
    auto model = look_for_model();
    if (!model) return model.error();
    return run_server(config_of(options, *model), [&](Ready ready) -> Async<Status> {
        auth::Keys keys(ready.engine, ready.clock, ready.random);
        auth::NewKey wanted{.tenant = TenantId{"dev"}, .name = "dev", .is_test = true};
        auto created = co_await keys.create(std::move(wanted));
        if (!created) co_return created.error();
        const auto words = dev_words(ready.url, created->key, options.database, *model);
        std::fputs(words.c_str(), stdout);
        std::fflush(stdout);
        co_return Status{};
    });
}

}  // namespace meshai::app
