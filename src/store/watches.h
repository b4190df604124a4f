// store/watches.h
//
// Who wants to hear about which log: the bells of all watches of one engine.
// An engine rings after a commit has become visible. Watches may outlive the
// engine; they then stay silent. Any thread.
#pragma once

#include <memory>

#include "store/engine.h"

namespace meshai::store {

/// The full name of a log: an id alone says nothing, it belongs to a tenant.
struct LogKey {
    TenantId tenant;
    TaskId log;

    friend bool operator==(const LogKey&, const LogKey&) = default;
};

/// Stands for all logs of a tenant. No log has an empty id.
inline LogKey feed_key(const TenantId& tenant) {
    return {tenant, TaskId{}};
}

struct LogKeyHash {
    std::size_t operator()(const LogKey& key) const {
        return std::hash<TenantId>{}(key.tenant) * 31 + std::hash<TaskId>{}(key.log);
    }
};

class Watches {
  public:
    Watches();
    ~Watches();
    Watches(const Watches&) = delete;
    Watches& operator=(const Watches&) = delete;

    std::unique_ptr<Watch> add(LogKey key, Signal signal);
    void ring(const LogKey& key) const;

  private:
    class Kept;
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace meshai::store
