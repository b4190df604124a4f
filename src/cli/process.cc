#include "cli/process.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <optional>

#include "net/tcp/network.h"
#include "net/tls/context.h"

namespace meshai::cli {
namespace {

using SignalSet = asio::basic_signal_set<Executor>;

/// What a shell sees of a process that ^C ended.
constexpr int kExitByInterrupt = 128 + SIGINT;

/// A command speaks through its answers and its exit code; the inner workings keep quiet.
class Silence final : public Log {
  public:
    void write(Level, std::string_view, Fields) override {}
};

/// The first ^C is a wish, the second an order.
void listen_for_interrupts(SignalSet& signals, Interrupt& interrupt) {
    signals.async_wait([&](boost::system::error_code error, int) {
        if (error) return;
        if (interrupt.is_set()) std::_Exit(kExitByInterrupt);
        interrupt.ring();
        listen_for_interrupts(signals, interrupt);
    });
}

std::optional<std::string> environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): one thread
    if (value == nullptr) return std::nullopt;
    return std::string(value);
}

}  // namespace

int run_command(const ProcessWish& wish, const Command& command) {
    auto target = target_of(wish.target, environment);
    if (!target) return complain(target.error());
    auto trust = net::tls::ClientContext::make(wish.target.ca_file);
    if (!trust) return complain(trust.error());
    std::signal(SIGPIPE, SIG_IGN);

    SystemClock clock;
    SystemRandom random;
    Silence log;
    asio::io_context loop{1};
    net::TcpNetwork network(clock, {.client_tls = std::move(*trust)});
    net::client::Client http(loop.get_executor(), network, clock, log);
    Api api(http, clock, std::move(*target));
    auto screen = real_screen(wish.is_quiet);
    Interrupt interrupt;
    SignalSet signals(loop.get_executor(), SIGINT, SIGTERM);
    listen_for_interrupts(signals, interrupt);
    const auto prompt = wish.is_quiet ? nullptr : real_prompt(loop.get_executor(), clock);
    Session session{api,         screen,    random,
                    log,         interrupt, [](const std::string& text) { complain({Code::Internal, text}); },
                    prompt.get()};

    int code = kFailed;
    auto work = command(session);
    asio::co_spawn(loop, std::move(work), [&](const std::exception_ptr& failure, int got) {
        if (failure) std::rethrow_exception(failure);
        code = got;
        loop.stop();
    });
    loop.run();
    return code;
}

}  // namespace meshai::cli
