// wire/meshai/event_number.h
//
// The `id:` of a stream's events. A frame's place is the number of its event
// in the task's log; the frames that follow the last event (complete, the
// JSON-RPC response) count on from there, so that each frame has a place of
// its own and a client can be cut anywhere. On the wire the place is written
// behind nine digits that stand for the task:
//
//     id: 4821930770000007     task 482193077, place 7
//
// so that an id of another task is recognised instead of silently skipping
// events. The whole stays below 2^53: a client may keep it as a number. Where
// a client gives an id back it may also give the bare place ("7"). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"

namespace meshai::wire::guide {

/// Places of one task are below this; a log holds far fewer events.
inline constexpr std::uint64_t kPlacesMax = 10'000'000;

/// The `id:` of the frame at `place`.
std::string event_number(const TaskId& task, std::uint64_t place);

/// The place that an id (or a bare place) names. InvalidArgument for anything
/// that is not a number, and for an id of another task.
Result<std::uint64_t> place_of(const TaskId& task, std::string_view text);

}  // namespace meshai::wire::guide
