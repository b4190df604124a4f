// agents/mesh/remote.h
//
// The requests that a remote mesh gets, and what may be believed of its
// answers: ids and addresses that it names are checked before they become part
// of a URL. Pure.
#pragma once

#include <optional>
#include <string>

#include "agents/adapter.h"

namespace meshai::agents::mesh {

/// A remote mesh: who it is and the limits of talking to it.
struct Remote {
    Spec spec;
    net::http::Url url;
    Limits limits;
    wire::trace::Tracing tracing{};
};

/// POST /api/v1/tasks/stream. The same for every attempt of a task, so that a
/// rerun with the same key attaches to the remote task instead of conflicting.
net::client::Request submission(const Remote& remote, const Call& call, const std::string& key);

/// GET /api/v1/tasks/{id}/stream from behind `last_event` (empty: from the start).
net::client::Request resumption(const Remote& remote, const std::string& id, const std::string& last_event,
                                MonoTime deadline);

/// GET of a result that was too large for a frame. Nothing when `url` is not a
/// path of the remote itself: our key goes nowhere else.
std::optional<net::client::Request> result_request(const Remote& remote, const std::string& url,
                                                   MonoTime deadline);

/// DELETE /api/v1/tasks/{id}.
net::client::Request cancellation(const Remote& remote, const std::string& id, MonoTime deadline);

/// Whether `text` has the letters and the length of a task id.
bool is_task_id(std::string_view text);

/// A text result travels as {"text": …}; this takes it out again.
json::value unwrapped(json::value data);

}  // namespace meshai::agents::mesh
