// doors/mcp/sessions/session.h
//
// One client between its `initialize` and its end: what both sides agreed on,
// and what is going on between them. A session is no connection: it has many of
// them, one after the other and at once, on any thread. Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "doors/mcp/sessions/questions.h"
#include "doors/mcp/sessions/running.h"
#include "doors/mcp/sessions/streams.h"
#include "doors/mcp/sessions/subscriptions.h"
#include "task/log.h"
#include "wire/mcp/codec.h"

namespace meshai::doors::mcp {

/// What `initialize` came to.
struct Agreement {
    const wire::mcp::Codec& codec;
    wire::mcp::ClientAbilities abilities;
};

class Session {
  public:
    Session(std::string id, task::Caller owner, Transport transport, const SessionLimits& limits,
            MonoTime now);

    const std::string& id() const { return id_; }
    const task::Caller& owner() const { return owner_; }
    Transport transport() const { return transport_; }

    /// Null before `initialize`, which only the HTTP+SSE pair can see.
    std::shared_ptr<const Agreement> agreement() const;
    /// False when there is one already.
    bool agree(Agreement agreement);

    /// The least urgent level that the client wants to hear (F12).
    wire::mcp::LogLevel level() const { return level_; }
    void set_level(wire::mcp::LogLevel level) { level_ = level; }

    Streams& streams() { return streams_; }
    PendingQuestions& questions() { return questions_; }
    Requests& requests() { return requests_; }
    Subscriptions& subscriptions() { return subscriptions_; }

    /// The client has been heard of.
    void touch(MonoTime now) { used_at_ = now; }
    MonoTime used_at() const { return used_at_; }
    /// Nothing runs for it and no connection of it is open.
    bool is_at_rest() const;

    /// Ends what is going on; handlers are cancelled, their tasks go on.
    void end();
    bool is_ended() const { return is_ended_; }

  private:
    const std::string id_;
    const task::Caller owner_;
    const Transport transport_;
    std::atomic<wire::mcp::LogLevel> level_{wire::mcp::LogLevel::Info};
    std::atomic<MonoTime> used_at_;
    std::atomic<bool> is_ended_{false};

    mutable std::mutex mutex_;
    std::shared_ptr<const Agreement> agreement_{};  // guarded by mutex_

    Streams streams_;
    PendingQuestions questions_;
    Requests requests_;
    Subscriptions subscriptions_;
};

}  // namespace meshai::doors::mcp
