#include "app/house/delegate_access.h"

#include "app/house/settings.h"
#include "doors/rest/delegate_key.h"

namespace meshai::app {
namespace {

constexpr Millis kLongest = std::chrono::hours(24 * 31);  // for a task without a deadline

std::string without_slash(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
}

}  // namespace

DelegateDoor::DelegateDoor(const Config& config, Clock& clock)
    : clock_(clock),
      is_tls_(!config.server.tls_cert.value.empty()),
      public_url_(without_slash(config.server.public_url)) {
    const auto wanted = net::parse_endpoint(config.server.listen);
    if (wanted && wanted->port != 0) is_at(*wanted);
}

void DelegateDoor::is_at(const net::Endpoint& at) {
    std::lock_guard lock(mutex_);
    base_ = public_url_.empty() ? url_of(at.host, at.port, is_tls_) : public_url_;
}

std::optional<agents::DelegateAccess> DelegateDoor::access(const Seal& seal, const agents::Call& call) const {
    std::string base;
    {
        std::lock_guard lock(mutex_);
        base = base_;
    }
    if (base.empty()) base = public_url_;
    if (base.empty()) return std::nullopt;
    const auto task = base + "/api/v1/tasks/" + call.task.value;
    doors::DelegateKey key{call.tenant, call.task, call.attempt, clock_.wall() + kLongest};
    if (call.deadline != kNever)
        key.until = clock_.wall() + std::chrono::duration_cast<Millis>(call.deadline - clock_.now());
    return agents::DelegateAccess{.delegate_url = task + "/delegate",
                                  .ask_url = task + "/ask",
                                  .key = agents::Secret(doors::seal_delegate_key(seal, key))};
}

}  // namespace meshai::app
