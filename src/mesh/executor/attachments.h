// mesh/executor/attachments.h
//
// Which tasks have a client that follows them, and what to do when the last
// one goes: nothing, cancel, or cancel after a grace time in which nobody came
// back. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <mutex>

#include "base/id.h"
#include "task/event.h"

namespace meshai::mesh {

class Attachments {
  public:
    void add(const TenantId& tenant, const TaskId& id, task::OnDisconnect policy);

    /// What has to happen now that one client is gone. `visit` names this
    /// leaving: the grace time is over for nothing if somebody came meanwhile.
    struct Leaving {
        task::OnDisconnect policy = task::OnDisconnect::Continue;
        std::uint64_t visit = 0;
    };
    Leaving remove(const TenantId& tenant, const TaskId& id);

    /// Whether nobody has attached since that leaving; forgets the task.
    bool is_still_alone(const TenantId& tenant, const TaskId& id, std::uint64_t visit);

  private:
    struct Audience {
        std::size_t clients = 0;
        std::uint64_t visits = 0;
        task::OnDisconnect policy = task::OnDisconnect::Continue;
    };
    using Key = std::pair<TenantId, TaskId>;

    std::mutex mutex_;
    std::map<Key, Audience> audiences_{};  // guarded by mutex_
};

}  // namespace meshai::mesh
