// agents/address.h
//
// Where an agent is called and how: the URLs made from the one in its spec,
// and a request with everything that each call of it has in common (its own
// key, the reach it is allowed, the limits). Pure.
#pragma once

#include <string>
#include <string_view>

#include "agents/adapter.h"

namespace meshai::agents {

/// `path` appended to the path of `base`, with one slash between; the query stays.
/// With `path` already at its end, `base` itself.
net::http::Url with_path(net::http::Url base, std::string_view path);

/// `base` without `path` at the end of its path, and without a query.
net::http::Url without_path(net::http::Url base, std::string_view path);

/// Whether an address that the spec writes literally may be called: one of loopback or of a private
/// network only with `allow_private`. A name is judged when it is called, by what it resolves to.
Status check_reach(const Spec& spec);

/// A request to the agent with its key and its limits; never after `deadline`.
net::client::Request request_to(const Spec& spec, net::http::Url url, const Limits& limits,
                                MonoTime deadline);

/// Asks `url` by GET whether the agent is there. Any 2xx is yes. With
/// `is_any_answer_fine`, so is every answer that is no server error and no
/// refusal of our key: many agents have no page for it, but are there.
Async<Status> ask_health(const Spec& spec, net::http::Url url, Tools tools, MonoTime deadline,
                         bool is_any_answer_fine);

}  // namespace meshai::agents
