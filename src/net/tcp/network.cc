#include "net/tcp/network.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>

#include "net/address.h"
#include "net/tcp/connection.h"
#include "net/tcp/listener.h"
#include "net/tcp/resolve.h"
#include "net/tls/context.h"

namespace meshai::net {
namespace {

constexpr int kBacklog = 1024;

/// Owns a descriptor until somebody else does.
class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }

  private:
    int fd_;
};

int new_socket(const tcp::endpoint& at) {
    return ::socket(at.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
}

void switch_on(int fd, int level, int option) {
    const int on = 1;
    ::setsockopt(fd, level, option, &on, sizeof on);
}

enum class Sharing { Alone, Shared };

Result<int> bound(const tcp::endpoint& at, Sharing sharing, const Endpoint& wanted) {
    Descriptor fd(new_socket(at));
    switch_on(fd.get(), SOL_SOCKET, SO_REUSEADDR);
    if (sharing == Sharing::Shared) switch_on(fd.get(), SOL_SOCKET, SO_REUSEPORT);
    if (at.address().is_v6()) switch_on(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY);
    if (fd.get() < 0 || ::bind(fd.get(), at.data(), static_cast<socklen_t>(at.size())) != 0 ||
        ::listen(fd.get(), kBacklog) != 0) {
        auto error = socket_error(errno);
        error.message = fmt::format("Cannot listen on {}: {}.", to_text(wanted), error.cause);
        return error;
    }
    return fd.release();
}

std::uint16_t port_of(int fd) {
    tcp::endpoint endpoint;
    auto size = static_cast<socklen_t>(endpoint.capacity());
    ::getsockname(fd, endpoint.data(), &size);
    return endpoint.port();
}

Address address_of(const tcp::endpoint& endpoint) {
    return parse_address(endpoint.address().is_v6()
                             ? asio::ip::address_v6(endpoint.address().to_v6().to_bytes()).to_string()
                             : endpoint.address().to_string())
        .value_or(Address{});
}

}  // namespace

struct TcpNetwork::State {
    State(Clock& the_clock, TcpSettings the_settings) : clock(the_clock), settings(std::move(the_settings)) {}

    Clock& clock;
    const TcpSettings settings;
    std::mutex mutex;
    std::map<std::pair<std::string, std::uint16_t>, int> listening;  // guarded by mutex

    MakeConnection maker() {
        return [this](std::unique_ptr<Socket> socket) -> std::unique_ptr<Connection> {
            if (settings.server_tls) return settings.server_tls->accept(clock, std::move(socket));
            return std::make_unique<TcpConnection>(std::move(socket));
        };
    }

    /// One attempt at one address.
    Async<Result<std::unique_ptr<Socket>>> dial(tcp::endpoint at, MonoTime deadline) {
        Descriptor fd(new_socket(at));
        if (fd.get() < 0) co_return socket_error(errno);
        switch_on(fd.get(), IPPROTO_TCP, TCP_NODELAY);
        switch_on(fd.get(), SOL_SOCKET, SO_KEEPALIVE);
        const bool is_done = ::connect(fd.get(), at.data(), static_cast<socklen_t>(at.size())) == 0;
        if (!is_done && errno != EINPROGRESS) co_return socket_error(errno);
        auto socket =
            std::make_unique<Socket>(co_await this_executor(), clock, fd.release(), at.address().is_v6());
        if (is_done) co_return socket;
        auto ready = co_await socket->wait(For::Writing, deadline);
        if (!ready) co_return ready.error();
        int failure = 0;
        socklen_t size = sizeof failure;
        ::getsockopt(socket->fd(), SOL_SOCKET, SO_ERROR, &failure, &size);
        if (failure != 0) co_return socket_error(failure);
        co_return socket;
    }

    /// The addresses in turn, each with its share of the time that is left.
    Async<Result<std::unique_ptr<Socket>>> dial_any(std::vector<tcp::endpoint> addresses, Endpoint to,
                                                    MonoTime deadline) {
        Error last{Code::Unavailable, {}};
        for (std::size_t i = 0; i < addresses.size(); ++i) {
            const auto now = clock.now();
            const auto left = static_cast<Duration::rep>(addresses.size() - i);
            auto socket =
                co_await dial(addresses[i], deadline == kNever ? kNever : now + (deadline - now) / left);
            if (socket) co_return socket;
            last = socket.error();
            if (last.code == Code::Cancelled) co_return last;
        }
        if (last.code == Code::Timeout)
            last.message = fmt::format("{} did not answer in time.", to_text(to));
        else
            last.message = fmt::format("Cannot connect to {}.", to_text(to));
        co_return last;
    }
};

TcpNetwork::TcpNetwork(Clock& clock, TcpSettings settings)
    : state_(std::make_shared<State>(clock, std::move(settings))) {}
TcpNetwork::~TcpNetwork() = default;

Async<Result<std::unique_ptr<Connection>>> TcpNetwork::connect(Endpoint to, Security security, Reach reach,
                                                               MonoTime deadline) {
    auto state = state_;
    if (co_await is_cancelled()) co_return Error{Code::Cancelled, "The connect was cancelled."};
    if (security == Security::Tls && !state->settings.client_tls)
        co_return Error{Code::InvalidArgument,
                        "This server has no certificates to trust, so it cannot use https."};
    auto addresses = co_await resolve(state->clock, to, deadline);
    if (!addresses) co_return addresses.error();
    if (reach == Reach::Public)
        std::erase_if(*addresses, [](const auto& endpoint) { return !is_public(address_of(endpoint)); });
    if (addresses->empty())
        co_return Error{Code::InvalidArgument,
                        fmt::format("{} is not a public address, and only those may be called.", to.host)};
    auto socket = co_await state->dial_any(std::move(*addresses), to, deadline);
    if (!socket) co_return socket.error();
    if (security == Security::Plain) co_return std::make_unique<TcpConnection>(std::move(*socket));
    co_return co_await state->settings.client_tls->connect(state->clock, std::move(*socket), to.host,
                                                           deadline);
}

Result<std::unique_ptr<Listener>> TcpNetwork::listen(Executor ex, Endpoint at) {
    auto address = resolve_now(at);
    if (!address) return address.error();
    std::lock_guard lock(state_->mutex);
    const bool is_ours = state_->listening.contains({at.host, at.port});
    if (at.port != 0 && !is_ours) {
        // SO_REUSEPORT would let a second server on this machine take half of
        // our connections unnoticed. Without it, the kernel says that the port is taken.
        auto probe = bound(*address, Sharing::Alone, at);
        if (!probe) return probe.error();
        ::close(*probe);
    }
    auto fd = bound(*address, Sharing::Shared, at);
    if (!fd) return fd.error();
    at.port = port_of(*fd);
    ++state_->listening[{at.host, at.port}];
    auto forget = [weak = std::weak_ptr(state_), key = std::pair{at.host, at.port}] {
        const auto state = weak.lock();
        if (!state) return;
        std::lock_guard guard(state->mutex);
        if (--state->listening[key] == 0) state->listening.erase(key);
    };
    return std::make_unique<TcpListener>(ex, state_->clock, *fd, at, address->address().is_v6(),
                                         state_->maker(), std::move(forget));
}

}  // namespace meshai::net
