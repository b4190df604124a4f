// net/http/gate.h
//
// The checks that every request passes before any handler sees it: framing is
// the parser's; here are target, Origin, Host and Expect, in that order of
// refusal: a foreign Origin is refused first (403), then a Host that is not
// ours (421). Pure.
#pragma once

#include <expected>
#include <string_view>

#include "net/http/message.h"
#include "net/http/parser.h"
#include "net/http/server.h"

namespace meshai::net::http {

/// A request that may go to a handler, and what its connection must know.
struct Admitted {
    RequestHead head;
    bool expects_continue = false;
};

/// Judges the head that `parser` has just completed, and takes it.
std::expected<Admitted, Refusal> admit(Parser& parser, const AllowList& allow);

/// Whether `host` (a Host value, with or without port) is one of ours.
bool is_own_host(std::string_view host, const AllowList& allow);

/// Whether a page of `origin` may call us.
bool is_friendly_origin(std::string_view origin, const AllowList& allow);

}  // namespace meshai::net::http
