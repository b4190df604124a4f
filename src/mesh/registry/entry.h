// mesh/registry/entry.h
//
// One agent inside the registry: what was registered, what was reported about
// it, and what this process has seen of it. Health and lifecycle are computed
// from these whenever somebody asks, so that they are right at any moment and
// need no timer. Guarded by the registry's mutex.
#pragma once

#include <optional>

#include "mesh/registry/breaker.h"
#include "mesh/registry/registry.h"
#include "mesh/registry/track_record.h"

namespace meshai::mesh {

/// What clients reported about an agent by PATCH; durable with its row.
struct Reported {
    std::optional<double> health_score;
    std::optional<double> avg_response_time_ms;
    std::optional<double> success_rate;
    std::optional<double> current_load;
};

struct Entry {
    agents::Spec spec{};
    Reported reported{};
    bool is_configured = false;
    WallTime created_at{};
    WallTime updated_at{};
    std::uint64_t version = 1;  ///< of the row

    std::optional<MonoTime> heartbeat_at{};  ///< nothing: never sent one to this process
    bool answered_probe = false;
    int probe_failures = 0;  ///< in a row
    int running = 0;
    int queued = 0;
    CircuitBreaker breaker{};
    TrackRecord record{};
    Health health_told = Health::Unknown;  ///< the one the log last spoke of

    Lifecycle lifecycle(MonoTime now) const;
    Health health(MonoTime now) const;

    /// The agent as others see it; `light` leaves out what only a call needs.
    Agent snapshot(MonoTime now, bool light = false) const;
};

}  // namespace meshai::mesh
