// doors/submit/submit.h
//
// From what a client asked for to a task in the log: the same steps for every
// door that creates tasks.
#pragma once

#include "doors/front/call.h"
#include "wire/meshai/ask.h"

namespace meshai::doors {

/// What the executor is given. InvalidArgument for a routing strategy nobody
/// knows; the words for how agents work together are kept beside it.
Result<task::Request> request_of(const wire::guide::TaskAsk& ask);

/// Whether the client says that it goes on with a stream it had.
bool resumes(const Call& call);

/// A creating call that goes on with a stream needs the key of its first call,
/// or nothing says which task it means: InvalidArgument.
Status check_resume(const Call& call, const std::optional<std::string>& key);

/// Submits. A call that goes on with a task that is no longer there must not
/// start another in its place: that one is cancelled, and Gone comes back.
Async<Result<task::Submission>> submit_task(Call& call, task::Request request,
                                            std::optional<std::string> key);

/// The key of this creating call, from the header field Idempotency-Key or from
/// the body. InvalidArgument when both are there and differ, or one is too long.
Result<std::optional<std::string>> idempotency_key(const Call& call,
                                                   const std::optional<std::string>& in_body);

}  // namespace meshai::doors
