#include "app/stdio/inside.h"

#include <boost/asio/co_spawn.hpp>
#include <future>

#include "agents/process/posix_launcher.h"
#include "app/house/house.h"
#include "app/logging/stderr_log.h"
#include "app/operator/stored.h"
#include "app/process/signals.h"
#include "app/process/threads.h"
#include "auth/keys/keys.h"
#include "net/memory/network.h"
#include "net/tcp/network.h"
#include "net/tls/context.h"

namespace meshai::app {
namespace {

constexpr int kFailed = 1;
constexpr std::string_view kAddress = "127.0.0.1:80";
constexpr std::string_view kUrl = "http://127.0.0.1";
constexpr std::string_view kKeyName = "meshai mcp (its own process)";

/// A limit against strangers would only ever meet the person whose process this is.
constexpr std::int64_t kRequestsPerMinute = 1'000'000;

/// Agents are outside, the client is inside.
class InsideNetwork final : public net::Network {
  public:
    InsideNetwork(net::Network& outside, net::Network& inside) : outside_(outside), inside_(inside) {}

    Async<Result<std::unique_ptr<net::Connection>>> connect(net::Endpoint to, net::Security security,
                                                            net::Reach reach, MonoTime deadline) override {
        return outside_.connect(std::move(to), security, reach, deadline);
    }

    Result<std::unique_ptr<net::Listener>> listen(Executor ex, net::Endpoint at) override {
        return inside_.listen(ex, std::move(at));
    }

  private:
    net::Network& outside_;
    net::Network& inside_;
};

struct Ground {
    explicit Ground(const Config& config) : log(config.log, clock) {}

    SystemClock clock{};
    SystemRandom random{};
    StderrLog log;
    Metrics metrics{};
    net::MemoryNetwork inside{clock};
    std::unique_ptr<net::TcpNetwork> outside{};
    std::unique_ptr<InsideNetwork> network{};
    std::unique_ptr<store::Engine> engine{};

    Status prepare(const Config& config) {
        auto trust = net::tls::ClientContext::make();
        if (!trust) return trust.error();
        outside = std::make_unique<net::TcpNetwork>(clock, net::TcpSettings{.client_tls = std::move(*trust)});
        network = std::make_unique<InsideNetwork>(*outside, inside);
        auto opened = open_store(config.store, Use::Serve, clock, log);
        if (!opened) return opened.error();
        engine = std::move(*opened);
        return {};
    }

    Parts parts(Threads& threads) {
        return {.engine = *engine,
                .network = *network,
                .clock = clock,
                .random = random,
                .log = log,
                .metrics = metrics,
                .threads = threads.executors(),
                .has_address = false,
                .make_launcher = [this](Executor ex) -> std::unique_ptr<agents::ProcessLauncher> {
                    return std::make_unique<agents::PosixLauncher>(ex, clock, log);
                }};
    }
};

int complain(Log& log, const Error& error) {
    log.error("the server cannot start", {{"why", error.message}, {"cause", error.cause}});
    return kFailed;
}

/// A key for this process. Those of earlier ones that were killed go with it.
Async<Result<std::string>> make_key(Ground& ground, std::string tenant) {
    auth::Keys keys(*ground.engine, ground.clock, ground.random);
    if (auto forgotten = co_await keys.forget(std::string(kKeyName)); !forgotten) co_return forgotten.error();
    auth::NewKey wanted{
        .tenant = TenantId{std::move(tenant)}, .name = std::string(kKeyName), .subject = Subject{"stdio"}};
    auto created = co_await keys.create(std::move(wanted));
    if (!created) co_return created.error();
    co_return created->key;
}

Async<void> forget_key(Ground& ground) {
    auth::Keys keys(*ground.engine, ground.clock, ground.random);
    auto forgotten = co_await keys.forget(std::string(kKeyName));
    if (!forgotten)
        ground.log.warn("the key of this process stays in the store", {{"why", forgotten.error().message}});
}

/// What ends the process: its guest is gone, or a signal came.
struct Ending {
    explicit Ending(Signal the_signal) : changed(std::move(the_signal)) {}
    Signal changed;
    bool is_near = false;

    void begin() {
        is_near = true;
        changed.notify();
    }
};

Async<void> entertain(const Guest& guest, Inside inside, Ending& ending) {
    co_await guest(std::move(inside));
    ending.begin();
}

/// A terminal that closes (SIGHUP) is an end, too: there is no certificate to read again.
Async<void> heed(Signals& signals, Ending& ending) {
    (void)co_await signals.next();
    ending.begin();
}

Async<Result<std::string>> open_house(Ground& ground, House& house, std::string tenant) {
    auto at = co_await house.open();
    if (!at) co_return at.error();
    co_return co_await make_key(ground, std::move(tenant));
}

Async<int> live(Ground& ground, House& house, Signals& signals, std::string tenant, const Guest& guest) {
    auto key = co_await open_house(ground, house, tenant);
    if (!key) {
        const int code = complain(ground.log, key.error());
        co_await house.close(Duration::zero());
        co_return code;
    }
    ground.log.info("ready for the client of this process",
                    {{"version", MESHAI_VERSION}, {"tenant", tenant}});
    const auto ex = co_await this_executor();
    Ending ending(Signal(ex, ground.clock));
    Scope scope(ex, ground.clock, ground.log);
    Inside inside{std::string(kUrl), std::move(*key), ground.inside, ground.clock, ground.log};
    scope.spawn("the client inside", entertain(guest, std::move(inside), ending));
    scope.spawn("signals", heed(signals, ending));
    while (!ending.is_near) co_await ending.changed.wait_until(kNever);
    co_await scope.close();
    signals.end_at_once();
    co_await forget_key(ground);
    co_await house.close(kInsideGrace);
    co_return 0;
}

Config config_inside(Config config) {
    config.server.listen = kAddress;
    config.limits.requests_per_minute = std::max(config.limits.requests_per_minute, kRequestsPerMinute);
    return config;
}

}  // namespace

int serve_inside(const Config& wanted, const std::string& tenant, const Guest& guest) {
    const auto config = config_inside(wanted);
    Ground ground(config);
    if (auto prepared = ground.prepare(config); !prepared) return complain(ground.log, prepared.error());

    // One thread: the network in memory knows no other, and there is one client.
    Threads threads(1, ground.log);
    const auto first = threads.executors().front();
    auto house = std::make_unique<House>(config, ground.parts(threads));
    Signals signals(first);

    std::promise<int> ended;
    auto life = live(ground, *house, signals, tenant, guest);
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

}  // namespace meshai::app
