// net/tcp/network.h
//
// The real network: TCP over IPv4 and IPv6, plain or under TLS. Shared by all
// threads; each connection belongs to the executor on which it was made. The
// addresses of a name are judged after it is resolved, and the ones judged are
// the ones connected to, so that a name cannot change its mind in between.
#pragma once

#include <memory>

#include "base/clock.h"
#include "net/network.h"

namespace meshai::net {

namespace tls {
class ServerContext;
class ClientContext;
}  // namespace tls

struct TcpSettings {
    /// Listeners speak TLS when set.
    std::shared_ptr<tls::ServerContext> server_tls{};
    /// Whom connections with Security::Tls trust; without it they are refused.
    std::shared_ptr<tls::ClientContext> client_tls{};
};

class TcpNetwork final : public Network {
  public:
    explicit TcpNetwork(Clock& clock, TcpSettings settings = {});
    ~TcpNetwork() override;

    Async<Result<std::unique_ptr<Connection>>> connect(Endpoint to, Security security, Reach reach,
                                                       MonoTime deadline) override;

    /// The first listener of an endpoint fails when another process has it; the
    /// next ones of this network share it. Port 0 picks a free port each time:
    /// give `local()` of the first to the others.
    Result<std::unique_ptr<Listener>> listen(Executor ex, Endpoint at) override;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace meshai::net
