#include "main/mcp_word.h"

#include <memory>

#include "app/stdio/inside.h"
#include "cli/mcp/process.h"
#include "main/config_options.h"

namespace meshai {
namespace {

struct McpOptions {
    cli::TargetFlags target;
    ConfigOptions config;
    std::string tenant = std::string(app::kInsideTenant);

    bool has_own_server() const { return !config.file.empty() || !config.settings.empty(); }
    bool names_a_server() const {
        return !target.url.empty() || !target.key.empty() || !target.ca_file.empty();
    }
};

int run_own_server(const McpOptions& options) {
    const auto config = options.config.load();
    if (!config) return cli::complain(config.error());
    const auto streams = cli::mcp::take_standard_streams();
    return app::serve_inside(*config, options.tenant, [streams](app::Inside inside) {
        auto url = net::http::parse_url(inside.url);
        return cli::mcp::bridge({inside.network, inside.clock, inside.log, {std::move(*url), inside.key}},
                                streams);
    });
}

int run_mcp(const McpOptions& options) {
    if (!options.has_own_server()) return cli::mcp::run_bridge(options.target);
    if (!options.names_a_server()) return run_own_server(options);
    return cli::complain({Code::InvalidArgument,
                          "--config and --set are for a server of its own, --url, --key and --ca-file for a "
                          "running one; give the ones or the others."});
}

}  // namespace

void add_mcp_word(CLI::App& app, cli::Chosen& chosen) {
    auto options = std::make_shared<McpOptions>();
    auto* mcp = app.add_subcommand("mcp", "MCP over stdin and stdout, for clients that start a program");
    auto& target = options->target;
    mcp->add_option("--url", target.url, "A running server (MESHAI_URL; default http://127.0.0.1:8080)");
    mcp->add_option("--key", target.key, "The API key for it (better: MESHAI_API_KEY)");
    mcp->add_option("--ca-file", target.ca_file, "Trust this authority's certificate (PEM), too");
    mcp->add_option("-c,--config", options->config.file,
                    "Be the server: with this configuration, for this client alone")
        ->type_name("FILE");
    mcp->add_option("--set", options->config.settings,
                    "The same, with a setting over the file, as store.path=:memory:")
        ->type_name("KEY=VALUE");
    mcp->add_option("--tenant", options->tenant,
                    "Of a server of its own: whose tasks and agents (default: default)");
    mcp->callback([options, &chosen] { chosen = [options] { return run_mcp(*options); }; });
}

}  // namespace meshai
