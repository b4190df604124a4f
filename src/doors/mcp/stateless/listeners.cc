#include "doors/mcp/stateless/listeners.h"

#include <fmt/format.h>

namespace meshai::doors::mcp {

Listeners::Listeners(Metrics& metrics)
    : open_(metrics.gauge("meshai_mcp_listeners_open", "Clients of MCP that listen for changes now")) {}

Result<std::unique_ptr<Listeners::Ticket>> Listeners::enter(const auth::Principal& principal) {
    // Neither part can hold a line end, so no two principals share a name.
    auto name = fmt::format("{}\n{}", principal.tenant.value, principal.subject.value);
    std::lock_guard lock(mutex_);
    if (total_ >= kListenersMax)
        return Error{Code::ResourceExhausted,
                     fmt::format("This server has its {} subscriptions; try again later.", kListenersMax)};
    auto& own = by_name_[name];
    if (own >= kListenersPerPrincipalMax)
        return Error{Code::ResourceExhausted,
                     fmt::format("You have {} subscriptions, which is the most one may have; end one first.",
                                 kListenersPerPrincipalMax)};
    ++own;
    ++total_;
    open_.add(1);
    return std::make_unique<Ticket>(*this, std::move(name));
}

void Listeners::leave(const std::string& name) {
    std::lock_guard lock(mutex_);
    const auto found = by_name_.find(name);
    if (--found->second == 0) by_name_.erase(found);
    --total_;
    open_.add(-1);
}

}  // namespace meshai::doors::mcp
