// doors/mcp/sessions/answer.h
//
// How a POST of the sessions era is answered: as JSON when the answer comes
// quickly and nothing is said before it, else as a stream of its own. A client
// that leaves cancels nothing (H12); it may come back for the rest.
#pragma once

#include "doors/mcp/sessions/arrival.h"

namespace meshai::doors::mcp {

/// A batch is answered by an array (B3).
enum class Form { Single, Batch };

/// Answers the call with what comes on `outbox`, which is a stream of `session`.
Async<void> answer_post(Call& call, std::shared_ptr<Session> session, std::shared_ptr<Outbox> outbox,
                        Takes takes, Form form);

}  // namespace meshai::doors::mcp
