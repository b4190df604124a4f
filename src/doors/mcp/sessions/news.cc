#include "doors/mcp/sessions/news.h"

#include "doors/toolbox/toolbox.h"

namespace meshai::doors::mcp {
namespace {

Async<void> keep_telling(const House& house, std::shared_ptr<Session> session, Signal signal) {
    while (!session->is_ended()) {
        auto& unasked = *session->streams().unasked();
        // MCP, transports: each message stands on one stream only (H11). Before both
        // sides have agreed nothing is said (N2).
        if (session->agreement() && unasked.has_reader())
            for (auto& text : session->subscriptions().take(house.toolbox.abilities()))
                unasked.put_once(std::move(text));
        if (co_await signal.wait_until(kNever) == Wake::Cancelled) co_return;
    }
}

}  // namespace

void tell_news(const House& house, std::shared_ptr<Session> session, Executor ex) {
    const Signal signal(ex, house.clock);
    auto& subscriptions = session->subscriptions();
    if (subscriptions.listen(house.toolbox.changes(), session->owner().tenant, signal))
        house.sessions->scope_on(ex).spawn("news for a session", keep_telling(house, session, signal));
    else
        subscriptions.ring();
}

}  // namespace meshai::doors::mcp
