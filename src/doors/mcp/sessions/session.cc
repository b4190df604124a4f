#include "doors/mcp/sessions/session.h"

namespace meshai::doors::mcp {

Session::Session(std::string id, task::Caller owner, Transport transport, const SessionLimits& limits,
                 MonoTime now)
    : id_(std::move(id)),
      owner_(std::move(owner)),
      transport_(transport),
      used_at_(now),
      streams_(limits, transport == Transport::Pair ? Keep::UntilRead : Keep::ForReplay),
      questions_(limits.questions),
      requests_(limits.requests_at_once) {}

std::shared_ptr<const Agreement> Session::agreement() const {
    std::lock_guard lock(mutex_);
    return agreement_;
}

bool Session::agree(Agreement agreement) {
    std::lock_guard lock(mutex_);
    if (agreement_) return false;
    agreement_ = std::make_shared<const Agreement>(std::move(agreement));
    return true;
}

bool Session::is_at_rest() const {
    return requests_.size() == 0 && !streams_.has_reader();
}

void Session::end() {
    if (is_ended_.exchange(true)) return;
    requests_.stop_all(Stopped::SessionEnded);
    streams_.end_all();
    subscriptions_.end();
}

}  // namespace meshai::doors::mcp
