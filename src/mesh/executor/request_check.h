// mesh/executor/request_check.h
//
// What a client asked for, brought into the bounds of this server: unknown
// routing strategies are refused, times and retries are clamped. Pure.
#pragma once

#include "mesh/executor/executor.h"

namespace meshai::mesh {

/// The request as it will be stored: canonical strategy, a timeout, retries within kRetriesMax.
Result<task::Request> fit_request(task::Request request, const ExecutorLimits& limits);

inline constexpr std::size_t kWantedAgentsMax = 16;
inline constexpr std::size_t kWantedCapabilitiesMax = 16;
inline constexpr std::size_t kWordBytesMax = 256;  ///< of a name, a capability, an affinity key

}  // namespace meshai::mesh
