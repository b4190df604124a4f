// workflow/graph.h
//
// A list of steps as a graph: which may begin, which are last, what the whole
// gives; how a step is named from outside (its path); and how far the whole has
// come. The conductor asks here and keeps no order of its own. Pure values.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/definition.h"

namespace meshai::workflow {

/// The steps that are neither settled nor begun and wait for nothing but settled ones, in the order of the
/// text.
std::vector<const Step*> ready(const std::vector<Step>& steps, const std::set<std::string>& settled,
                               const std::set<std::string>& begun);

/// The steps no other waits for.
std::vector<const Step*> sinks(const std::vector<Step>& steps);

/// The steps of the same list that are surely over when `id` begins: `after`, and what they waited for.
std::set<std::string> ancestors(const std::vector<Step>& steps, std::string_view id);

/// The ids of a cycle, first and last the same; empty if there is none.
std::vector<std::string> cycle(const std::vector<Step>& steps);

/// What a list of steps gives by default: the result of its one sink, or {id: result} of several. `results`
/// holds those of the steps that were done; a skipped or failed one gives null.
json::value result_of(const std::vector<Step>& steps, const std::map<std::string, json::value>& results);

/// {id: result} of all steps: what a parallel gives.
json::object results_by_id(const std::vector<Step>& steps, const std::map<std::string, json::value>& results);

/// "outer/inner"; the item 3 of a map over `inner` is "outer/inner[3]".
std::string path_of(std::string_view parent, std::string_view id);
std::string path_of_item(std::string_view parent, std::string_view id, std::size_t index);

/// A step with its path, of a walk through the whole definition. Steps within a map stand there once, with
/// the path of no item: "each/summarise".
struct Place {
    std::string path;
    const Step* step = nullptr;
    std::size_t weight = 1;  ///< leaves in it
};
std::vector<Place> flattened(const Definition& definition);

/// Agents of a step in the order in which they are wanted: the items of a map take turns, so that item 1
/// begins with the second of them.
std::vector<std::string> agents_of(const AgentWork& work, std::size_t item_index);

/// How far a workflow has come. Every leaf (agent, wait, approval, workflow, collaboration) weighs 1, a map
/// as much as one item until its length is known, a condition as much as its larger branch until one is
/// taken. Paths are those of path_of. The number never falls and is 100 only when everything is settled. One
/// thread.
class Percent {
  public:
    explicit Percent(const Definition& definition);

    void length_known(std::string_view path_of_map, std::size_t items);
    void branch_taken(std::string_view path_of_condition, bool then);
    /// The step is over, however it ended (also: skipped), and with it all that is below it.
    void settled(std::string_view path);
    /// A running leaf says how far it is, 0..100.
    void moved(std::string_view path, double percent);

    double now();

  private:
    /// What the definition says of a step, by its path without items.
    struct Shape {
        enum class Kind { Leaf, Group, Map, Condition };
        Kind kind = Kind::Leaf;
        std::vector<std::string> below;  ///< ids; of a condition those of `then`
        std::vector<std::string> else_;
    };
    /// What is known of a step, by its path.
    struct Known {
        bool is_settled = false;
        double done = 0;                   ///< 0..1, of a leaf
        std::optional<std::size_t> items;  ///< of a map
        std::optional<bool> is_then;       ///< of a condition
    };
    struct Sum {
        double done = 0;
        double weight = 0;
    };

    std::vector<std::string> shape(const std::vector<Step>& steps, std::string_view parent);
    Sum sum(const std::string& path) const;
    Sum sum(const std::string& parent, const std::vector<std::string>& ids) const;
    Sum sum_of_items(const std::string& path, const Shape& shape, const Known* known) const;

    std::vector<std::string> top_;
    std::map<std::string, Shape, std::less<>> shapes_;
    std::map<std::string, Known, std::less<>> known_;
    double shown_ = 0;
};

}  // namespace meshai::workflow
