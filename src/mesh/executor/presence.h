// mesh/executor/presence.h
//
// Which servers share the store. Each keeps a row of its own and puts it anew
// every kPresencePeriod; one whose row has not changed for kGoneAfter, by the
// watcher's own clock, is gone, and what it had may be taken up. No clock of
// another machine is believed, and the fence of the logs holds even where this
// is wrong: a server that was only slow finds its tasks taken over and falls
// silent. Used by one coroutine at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/engine.h"

namespace meshai::mesh {

inline constexpr Duration kPresencePeriod = std::chrono::seconds(10);
inline constexpr Duration kGoneAfter = 3 * kPresencePeriod;

class Presence {
  public:
    Presence(store::Engine& engine, Clock& clock, std::string name)
        : engine_(engine), clock_(clock), name_(std::move(name)) {}

    /// Of this server; its tasks are known by it, also after a restart.
    const std::string& name() const { return name_; }

    /// Says that this server is there.
    Async<Status> renew();

    struct Server {
        std::string name;
        std::uint64_t version = 0;  ///< of its row
    };

    /// Looks around; gives the servers that are gone.
    Async<Result<std::vector<Server>>> gone();

    /// Nothing of a gone server is left to take up. Its row stays if it has come back.
    Async<void> forget(Server server);

  private:
    struct Seen {
        std::uint64_t version = 0;
        MonoTime since{};
    };

    store::Engine& engine_;
    Clock& clock_;
    const std::string name_;
    std::map<std::string, Seen> others_{};
};

}  // namespace meshai::mesh
