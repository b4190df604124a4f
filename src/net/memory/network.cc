#include "net/memory/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "net/address.h"

namespace meshai::net {
namespace {

constexpr std::size_t kBacklogMax = 1024;
constexpr std::uint16_t kFirstFreePort = 40'000;

struct Wire {
    Endpoint to;
    std::shared_ptr<Pipe> to_server;
    std::shared_ptr<Pipe> to_client;
    int ends_open = 2;
};

class MemoryConnection final : public Connection {
  public:
    MemoryConnection(std::shared_ptr<Wire> wire, bool is_server, bool is_encrypted)
        : wire_(std::move(wire)),
          in_(is_server ? wire_->to_server : wire_->to_client),
          out_(is_server ? wire_->to_client : wire_->to_server),
          is_encrypted_(is_encrypted) {}

    ~MemoryConnection() override { MemoryConnection::close(); }

    Async<Status> readable(MonoTime deadline) override { return in_->readable(deadline); }

    Async<Result<std::size_t>> read_some(std::span<char> into, MonoTime deadline) override {
        auto pipe = in_;
        auto ready = co_await pipe->readable(deadline);
        if (!ready) co_return ready.error();
        co_return pipe->take(into);
    }

    Async<Status> write(std::string_view bytes, MonoTime deadline) override {
        return out_->write(bytes, deadline);
    }

    void finish_writing() override { out_->finish(); }

    void close() override {
        if (std::exchange(closed_, true)) return;
        --wire_->ends_open;
        // A socket closed over unread bytes resets its peer, and the peer may
        // then lose what it has not read itself.
        if (in_->abandon())
            out_->reset();
        else
            out_->finish();
    }

    std::string peer() const override { return "127.0.0.1"; }
    bool is_encrypted() const override { return is_encrypted_; }

  private:
    std::shared_ptr<Wire> wire_;
    std::shared_ptr<Pipe> in_;
    std::shared_ptr<Pipe> out_;
    bool is_encrypted_;
    bool closed_ = false;
};

struct Backlog {
    Backlog(Executor the_ex, Clock& clock, Endpoint at)
        : ex(the_ex), local(std::move(at)), arrived(the_ex, clock) {}

    Executor ex;
    Endpoint local;
    Signal arrived;
    std::deque<std::unique_ptr<Connection>> waiting{};
    bool closed = false;
};

class MemoryListener final : public Listener {
  public:
    explicit MemoryListener(std::shared_ptr<Backlog> backlog) : backlog_(std::move(backlog)) {}
    ~MemoryListener() override { MemoryListener::close(); }

    Async<Result<std::unique_ptr<Connection>>> accept() override {
        auto backlog = backlog_;
        while (backlog->waiting.empty() && !backlog->closed)
            if (co_await backlog->arrived.wait_until(kNever) == Wake::Cancelled) break;
        if (backlog->closed || backlog->waiting.empty())
            co_return Error{Code::Cancelled, "The listener is closed."};
        auto connection = std::move(backlog->waiting.front());
        backlog->waiting.pop_front();
        co_return connection;
    }

    Endpoint local() const override { return backlog_->local; }

    void close() override {
        backlog_->closed = true;
        backlog_->waiting.clear();
        backlog_->arrived.notify();
    }

  private:
    std::shared_ptr<Backlog> backlog_;
};

}  // namespace

struct MemoryNetwork::State {
    explicit State(Clock& the_clock) : clock(the_clock) {}

    Clock& clock;
    std::vector<std::shared_ptr<Backlog>> listeners{};
    std::map<std::pair<std::string, std::uint16_t>, Faults> faults{};
    std::map<std::string, std::string> addresses{};
    std::vector<std::weak_ptr<Wire>> wires{};
    std::size_t made = 0;
    std::size_t turn = 0;
    std::uint16_t next_port = kFirstFreePort;

    bool is_reachable(const std::string& host, Reach reach) const {
        if (reach == Reach::Anywhere) return true;
        if (host == "localhost") return false;
        const auto named = addresses.find(host);
        const auto address = parse_address(named == addresses.end() ? host : named->second);
        return !address || is_public(*address);
    }

    /// Listeners of one endpoint take turns, as the kernel shares connections out.
    std::shared_ptr<Backlog> find(const Endpoint& to) {
        std::erase_if(listeners, [](const auto& listener) { return listener->closed; });
        std::vector<std::shared_ptr<Backlog>> fit;
        for (const auto& listener : listeners)
            if (listener->local == to) fit.push_back(listener);
        return fit.empty() ? nullptr : fit[turn++ % fit.size()];
    }
};

MemoryNetwork::MemoryNetwork(Clock& clock) : state_(std::make_shared<State>(clock)) {}
MemoryNetwork::~MemoryNetwork() = default;

Async<Result<std::unique_ptr<Connection>>> MemoryNetwork::connect(Endpoint to, Security security, Reach reach,
                                                                  MonoTime deadline) {
    auto state = state_;
    if (co_await is_cancelled()) co_return Error{Code::Cancelled, "The connect was cancelled."};
    if (!state->is_reachable(to.host, reach))
        co_return Error{Code::InvalidArgument, fmt::format("{} is not a public address.", to.host)};
    const auto found = state->faults.find({to.host, to.port});
    const auto faults = found == state->faults.end() ? Faults{} : found->second;
    const auto ex = co_await this_executor();
    if (faults.is_lost) {
        Signal never_rung(ex, state->clock);
        if (co_await never_rung.wait_until(deadline) == Wake::Cancelled)
            co_return Error{Code::Cancelled, "The connect was cancelled."};
        co_return Error{Code::Timeout, fmt::format("{} did not answer in time.", to_text(to))};
    }
    auto listener = state->find(to);
    if (faults.is_refused || !listener || listener->waiting.size() >= kBacklogMax)
        co_return Error{Code::Unavailable, fmt::format("Nobody listens at {}.", to_text(to))};
    auto wire = std::make_shared<Wire>(Wire{
        to, std::make_shared<Pipe>(listener->ex, ex, state->clock, faults.buffer_bytes, faults.to_server),
        std::make_shared<Pipe>(ex, listener->ex, state->clock, faults.buffer_bytes, faults.to_client)});
    std::erase_if(state->wires, [](const auto& old) { return old.expired(); });
    state->wires.push_back(wire);
    ++state->made;
    const bool is_encrypted = security == Security::Tls;
    listener->waiting.push_back(std::make_unique<MemoryConnection>(wire, true, is_encrypted));
    listener->arrived.notify();
    co_return std::make_unique<MemoryConnection>(wire, false, is_encrypted);
}

Result<std::unique_ptr<Listener>> MemoryNetwork::listen(Executor ex, Endpoint at) {
    if (at.port == 0) at.port = state_->next_port++;
    auto backlog = std::make_shared<Backlog>(ex, state_->clock, std::move(at));
    state_->listeners.push_back(backlog);
    return std::make_unique<MemoryListener>(std::move(backlog));
}

void MemoryNetwork::set_faults(const Endpoint& to, Faults faults) {
    state_->faults[{to.host, to.port}] = faults;
}

void MemoryNetwork::set_address(const std::string& host, const std::string& address) {
    state_->addresses[host] = address;
}

void MemoryNetwork::break_connections(const Endpoint& to) {
    for (const auto& weak : state_->wires) {
        auto wire = weak.lock();
        if (!wire || wire->to != to) continue;
        wire->to_server->reset();
        wire->to_client->reset();
    }
}

std::size_t MemoryNetwork::connections_made() const {
    return state_->made;
}

std::size_t MemoryNetwork::connections_open() const {
    return static_cast<std::size_t>(std::ranges::count_if(state_->wires, [](const auto& weak) {
        const auto wire = weak.lock();
        return wire && wire->ends_open == 2;
    }));
}

}  // namespace meshai::net
