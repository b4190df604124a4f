#include "cli/mcp/process.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "cli/exit_code.h"
#include "cli/output.h"
#include "net/tcp/network.h"
#include "net/tls/context.h"

namespace meshai::cli::mcp {
namespace {

/// stdout is the client's; what a person should know stands on stderr, which MCP clients keep as a log.
class StderrLines final : public Log {
  public:
    void write(Level level, std::string_view message, Fields fields) override {
        if (level == Level::Debug) return;
        auto line = fmt::format("meshai mcp: {}", message);
        for (const auto& field : fields)
            line += fmt::format(" {}={:?}", field.name, printable(field.value, false));
        line += '\n';
        std::fputs(line.c_str(), stderr);
    }
};

std::optional<std::string> environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): before any thread
    if (value == nullptr) return std::nullopt;
    return std::string(value);
}

Async<void> bridge_until(Way way, Streams streams, Signal ended) {
    co_await bridge(std::move(way), streams);
    ended.notify();
}

/// The bridge's life: until it ends by itself, or a signal ends it.
Async<void> live(Way way, Streams streams, asio::io_context& loop) {
    const auto ex = co_await this_executor();
    auto& clock = way.clock;
    Signal ended(ex, clock);
    asio::basic_signal_set<Executor> signals(ex, SIGINT, SIGTERM, SIGHUP);
    signals.async_wait([ended](boost::system::error_code, int) { ended.notify(); });
    Scope scope(ex, clock, way.log);
    scope.spawn("bridge", bridge_until(std::move(way), streams, ended));
    co_await ended.wait_until(kNever);
    co_await scope.close();
    loop.stop();
}

}  // namespace

Async<void> bridge(Way way, Streams streams) {
    const auto ex = co_await this_executor();
    net::client::Client http(ex, way.network, way.clock, way.log);
    StandardInput input(ex, way.clock, streams.in);
    StandardOutput output(ex, way.clock, streams.out);
    BridgeParts parts{ex, http, way.clock, way.log, std::move(way.server), input, output};
    Bridge the_bridge(std::move(parts));
    co_await the_bridge.run();
}

int run_bridge(const TargetFlags& flags) {
    // O11: "Implementations using an STDIO transport […] retrieve credentials from the environment." Without
    // a key the bridge runs all the same: the client's person sees the server's answer, not a dead program.
    auto server = place_of(flags, environment);
    if (!server) return complain(server.error());
    auto trust = net::tls::ClientContext::make(flags.ca_file);
    if (!trust) return complain(trust.error());
    std::signal(SIGPIPE, SIG_IGN);

    const auto streams = take_standard_streams();
    SystemClock clock;
    StderrLines log;
    asio::io_context loop{1};
    net::TcpNetwork network(clock, {.client_tls = std::move(*trust)});
    Scope scope(loop.get_executor(), clock, log);
    scope.spawn("live", live({network, clock, log, std::move(*server)}, streams, loop));
    auto work = asio::make_work_guard(loop);
    loop.run();
    return kOk;
}

}  // namespace meshai::cli::mcp
