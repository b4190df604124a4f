// app/house/delegate_access.h
//
// What an agent is given with its call so that it can hand work on or ask a
// person: two addresses of this server and a key for them. Where the server is
// becomes known when its doors open, unless the operator says it; before that,
// a server with a port of its own choosing has nothing to give. Thread-safe.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "agents/adapter.h"
#include "app/config/config.h"
#include "base/clock.h"
#include "base/seal.h"
#include "net/network.h"

namespace meshai::app {

class DelegateDoor {
  public:
    /// `clock` outlives it.
    DelegateDoor(const Config& config, Clock& clock);

    /// The doors are open at this address.
    void is_at(const net::Endpoint& at);

    std::optional<agents::DelegateAccess> access(const Seal& seal, const agents::Call& call) const;

  private:
    Clock& clock_;
    const bool is_tls_;
    const std::string public_url_;
    mutable std::mutex mutex_;
    std::string base_{};  // guarded by mutex_; empty: not known
};

}  // namespace meshai::app
