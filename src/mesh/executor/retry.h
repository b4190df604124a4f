// mesh/executor/retry.h
//
// Whether a call that failed may be made again, where, and how long to wait
// before. A call that may have had an effect is repeated only where the agent
// is declared idempotent. Pure.
#pragma once

#include "agents/adapter.h"
#include "mesh/executor/executor.h"

namespace meshai::mesh {

/// Whether any agent may be tried: nothing was sent, or the agent is
/// idempotent and the failure is of the passing kind.
bool may_try_again(const agents::Failure& failure, bool agent_is_idempotent);

/// Whether the same agent may succeed: the failure is of the passing kind, and
/// it is not the agent's own description that is wrong. What was refused before
/// it was sent, as an address that may not be called, would be refused again.
bool may_try_same_agent(const agents::Failure& failure, bool agent_is_idempotent);

/// Whether the failure says something about the agent's health. That it was
/// cancelled, was asked too much (429), or was given something that it rightly
/// refuses (most of 4xx) does not: a client must not be able to make an agent
/// look broken for others.
bool speaks_against_agent(const agents::Failure& failure);

/// Before retry number `retry` (1 is the first): kBackoffFirst, doubled each
/// time up to kBackoffMax, of which a random part between half and all is
/// waited. The agent's own wish is honoured if it is longer.
Duration backoff(int retry, const std::optional<Millis>& retry_after, Random& random);

}  // namespace meshai::mesh
