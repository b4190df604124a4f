// doors/live/streams.h
//
// The live views as server-sent events: GET /api/v1/events/stream and
// GET /api/v1/metrics/stream.
#pragma once

#include "doors/front/call.h"
#include "doors/live/live.h"

namespace meshai::doors {

std::vector<Route> live_routes();

namespace live {

/// What the query and Last-Event-ID of a request want to see. InvalidArgument
/// names the parameter that is wrong. WebSocket's upgrade may carry the same.
Result<EventsWanted> events_wanted(const Call& call);

}  // namespace live
}  // namespace meshai::doors
