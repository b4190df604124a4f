// net/client/pool.h
//
// Idle connections that may carry another request, by where they lead and how
// they were allowed to get there: a connection made for the operator's own
// agents is never given to a stranger's URL. Old ones are closed by an alarm.
// One executor.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "base/clock.h"
#include "net/client/link.h"

namespace meshai::net::client {

/// Scheme, host, port, reach.
using PoolKey = std::tuple<std::string, std::string, std::uint16_t, Reach>;

inline constexpr std::size_t kPooledMax = 512;

class Pool {
  public:
    Pool(Executor ex, Clock& clock) : ex_(ex), clock_(clock) {}

    /// The connection used last, which most likely still lives.
    std::shared_ptr<Link> take(const PoolKey& key);

    /// Keeps the connection, or closes it when there are enough.
    void put(const PoolKey& key, std::shared_ptr<Link> link);

    /// Closes all, now and for ever.
    void close();

    std::size_t size() const { return size_; }

  private:
    struct Idle {
        std::shared_ptr<Link> link;
        MonoTime since;
    };

    void close_old();
    void set_alarm();

    Executor ex_;
    Clock& clock_;
    std::map<PoolKey, std::deque<Idle>> idle_{};  // oldest first
    std::unique_ptr<Alarm> alarm_{};
    std::size_t size_ = 0;
    bool closed_ = false;
};

}  // namespace meshai::net::client
