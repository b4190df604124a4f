// doors/house.h
//
// What every door is given: the parts of the server it may use, by reference,
// and what the server is called. Made once by app, above everything that
// serves requests, and shared by all threads: each part is thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "auth/gate.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "mesh/executor/executor.h"
#include "mesh/library/library.h"
#include "mesh/registry/registry.h"
#include "task/log.h"

namespace meshai::doors {

class Toolbox;
namespace live {
class Live;
}
namespace mcp {
class Desk;
class Sessions;
}  // namespace mcp

/// Who we say we are.
struct Identity {
    std::string service = "meshai";
    std::string version = "0.0.0";
    std::string public_url;  ///< "https://mesh.example"; empty: not known
};

/// Whether the server can take work now; the reason when it cannot.
struct Readiness {
    bool is_ready = true;
    std::string reason;  ///< "starting", "draining", …
};

/// What the handlers of a toolbox may use. A toolbox is made before the house of the doors.
struct ToolboxNeeds {
    task::TaskLog& tasks;
    mesh::TaskExecutor& executor;
    mesh::Registry& registry;
    mesh::WorkflowLibrary& library;
    Clock& clock;
    Random& random;
    Metrics& metrics;
    Log& log;
    Identity identity;
    MonoTime started_at{};
};

struct House {
    task::TaskLog& tasks;
    mesh::TaskExecutor& executor;
    mesh::Registry& registry;
    mesh::WorkflowLibrary& library;
    auth::Gate& gate;
    Clock& clock;
    Random& random;
    Metrics& metrics;
    Log& log;
    Toolbox& toolbox;  ///< what the door of MCP serves
    mcp::Desk& mcp;    ///< what that door keeps while the server runs
    Identity identity;
    std::function<Readiness()> readiness;
    MonoTime started_at{};
    mcp::Sessions* sessions = nullptr;   ///< of clients that say `initialize`
    bool streams_answers = false;        ///< MCP's answers are event streams wherever the client takes one
    std::optional<Millis> tasks_kept{};  ///< after they have ended; absent: without end
    bool takes_shorthands = false;  ///< bodies of older clients at the guide's endpoints (meshai/legacy.h)
    live::Live* live = nullptr;     ///< a tenant's events and numbers as they come
};

/// A client that wants one whole answer gets the task's handle after so long:
/// clients of MCP give up after 60 s.
inline constexpr Duration kAnswerWaitMax = std::chrono::seconds(50);

}  // namespace meshai::doors
