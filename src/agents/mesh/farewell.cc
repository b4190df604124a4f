#include "agents/mesh/farewell.h"

namespace meshai::agents::mesh {
namespace {

Async<void> send(net::client::Client& http, Log& log, std::string agent, net::client::Request request) {
    const auto path = request.url.target;
    auto response = co_await http.fetch(std::move(request));
    if (!response)
        log.warn("a remote task could not be cancelled; it goes on until its own time is over",
                 {{"agent", agent}, {"path", path}, {"why", response.error().error.message}});
    else if (response->status >= 300 && response->status != 400 && response->status != 404)
        // 400 and 404: it had finished already.
        log.warn("a remote mesh refused to cancel a task",
                 {{"agent", agent}, {"path", path}, {"status", response->status}});
}

}  // namespace

void Farewells::say(std::string agent, net::client::Request request) {
    if (under_way() >= kFarewellsMax) {
        tools_.log.warn("too many remote tasks are being cancelled; one is left to its own time",
                        {{"agent", agent}, {"path", request.url.target}});
        return;
    }
    scope_.spawn("farewell", send(tools_.http, tools_.log, std::move(agent), std::move(request)));
}

}  // namespace meshai::agents::mesh
