// doors/toolbox/trace.h
//
// The trace context of a request, in W3C's words: from `_meta` of its params,
// or from the header fields of the same names. What is not well-formed is left
// out: whoever joins a trace must be able to trust its form (B9). Pure.
#pragma once

#include <map>
#include <string>

#include "base/json.h"
#include "net/http/message.h"

namespace meshai::doors {

/// `traceparent`, `tracestate` and `baggage`, as far as they are there; a state
/// without a parent says nothing and is left out. `_meta` goes before the header.
std::map<std::string, std::string> trace_of(const json::object& params, const net::http::Headers& headers);

/// What a task keeps of it: the `traceparent`, as this version of the format writes it, or nothing.
std::string traceparent_in(const std::map<std::string, std::string>& trace);

}  // namespace meshai::doors
