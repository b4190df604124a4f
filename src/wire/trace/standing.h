// wire/trace/standing.h
//
// Where a task and its parts stand in a trace. Every id is computed from ids
// that the log holds, so that whoever asks (the adapter that calls an agent, the
// exporter, either of them once more after a crash) gets the same answer. Pure.
#pragma once

#include <string>

#include "base/id.h"
#include "wire/trace/context.h"

namespace meshai::wire::trace {

/// What the operator decided about traces.
struct Tracing {
    bool is_on = false;
    int sample_percent = 100;  ///< of the tasks whose client says nothing about it
};

/// A task as far as its trace goes.
struct Kin {
    TaskId task;
    TaskId parent;            ///< empty for a task that a client submitted
    TaskId root;              ///< the same
    std::string traceparent;  ///< that came with the root; may be empty
};

struct Standing {
    TraceId trace;
    SpanId span;                    ///< of the task as a whole
    SpanId parent;                  ///< empty: the task begins the trace
    bool is_parent_remote = false;  ///< the parent is the client's span
    std::uint8_t flags = 0;

    bool is_sampled() const { return (flags & kSampled) != 0; }
};

/// All tasks of a tree are in the trace of their root: the client's, or one that
/// follows from the root's id. Whether it is sampled is the client's decision,
/// else the operator's share, by the trace id.
Standing standing_of(const Kin& kin, const Tracing& tracing);

/// The span of one attempt; the parent of whatever the agent records.
SpanId span_of_attempt(const TaskId& task, int attempt);

/// The span of one call of a model within an attempt, 1 for the first.
SpanId span_of_model_call(const TaskId& task, int attempt, int call);

/// The span of a step that the task does itself.
SpanId span_of_step(const TaskId& task, std::string_view step, int attempt);

/// The span of a step whose work is the task `child`; the child's span is below it.
SpanId span_of_child_step(const TaskId& child);

}  // namespace meshai::wire::trace
