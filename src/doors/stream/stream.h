// doors/stream/stream.h
//
// The one path from the log of a task to a client: a cursor in the log, an
// encoder, and one write for everything that is ready. Every stream of every
// door runs through here, live and resumed alike. A slow client holds a cursor
// and nothing else; a client that leaves lets go of the task, and what then
// becomes of the task is the task's own policy.
#pragma once

#include "doors/front/call.h"
#include "doors/stream/encoder.h"
#include "task/view.h"

namespace meshai::doors {

/// A keepalive is sent this long after the one before, whether or not
/// something else was: a proxy that counts silence never counts further.
inline constexpr Duration kKeepalivePeriod = std::chrono::seconds(15);

/// One write holds at most so much: a reader of 64 KiB gets whole frames.
inline constexpr std::size_t kWriteBytesMax = 60U << 10U;

/// Events that are taken from the log at once.
inline constexpr std::size_t kEventsAtOnceMax = 64;

/// What is followed, and what happens to it when the client goes.
struct Followed {
    TaskId task;
    task::OnDisconnect policy = task::OnDisconnect::Continue;
};

/// Answers the call with the stream of the task, until the task has ended, the
/// client is gone, or the server drains. The caller may see the task.
Async<void> stream_task(Call& call, Followed what, Encoder& encoder);

/// Waits for the end of the task, at most until `until` or until the server
/// drains; the view as it is then. Unavailable when the client has gone.
Async<Result<task::View>> wait_for_end(Call& call, Followed what, MonoTime until);

/// The place in the stream that a client has reached, from Last-Event-ID or
/// ?after=; 0 when it says nothing. InvalidArgument for a malformed one, one of
/// another task, and one beyond the end.
Async<Result<std::uint64_t>> resume_place(Call& call, TaskId task);

/// The same for a place that was named otherwise.
Async<Result<std::uint64_t>> place_in_stream(const Call& call, TaskId task, std::string text);

/// The same task's first event, for its policy.
Async<Result<Followed>> followed(Call& call, TaskId task);

}  // namespace meshai::doors
