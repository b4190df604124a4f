// doors/ws/streams.h
//
// The streams of a tenant that can be followed beside its tasks: "events",
// everything that happens, and "metrics", how it is doing once a second. The
// same lines as GET /api/v1/events/stream and /api/v1/metrics/stream give.
#pragma once

#include <memory>

#include "doors/front/call.h"
#include "doors/live/live.h"
#include "doors/ws/ask.h"
#include "doors/ws/channel.h"

namespace meshai::doors::ws {

/// What a message that asks for the events wants to see: "kind", "task", "agent"
/// and "workflow", each a text or a list of texts, and "from". InvalidArgument
/// says which is wrong. Pure.
Result<live::EventsWanted> events_wanted(const json::object& filter, std::string after);

/// InvalidArgument for a stream nobody knows, and for a filter or a cursor that is none of it.
Async<Result<std::unique_ptr<Channel>>> open_stream(const Call& call, Topic topic, std::string after,
                                                    json::object filter);

}  // namespace meshai::doors::ws
