// mesh/testing/no_network.h
//
// The tools of adapters for tests whose adapters are made up: a network on
// which nobody answers. For tests of this room only.
#pragma once

#include "agents/adapter.h"
#include "base/test_loop.h"

namespace meshai::mesh {

class NoNetwork {
  public:
    explicit NoNetwork(TestLoop& loop) : loop_(loop), http_(loop.ex(), network_, loop.clock, loop.log) {}

    agents::Tools tools() {
        return agents::Tools{http_, nullptr, loop_.clock, loop_.random, loop_.log, agents::Limits{}};
    }

  private:
    class Silence final : public net::Network {
        Async<Result<std::unique_ptr<net::Connection>>> connect(net::Endpoint, net::Security, net::Reach,
                                                                MonoTime) override {
            co_return Error{Code::Unavailable, "Nobody answers."};
        }
        Result<std::unique_ptr<net::Listener>> listen(Executor, net::Endpoint) override {
            return Error{Code::Unavailable, "There is no network."};
        }
    };

    TestLoop& loop_;
    Silence network_;
    net::client::Client http_;
};

}  // namespace meshai::mesh
