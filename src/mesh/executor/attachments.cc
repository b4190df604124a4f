#include "mesh/executor/attachments.h"

namespace meshai::mesh {

void Attachments::add(const TenantId& tenant, const TaskId& id, task::OnDisconnect policy) {
    std::lock_guard lock(mutex_);
    auto& audience = audiences_[{tenant, id}];
    ++audience.clients;
    ++audience.visits;
    audience.policy = policy;
}

Attachments::Leaving Attachments::remove(const TenantId& tenant, const TaskId& id) {
    std::lock_guard lock(mutex_);
    const auto found = audiences_.find({tenant, id});
    if (found == audiences_.end() || --found->second.clients > 0) return {};
    const Leaving leaving{found->second.policy, found->second.visits};
    // Only a grace time needs to remember who was here.
    if (leaving.policy != task::OnDisconnect::Grace) audiences_.erase(found);
    return leaving;
}

bool Attachments::is_still_alone(const TenantId& tenant, const TaskId& id, std::uint64_t visit) {
    std::lock_guard lock(mutex_);
    const auto found = audiences_.find({tenant, id});
    if (found == audiences_.end() || found->second.clients > 0 || found->second.visits != visit) return false;
    audiences_.erase(found);
    return true;
}

}  // namespace meshai::mesh
