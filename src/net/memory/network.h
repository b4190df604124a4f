// net/memory/network.h
//
// The network of the tests: listeners and connections in memory, on one
// io_context and under the test's clock. It refuses, loses, delays, cuts and
// splits on demand, each connection by the faults of its endpoint. It knows no
// TLS: Security::Tls only marks the connection as encrypted. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/memory/pipe.h"
#include "net/network.h"

namespace meshai::net {

/// What goes wrong with connections to one endpoint.
struct Faults {
    bool is_refused = false;  ///< connect fails at once
    bool is_lost = false;     ///< connect gets no answer until its deadline
    PipeFaults to_server{};
    PipeFaults to_client{};
    std::size_t buffer_bytes = 64U << 10U;  ///< of each direction
};

class MemoryNetwork final : public Network {
  public:
    explicit MemoryNetwork(Clock& clock);
    ~MemoryNetwork() override;

    Async<Result<std::unique_ptr<Connection>>> connect(Endpoint to, Security security, Reach reach,
                                                       MonoTime deadline) override;
    Result<std::unique_ptr<Listener>> listen(Executor ex, Endpoint at) override;

    /// For every connection to `to` made from now on.
    void set_faults(const Endpoint& to, Faults faults);

    /// What `host` resolves to; names are public addresses otherwise.
    void set_address(const std::string& host, const std::string& address);

    /// Resets every connection to `to` that is open now, as a dying machine does.
    void break_connections(const Endpoint& to);

    /// Connections made so far, and those of which neither side has closed.
    std::size_t connections_made() const;
    std::size_t connections_open() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace meshai::net
