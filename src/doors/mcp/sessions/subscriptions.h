// doors/mcp/sessions/subscriptions.h
//
// What one session wants to hear of unasked: that lists have changed, and which
// resources it has subscribed to (F14). News wait, coalesced, until the client
// reads the unasked stream. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "doors/toolbox/changes.h"
#include "wire/mcp/offers.h"

namespace meshai::doors::mcp {

class Subscriptions {
  public:
    /// ResourceExhausted over kWatchedUrisMax.
    Status add(std::string uri);
    void remove(const std::string& uri);

    /// Listens to `changes` from now on and rings `signal` at news. False when it does already.
    bool listen(Changes& changes, TenantId tenant, Signal signal);

    /// The notifications that the news since the last call are, as texts.
    std::vector<std::string> take(const wire::mcp::ServerAbilities& abilities);

    /// Rings the signal given to `listen`, if there was one.
    void ring() const;

    /// Hears nothing more.
    void end();

  private:
    mutable std::mutex mutex_;
    std::set<std::string> uris_{};  ///< before `listen`
    std::unique_ptr<Changes::Watch> watch_{};
    std::optional<Signal> signal_{};
    bool is_ended_ = false;
};

}  // namespace meshai::doors::mcp
