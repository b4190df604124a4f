#include "net/tcp/resolve.h"

#include <fmt/format.h>

#include <optional>

#include "base/signal.h"

namespace meshai::net {
namespace {

using Resolver = asio::ip::basic_resolver<tcp, Executor>;

std::optional<tcp::endpoint> literal(const Endpoint& to) {
    boost::system::error_code failed;
    const auto address = asio::ip::make_address(to.host, failed);
    if (failed) return std::nullopt;
    return tcp::endpoint(address, to.port);
}

/// What the resolver says, kept for a waiter that may have gone.
struct Answer {
    Answer(Executor ex, Clock& clock) : resolver(ex), arrived(ex, clock) {}

    Resolver resolver;
    Signal arrived;
    boost::system::error_code failed{};
    std::vector<tcp::endpoint> addresses{};
    bool is_complete = false;
};

Error unknown_host(const std::string& host, const boost::system::error_code& failed) {
    return Error{Code::Unavailable, fmt::format("The host name {} cannot be resolved.", host),
                 failed.message()};
}

}  // namespace

Async<Result<std::vector<tcp::endpoint>>> resolve(Clock& clock, Endpoint to, MonoTime deadline) {
    if (auto known = literal(to)) co_return std::vector{*known};
    auto answer = std::make_shared<Answer>(co_await this_executor(), clock);
    answer->resolver.async_resolve(
        to.host, std::to_string(to.port), Resolver::numeric_service,
        [answer](const boost::system::error_code& failed, const Resolver::results_type& results) {
            answer->failed = failed;
            for (const auto& result : results)
                if (answer->addresses.size() < kAddressesMax) answer->addresses.push_back(result.endpoint());
            answer->is_complete = true;
            answer->arrived.notify();
        });
    const auto woken = co_await answer->arrived.wait_until(deadline);
    if (!answer->is_complete) answer->resolver.cancel();
    if (woken == Wake::Cancelled) co_return Error{Code::Cancelled, "The connect was cancelled."};
    if (woken == Wake::Deadline)
        co_return Error{Code::Timeout, fmt::format("The host name {} was not resolved in time.", to.host)};
    if (answer->failed || answer->addresses.empty()) co_return unknown_host(to.host, answer->failed);
    co_return std::move(answer->addresses);
}

Result<tcp::endpoint> resolve_now(const Endpoint& at) {
    if (auto known = literal(at)) return *known;
    asio::io_context context;
    Resolver resolver(context.get_executor());
    boost::system::error_code failed;
    const auto results = resolver.resolve(at.host, std::to_string(at.port), Resolver::passive, failed);
    if (failed || results.empty()) return unknown_host(at.host, failed);
    for (const auto& result : results)
        if (result.endpoint().address().is_v4()) return result.endpoint();
    return results.begin()->endpoint();
}

}  // namespace meshai::net
