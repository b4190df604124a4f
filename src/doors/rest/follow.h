// doors/rest/follow.h
//
// REST calls that follow a task: streams from any place, pages of events, and
// the answer of a call that waits for the end.
#pragma once

#include "doors/front/call.h"
#include "doors/stream/stream.h"

namespace meshai::doors {

/// A page of events holds at most so many bytes (and always one event).
inline constexpr std::size_t kPageBytesMax = 8U << 20U;
inline constexpr std::uint64_t kPageEventsMax = 1000;

/// A text that can be the id of a task. NotFound otherwise: what cannot be, is not there.
Result<TaskId> task_id_of(std::string_view text);

/// Streams and pages of events.
std::vector<Route> following_routes();

/// The task's stream behind the place the client has reached.
Async<void> attach(Call& call, TaskId id);

/// Whether the client wants a stream where JSON would do as well.
bool wants_stream(const Call& call);

}  // namespace meshai::doors
