// doors/toolbox/changes.h
//
// News about what a toolbox offers: its lists changed, a resource changed.
// Whoever notices a change fires it; streams of clients watch. News are
// coalesced, never queued: a watcher that sleeps finds each thing once.
// Thread-safe; a watch is used on one executor.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/signal.h"

namespace meshai::doors {

struct News {
    bool tools = false;
    bool prompts = false;
    bool resources = false;
    std::set<std::string> uris{};  ///< resources that changed, of those that are watched

    bool is_empty() const { return !tools && !prompts && !resources && uris.empty(); }
};

/// Resources that one watch may name.
inline constexpr std::size_t kWatchedUrisMax = 1'000;

class Changes {
  public:
    void fire_tools();
    void fire_prompts();
    void fire_resources();
    /// `tenant`: only watchers of this tenant hear of it; empty: everybody.
    void fire_resource(const TenantId& tenant, const std::string& uri);

    class Watch;
    /// Rings `signal` at news. The watch unregisters itself when it ends.
    std::unique_ptr<Watch> watch(TenantId tenant, Signal signal);

  private:
    struct State;
    std::shared_ptr<State> state_ = make_state();
    static std::shared_ptr<State> make_state();
};

class Changes::Watch {
  public:
    virtual ~Watch() = default;
    /// What happened since the last call.
    virtual News take() = 0;
    /// ResourceExhausted over kWatchedUrisMax.
    virtual Status add_uri(std::string uri) = 0;
    virtual void remove_uri(const std::string& uri) = 0;
};

}  // namespace meshai::doors
