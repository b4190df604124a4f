#include "workflow/calls.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "workflow/graph.h"

namespace meshai::workflow {
namespace {

std::string name_only(const std::string& call) {
    return call.substr(0, call.find('@'));
}

/// Follows all calls from one, depth first; each workflow once.
class Walk {
  public:
    Walk(const std::string& caller, const Known& known) : known_(known) {
        if (!caller.empty()) trail_.push_back(caller);
    }

    std::optional<std::string> follow(const std::string& call) {
        // Whoever names no version gets the newest, which may call back: so the name alone makes the circle.
        const bool is_circle = std::ranges::find(trail_, name_only(call), name_only) != trail_.end();
        trail_.push_back(call);
        if (is_circle) return fmt::format("a workflow cannot contain itself: {}", fmt::join(trail_, " -> "));
        if (trail_.size() > kCallDepthMax + 1)
            return fmt::format("workflows are called deeper than {} levels: {}", kCallDepthMax,
                               fmt::join(trail_, " -> "));
        if (seen_.insert(call).second) {
            if (seen_.size() > kCalledWorkflowsMax)
                return fmt::format("leads to more than {} other workflows", kCalledWorkflowsMax);
            const auto called = known_.workflow(call);
            if (!called) return fmt::format("there is no workflow \"{}\"", call);
            for (const auto& place : flattened(*called)) {
                const auto* inner = std::get_if<Call>(&place.step->work);
                if (!inner) continue;
                if (auto wrong = follow(inner->workflow)) return wrong;
            }
        }
        trail_.pop_back();
        return std::nullopt;
    }

  private:
    const Known& known_;
    std::vector<std::string> trail_;
    std::set<std::string> seen_;
};

}  // namespace

std::optional<std::string> complaint_of_call(const Call& call, const std::string& caller,
                                             const Known& known) {
    return Walk(caller, known).follow(call.workflow);
}

}  // namespace meshai::workflow
