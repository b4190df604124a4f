// agents/trace.h
//
// What an agent is told about the trace that its call belongs to: the header
// field `traceparent`, or the variable TRACEPARENT of a program, whose parent
// is the attempt's own span. The trace of the client goes on in it; nothing
// else that the client sent does. Pure.
#pragma once

#include <optional>
#include <string>

#include "agents/adapter.h"
#include "wire/trace/standing.h"

namespace meshai::agents {

inline constexpr const char* kTraceparent = "traceparent";
inline constexpr const char* kTraceparentVariable = "TRACEPARENT";

/// Nothing where the operator has no traces.
std::optional<std::string> traceparent_for(const Call& call, const wire::trace::Tracing& tracing);

/// Puts it into a request, where there is one.
void put_trace(net::client::Request& request, const Call& call, const wire::trace::Tracing& tracing);

}  // namespace meshai::agents
