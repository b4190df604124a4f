#include "task/event.h"

#include <array>

namespace meshai::task {
namespace {

// In the order of the variant; a name that is stored never changes.
constexpr std::array<std::string_view, std::variant_size_v<Body>> kKinds = {
    "submitted",     "routed",         "started",     "progress",  "output", "step_started", "step_finished",
    "agent_message", "input_required", "input_given", "completed", "failed", "cancelled",
};

}  // namespace

std::string_view kind(const Body& body) {
    return kKinds[body.index()];
}

bool is_last(const Body& body) {
    return std::holds_alternative<Completed>(body) || std::holds_alternative<Failed>(body) ||
           std::holds_alternative<Cancelled>(body);
}

}  // namespace meshai::task
