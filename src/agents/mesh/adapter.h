// agents/mesh/adapter.h
//
// A remote MeshAI as an agent of this one: submits the task to its
// POST /api/v1/tasks/stream and relays progress, tokens, keepalives and the
// ending. A connection that drops in the middle is taken up again where it
// broke; a task that is cancelled here is cancelled there.
#pragma once

#include <memory>

#include "agents/adapter.h"

namespace meshai::agents::mesh {

/// How often a broken stream is taken up again without one new event in between.
inline constexpr int kResumesMax = 6;
inline constexpr Duration kBackoffFirst = std::chrono::milliseconds(250);
inline constexpr Duration kBackoffMax = std::chrono::seconds(5);

/// Configuration when the URL cannot be called.
Result<std::unique_ptr<Adapter>> make_adapter(Spec spec, Tools tools);

}  // namespace meshai::agents::mesh
