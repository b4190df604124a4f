#include <algorithm>
#include <cmath>

#include "workflow/graph.h"

namespace meshai::workflow {
namespace {

/// "each/summarise[3]/check" -> "each/summarise/check".
std::string without_items(std::string_view path) {
    std::string shape;
    bool is_index = false;
    for (const char c : path) {
        if (c == '[') is_index = true;
        if (!is_index) shape += c;
        if (c == ']') is_index = false;
    }
    return shape;
}

/// What is not over is never shown as all of it.
constexpr double kRunningMax = 99;

}  // namespace

Percent::Percent(const Definition& definition) {
    top_ = shape(definition.steps, {});
}

std::vector<std::string> Percent::shape(const std::vector<Step>& steps, std::string_view parent) {
    std::vector<std::string> ids;
    for (const auto& step : steps) {
        const auto path = path_of(parent, step.id);
        Shape made;
        if (const auto* parallel = std::get_if<Parallel>(&step.work)) {
            made = {Shape::Kind::Group, shape(parallel->steps, path), {}};
        } else if (const auto* map = std::get_if<Map>(&step.work)) {
            made = {Shape::Kind::Map, shape(map->step, path), {}};
        } else if (const auto* condition = std::get_if<Condition>(&step.work)) {
            made = {Shape::Kind::Condition, shape(condition->then, path), shape(condition->else_, path)};
        }
        shapes_[path] = std::move(made);
        ids.push_back(step.id);
    }
    return ids;
}

void Percent::length_known(std::string_view path_of_map, std::size_t items) {
    known_[std::string(path_of_map)].items = items;
}

void Percent::branch_taken(std::string_view path_of_condition, bool then) {
    known_[std::string(path_of_condition)].is_then = then;
}

void Percent::settled(std::string_view path) {
    known_[std::string(path)].is_settled = true;
}

void Percent::moved(std::string_view path, double percent) {
    if (std::isnan(percent)) return;
    auto& done = known_[std::string(path)].done;
    done = std::max(done, std::clamp(percent / 100, 0.0, 1.0));
}

Percent::Sum Percent::sum(const std::string& parent, const std::vector<std::string>& ids) const {
    Sum total;
    for (const auto& id : ids) {
        const auto one = sum(path_of(parent, id));
        total.done += one.done;
        total.weight += one.weight;
    }
    return total;
}

Percent::Sum Percent::sum_of_items(const std::string& path, const Shape& shape, const Known* known) const {
    if (!known || !known->items) return {0, sum(path, shape.below).weight};
    Sum total;
    for (std::size_t i = 0; i < *known->items; ++i)
        for (const auto& id : shape.below) {
            const auto one = sum(path_of_item(path, id, i));
            total.done += one.done;
            total.weight += one.weight;
        }
    return total;
}

Percent::Sum Percent::sum(const std::string& path) const {
    const auto found = shapes_.find(without_items(path));
    if (found == shapes_.end()) return {};
    const auto& shape = found->second;
    const auto state = known_.find(path);
    const auto* known = state == known_.end() ? nullptr : &state->second;
    Sum total{known ? known->done : 0, 1};
    switch (shape.kind) {
        case Shape::Kind::Leaf:
            break;
        case Shape::Kind::Group:
            total = sum(path, shape.below);
            break;
        case Shape::Kind::Map:
            total = sum_of_items(path, shape, known);
            break;
        case Shape::Kind::Condition: {
            const auto then = sum(path, shape.below);
            const auto other = sum(path, shape.else_);
            if (known && known->is_then)
                total = *known->is_then ? then : other;
            else
                total = {0, std::max(then.weight, other.weight)};
            break;
        }
    }
    if (known && known->is_settled) total.done = total.weight;
    return total;
}

double Percent::now() {
    const auto total = sum({}, top_);
    const bool is_over = std::ranges::all_of(top_, [this](const std::string& id) {
        const auto found = known_.find(id);
        return found != known_.end() && found->second.is_settled;
    });
    const double percent = total.weight > 0 ? std::floor(100 * total.done / total.weight) : 0;
    shown_ = std::max(shown_, is_over ? 100 : std::min(percent, kRunningMax));
    return shown_;
}

}  // namespace meshai::workflow
