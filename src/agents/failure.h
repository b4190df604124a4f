// agents/failure.h
//
// The one place where what goes wrong between us and an agent becomes a
// Failure: connections that break, HTTP statuses, limits. Every adapter uses
// it, so that the same mishap has the same code, the same words and the same
// verdict on trying again, whatever kind the agent is. Pure.
#pragma once

#include <string>
#include <string_view>

#include "agents/adapter.h"

namespace meshai::agents {

/// Who is called and until when: what every failure's sentence needs to know.
struct Peer {
    std::string name;  ///< of the agent
    Secret key;        ///< blotted out wherever the peer echoes it
    MonoTime deadline = kNever;
};

/// A call that got no answer. `now` tells the task's own deadline from the agent's silence.
Failure no_answer(const Peer& peer, const net::client::Failure& failure, MonoTime now);

/// An answer that broke off, or was longer than its bound.
Failure broken_answer(const Peer& peer, const Error& error, MonoTime now);

/// An answer whose status is not 2xx. `body` is what could be read of it.
Failure refused(const Peer& peer, int status, const net::http::Headers& headers, std::string_view body,
                WallTime now);

/// The agent said that it failed; `message` is its own.
Failure agent_failed(const Peer& peer, std::string_view message, json::object details = {});

/// The agent broke its contract: `what` completes "Agent "x" …", without a full stop.
Failure broke_contract(const Peer& peer, std::string_view what);

/// The sink takes no more: the run is over.
Failure run_over(Error error);

/// The peer's own words: valid UTF-8, without the key, at most kMessageBytesMax.
std::string quoted(const Peer& peer, std::string_view words);

/// The sentence inside an error body, whatever the dialect: {"error":{"message"}},
/// {"error":"…"}, {"detail":…}, {"message"}, or the text itself. May be empty.
std::string message_in(std::string_view body);

}  // namespace meshai::agents
