#include "workflow/graph.h"

#include <fmt/format.h>

#include <algorithm>

namespace meshai::workflow {
namespace {

const Step* find_step(const std::vector<Step>& steps, std::string_view id) {
    const auto found = std::ranges::find(steps, id, &Step::id);
    return found == steps.end() ? nullptr : &*found;
}

enum class Mark { Open, Done };

/// Walks against the arrows; true when a step is met that is still open, and then `trail` ends with the
/// cycle.
bool closes_cycle(const std::vector<Step>& steps, const Step& step, std::map<std::string, Mark>& marks,
                  std::vector<std::string>& trail) {
    const auto [mark, is_new] = marks.emplace(step.id, Mark::Open);
    trail.push_back(step.id);
    if (!is_new && mark->second == Mark::Open) return true;
    if (is_new) {
        for (const auto& before : step.after)
            if (const auto* other = find_step(steps, before);
                other && closes_cycle(steps, *other, marks, trail))
                return true;
        marks[step.id] = Mark::Done;
    }
    trail.pop_back();
    return false;
}

std::size_t weight_of(const Step& step) {
    const auto total = [](const std::vector<Step>& steps) {
        std::size_t sum = 0;
        for (const auto& step : steps) sum += weight_of(step);
        return sum;
    };
    if (const auto* parallel = std::get_if<Parallel>(&step.work)) return total(parallel->steps);
    if (const auto* map = std::get_if<Map>(&step.work)) return total(map->step);
    if (const auto* condition = std::get_if<Condition>(&step.work))
        return std::max(total(condition->then), total(condition->else_));
    return 1;
}

void flatten(const std::vector<const Step*>& steps, std::string_view parent, std::vector<Place>& places) {
    for (const auto* step : steps) {
        auto path = path_of(parent, step->id);
        places.push_back({path, step, weight_of(*step)});
        flatten(children(*step), path, places);
    }
}

}  // namespace

std::vector<const Step*> ready(const std::vector<Step>& steps, const std::set<std::string>& settled,
                               const std::set<std::string>& begun) {
    std::vector<const Step*> now;
    for (const auto& step : steps) {
        if (settled.contains(step.id) || begun.contains(step.id)) continue;
        const auto is_over = [&settled](const std::string& id) { return settled.contains(id); };
        if (std::ranges::all_of(step.after, is_over)) now.push_back(&step);
    }
    return now;
}

std::vector<const Step*> sinks(const std::vector<Step>& steps) {
    std::set<std::string_view> waited_for;
    for (const auto& step : steps) waited_for.insert(step.after.begin(), step.after.end());
    std::vector<const Step*> last;
    for (const auto& step : steps)
        if (!waited_for.contains(step.id)) last.push_back(&step);
    return last;
}

std::set<std::string> ancestors(const std::vector<Step>& steps, std::string_view id) {
    std::set<std::string> before;
    std::vector<const Step*> open = {find_step(steps, id)};
    while (!open.empty()) {
        const auto* step = open.back();
        open.pop_back();
        if (!step) continue;
        for (const auto& other : step->after)
            if (before.insert(other).second) open.push_back(find_step(steps, other));
    }
    return before;
}

std::vector<std::string> cycle(const std::vector<Step>& steps) {
    std::map<std::string, Mark> marks;
    for (const auto& step : steps) {
        std::vector<std::string> trail;
        if (!closes_cycle(steps, step, marks, trail)) continue;
        const std::vector<std::string> found(std::ranges::find(trail, trail.back()), trail.end());
        return {found.rbegin(), found.rend()};  // in the order in which they would run
    }
    return {};
}

json::object results_by_id(const std::vector<Step>& steps,
                           const std::map<std::string, json::value>& results) {
    json::object object;
    for (const auto& step : steps) {
        const auto found = results.find(step.id);
        object[step.id] = found == results.end() ? json::value(nullptr) : found->second;
    }
    return object;
}

json::value result_of(const std::vector<Step>& steps, const std::map<std::string, json::value>& results) {
    const auto last = sinks(steps);
    json::object object;
    for (const auto* step : last) {
        const auto found = results.find(step->id);
        auto result = found == results.end() ? json::value(nullptr) : found->second;
        if (last.size() == 1) return result;
        object[step->id] = std::move(result);
    }
    return object;
}

std::string path_of(std::string_view parent, std::string_view id) {
    return parent.empty() ? std::string(id) : fmt::format("{}/{}", parent, id);
}

std::string path_of_item(std::string_view parent, std::string_view id, std::size_t index) {
    return fmt::format("{}[{}]", path_of(parent, id), index);
}

std::vector<Place> flattened(const Definition& definition) {
    std::vector<const Step*> steps;
    for (const auto& step : definition.steps) steps.push_back(&step);
    std::vector<Place> places;
    flatten(steps, {}, places);
    return places;
}

std::vector<std::string> agents_of(const AgentWork& work, std::size_t item_index) {
    auto agents = work.agents;
    if (!agents.empty())
        std::ranges::rotate(agents, agents.begin() + static_cast<std::ptrdiff_t>(item_index % agents.size()));
    return agents;
}

}  // namespace meshai::workflow
