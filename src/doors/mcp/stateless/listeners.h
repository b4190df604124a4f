// doors/mcp/stateless/listeners.h
//
// How many clients listen now, and that they are not too many: each listener
// costs a connection for as long as it likes. A ticket is one listener; it is
// given back when it ends. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "auth/gate.h"
#include "base/metrics.h"
#include "base/result.h"

namespace meshai::doors::mcp {

inline constexpr std::size_t kListenersMax = 1'024;           ///< of the server
inline constexpr std::size_t kListenersPerPrincipalMax = 64;  ///< of one person of one tenant

class Listeners {
  public:
    explicit Listeners(Metrics& metrics);
    Listeners(const Listeners&) = delete;
    Listeners& operator=(const Listeners&) = delete;

    class Ticket;
    /// ResourceExhausted when there are too many already.
    Result<std::unique_ptr<Ticket>> enter(const auth::Principal& principal);

  private:
    void leave(const std::string& name);

    Gauge& open_;
    std::mutex mutex_{};
    std::size_t total_ = 0;                         // guarded by mutex_
    std::map<std::string, std::size_t> by_name_{};  // guarded by mutex_
};

class Listeners::Ticket {
  public:
    Ticket(Listeners& all, std::string name) : all_(all), name_(std::move(name)) {}
    ~Ticket() { all_.leave(name_); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

  private:
    Listeners& all_;
    std::string name_;
};

}  // namespace meshai::doors::mcp
