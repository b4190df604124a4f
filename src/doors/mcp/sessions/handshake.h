// doors/mcp/sessions/handshake.h
//
// `initialize`: which revision both sides speak from then on, and what each of
// them can do. Pure, apart from asking the toolbox what it offers.
#pragma once

#include <expected>

#include "doors/mcp/sessions/session.h"
#include "doors/toolbox/toolbox.h"

namespace meshai::doors::mcp {

struct Handshake {
    Agreement agreement;
    json::object result;
};

/// What a client's `initialize` comes to (N1). A Fault when its parameters cannot be read.
std::expected<Handshake, wire::jsonrpc::Fault> shake_hands(const Toolbox& toolbox,
                                                           const wire::jsonrpc::Request& request);

}  // namespace meshai::doors::mcp
