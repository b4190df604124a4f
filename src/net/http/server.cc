#include "net/http/server.h"

#include <algorithm>
#include <list>

#include "net/http/session.h"

namespace meshai::net::http {
namespace {

// After a failed accept (no file descriptors left, mostly) nothing is gained by trying at once.
constexpr Duration kAcceptPause = 100ms;

}  // namespace

struct Server::State : std::enable_shared_from_this<State> {
    State(Executor ex, Clock& clock, Log& log, Metrics& metrics, Limits limits, AllowList allow,
          Handler handler)
        : shared(ex, clock, log, metrics, limits, std::move(allow), std::move(handler)),
          scope(ex, clock, log),
          session_ended(ex, clock) {}

    Shared shared;
    Scope scope;
    Signal session_ended;
    std::list<Listener*> listeners{};
    std::list<Session*> sessions{};

    void take(std::unique_ptr<Connection> connection) {
        if (sessions.size() >= shared.limits.connections) {
            shared.meter.turned_away();
            return;
        }
        // Counted before it runs, so that a burst cannot pass the bound.
        sessions.push_back(nullptr);
        const auto place = std::prev(sessions.end());
        if (!scope.spawn("connection", serve(shared_from_this(), place, std::move(connection))))
            sessions.erase(place);
    }

    static Async<void> serve(std::shared_ptr<State> self, std::list<Session*>::iterator place,
                             std::unique_ptr<Connection> connection) {
        struct Leave {
            State& state;
            std::list<Session*>::iterator place;
            ~Leave() {
                state.sessions.erase(place);
                state.shared.meter.disconnected();
                state.session_ended.notify();
            }
        };
        self->shared.meter.connected();
        Leave leave{*self, place};
        Session session(self->shared, std::move(connection));
        *place = &session;
        co_await session.run();
    }

    static Async<void> accept(std::shared_ptr<State> self, std::unique_ptr<Listener> listener) {
        self->listeners.push_back(listener.get());
        bool is_failing = false;
        for (;;) {
            auto connection = co_await listener->accept();
            if (connection) {
                is_failing = false;
                self->take(std::move(*connection));
                continue;
            }
            if (connection.error().code == Code::Cancelled) break;
            if (!std::exchange(is_failing, true))
                self->shared.log.warn("connections cannot be accepted",
                                      {{"address", to_text(listener->local())},
                                       {"what", connection.error().message},
                                       {"cause", connection.error().cause}});
            if (!co_await pause(self->shared.clock, kAcceptPause)) break;
        }
        self->listeners.remove(listener.get());
    }
};

Server::Server(Executor ex, Clock& clock, Log& log, Metrics& metrics, Limits limits, AllowList allow,
               Handler handler)
    : state_(std::make_shared<State>(ex, clock, log, metrics, limits, std::move(allow), std::move(handler))) {
}

Server::~Server() {
    state_->scope.cancel();
}

void Server::serve(std::unique_ptr<Listener> listener) {
    state_->scope.spawn("accept", State::accept(state_, std::move(listener)));
}

Async<void> Server::drain(Duration grace) {
    auto state = state_;
    state->shared.is_draining = true;
    for (auto* listener : state->listeners) listener->close();
    for (auto* session : state->sessions)
        if (session != nullptr) session->drain();
    const auto deadline = state->shared.clock.in(grace);
    while (!state->sessions.empty())
        if (co_await state->session_ended.wait_until(deadline) != Wake::Notified) break;
    co_await state->scope.close();
}

std::size_t Server::connections() const {
    return state_->sessions.size();
}

}  // namespace meshai::net::http
