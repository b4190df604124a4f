// net/http/session.h
//
// One connection of a client, from its first byte to its end: reads a request,
// lets it be judged, gives it to the handler, and goes on to the next. Whatever
// a client sends, it ends at most its own connection. One executor.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/scope.h"
#include "net/http/gate.h"
#include "net/http/inbox.h"
#include "net/http/meter.h"
#include "net/http/server.h"

namespace meshai::net::http {

/// What the sessions of one server share.
struct Shared {
    Shared(Executor the_ex, Clock& the_clock, Log& the_log, Metrics& metrics, Limits the_limits,
           AllowList the_allow, Handler the_handler);

    Executor ex;
    Clock& clock;
    Log& log;
    Meter meter;
    const Limits limits;
    const AllowList allow;
    const Handler handler;
    std::vector<char> read_buffer;
    bool is_draining = false;
};

class SessionExchange;

class Session {
  public:
    Session(Shared& shared, std::unique_ptr<Connection> connection);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    Async<void> run();

    /// The server drains: ends the connection between two requests, else tells the handler.
    void drain();

  private:
    enum class After { KeepOpen, Close, Abort };

    /// The next request; a refusal to answer; or nothing when the connection just ends.
    Async<std::expected<Admitted, std::optional<Refusal>>> read_request();
    Async<After> serve(Admitted request, bool is_last);
    Async<After> refuse(Refusal refusal);
    Async<bool> call_handler(SessionExchange& exchange);
    Async<bool> drop_body();
    Async<void> linger();

    Shared& shared_;
    std::unique_ptr<Connection> connection_;
    Inbox inbox_;
    Parser parser_;
    SessionExchange* exchange_ = nullptr;  // while a request is served
    bool is_idle_ = true;
};

}  // namespace meshai::net::http
