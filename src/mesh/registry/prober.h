// mesh/registry/prober.h
//
// Asks every agent from time to time whether it is there, and sweeps the
// registry. One coroutine that main spawns in a scope of its own; closing the
// scope ends it and the probes under way. Never more than kProbesAtOnce probes
// at a time, and never all agents at the same moment.
#pragma once

#include "base/scope.h"
#include "mesh/registry/adapter_factory.h"
#include "mesh/registry/registry.h"

namespace meshai::mesh {

inline constexpr Duration kProbePeriod = std::chrono::seconds(30);
inline constexpr Duration kProbeJitter = std::chrono::seconds(3);  ///< a round begins up to this much later
inline constexpr Duration kProbeTime = std::chrono::seconds(5);    ///< for one answer
inline constexpr std::size_t kProbesAtOnce = 8;

class Prober {
  public:
    Prober(Registry& registry, AdapterFactory make_adapter, agents::Tools tools);

    /// Rounds of probes until the scope is closed. The prober outlives it.
    Async<void> run();

    /// One round: every agent once.
    Async<void> round();

  private:
    struct Round;
    Async<void> work(Round& round);
    Async<void> probe(TenantId tenant, agents::Spec spec);

    Registry& registry_;
    AdapterFactory make_adapter_;
    agents::Tools tools_;
};

}  // namespace meshai::mesh
