// doors/rest/create.h
//
// The REST calls that create tasks: submit and leave, submit and stream,
// submit and wait, go on from another task.
#pragma once

#include "doors/front/call.h"

namespace meshai::doors {

std::vector<Route> creating_routes();

/// A task that this call has created, or that an earlier call with the same key has.
struct Made {
    task::Submission submission;
    task::OnDisconnect policy = task::OnDisconnect::Continue;
};

/// Submits with the key of the call, in its header or `in_body`. When nothing comes
/// back, the answer is given already.
Async<std::optional<Made>> make_task(Call& call, task::Request request, std::optional<std::string> in_body);

/// The task's stream, or one answer with its result; its handle, when that takes too long.
Async<void> answer_made(Call& call, Made made, bool is_stream);

/// Refuses a body that is JSON but not what is wanted: 422, as the family's clients know it.
Async<void> refuse_body(Call& call, Error error);

}  // namespace meshai::doors
