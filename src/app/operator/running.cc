#include "app/operator/running.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <cstdio>
#include <future>

#include "agents/process/posix_launcher.h"
#include "app/logging/stderr_log.h"
#include "app/operator/stored.h"
#include "app/process/signals.h"
#include "app/process/threads.h"
#include "net/tcp/network.h"
#include "net/tls/context.h"

namespace meshai::app {
namespace {

constexpr int kFailed = 1;

/// What the operating system lends us.
struct Ground {
    explicit Ground(const Config& config) : log(config.log, clock) {}

    SystemClock clock{};
    SystemRandom random{};
    StderrLog log;
    Metrics metrics{};
    std::shared_ptr<net::tls::ServerContext> certificate{};
    std::unique_ptr<net::TcpNetwork> network{};
    std::unique_ptr<store::Engine> engine{};

    Status prepare(const Config& config);
    void reload_certificate();
};

Status Ground::prepare(const Config& config) {
    net::TcpSettings settings;
    if (!config.server.tls_cert.value.empty()) {
        auto loaded =
            net::tls::ServerContext::load(config.server.tls_cert.value, config.server.tls_key.value);
        if (!loaded) return loaded.error();
        certificate = std::move(*loaded);
        settings.server_tls = certificate;
    }
    auto trust = net::tls::ClientContext::make();
    if (!trust) return trust.error();
    settings.client_tls = std::move(*trust);
    network = std::make_unique<net::TcpNetwork>(clock, std::move(settings));

    auto opened = open_store(config.store, Use::Serve, clock, log);
    if (!opened) return opened.error();
    engine = std::move(*opened);
    return {};
}

void Ground::reload_certificate() {
    if (!certificate) return;
    const auto read = certificate->reload();
    if (read)
        log.info("the certificate was read again");
    else
        log.error("the certificate could not be read again; the old one stays",
                  {{"why", read.error().message}, {"cause", read.error().cause}});
}

/// Each stream is a file descriptor; the usual soft limit of 1024 is far below our bound of connections.
void raise_open_files_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int complain(Log& log, const Error& error) {
    log.error("the server cannot start", {{"why", error.message}, {"cause", error.cause}});
    return kFailed;
}

Parts parts_of(Ground& ground, Threads& threads) {
    return {.engine = *ground.engine,
            .network = *ground.network,
            .clock = ground.clock,
            .random = ground.random,
            .log = ground.log,
            .metrics = ground.metrics,
            .threads = threads.executors(),
            .make_launcher = [&ground](Executor ex) -> std::unique_ptr<agents::ProcessLauncher> {
                return std::make_unique<agents::PosixLauncher>(ex, ground.clock, ground.log);
            }};
}

/// Opens the doors and says so.
Async<Status> begin(const Config& config, Ground& ground, House& house, const Announce& announce) {
    auto at = co_await house.open();
    if (!at) co_return at.error();
    const auto url = url_of(at->host, at->port, ground.certificate != nullptr);
    ground.log.info("ready", {{"url", url}, {"version", MESHAI_VERSION}, {"agents", config.agents.size()}});
    Ready ready{url, *ground.engine, ground.clock, ground.random};
    co_return co_await announce(std::move(ready));
}

/// The life of the server, from opening the doors to closing them. Gives the exit code.
Async<int> live(const Config& config, Ground& ground, House& house, Signals& signals,
                const Announce& announce) {
    auto begun = co_await begin(config, ground, house, announce);
    if (!begun) {
        const int code = complain(ground.log, begun.error());
        // Recovered tasks may be running already; they are left to the next start.
        co_await house.close(Duration::zero());
        co_return code;
    }
    while (co_await signals.next() == Wish::Reload) ground.reload_certificate();
    signals.end_at_once();
    const auto asked_at = ground.clock.now();
    ground.log.info("closing the doors; a second signal ends at once",
                    {{"seconds_at_most", std::chrono::duration<double>(config.server.drain_time).count()}});
    co_await house.close(config.server.drain_time);
    const auto took = std::chrono::duration<double>(ground.clock.now() - asked_at);
    ground.log.info("closed", {{"after_seconds", fmt::format("{:.3f}", took.count())}});
    co_return 0;
}

}  // namespace

int run_server(const Config& config, const Announce& announce, const Refit& refit) {
    raise_open_files_limit();
    Ground ground(config);
    if (auto prepared = ground.prepare(config); !prepared) return complain(ground.log, prepared.error());

    const auto wanted = static_cast<std::size_t>(config.server.threads);
    Threads threads(wanted > 0 ? wanted : cores(), ground.log);
    const auto first = threads.executors().front();
    auto parts = parts_of(ground, threads);
    if (refit) refit(parts);
    auto house = std::make_unique<House>(config, std::move(parts));
    Signals signals(first);

    std::promise<int> ended;
    auto life = live(config, ground, *house, signals, announce);
    asio::co_spawn(first, std::move(life), [&](const std::exception_ptr& failure, int code) {
        if (failure) ground.log.error("the server ended by an exception, which is a bug");
        ended.set_value(failure ? kFailed : code);
    });
    threads.start();
    const int code = ended.get_future().get();

    ground.engine->close();
    threads.stop();
    house.reset();
    return code;
}

int serve(const Config& config) {
    return run_server(config, [](Ready ready) -> Async<Status> {
        std::fputs(fmt::format("ready {}\n", ready.url).c_str(), stdout);
        std::fflush(stdout);
        co_return Status{};
    });
}

}  // namespace meshai::app
