// workflow/graph.h
//
// A list of steps as a graph: which may begin, which are last, what the whole
// gives; how a step is named from outside (its path); and how far the whole has
// come. The conductor asks here and keeps no order of its own. Pure values.
#pragma once

#include <map>
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
    struct Node {
        std::vector<std::string> below;  ///< paths
        double done = 0;                 ///< 0..1, of a leaf
        bool is_settled = false;
    };
    void add(const std::string& path, const Step& step);
    struct Sum {
        double done = 0;
        double weight = 0;
    };
    Sum sum(const std::string& path) const;

    std::vector<std::string> top_;
    std::map<std::string, Node, std::less<>> nodes_;
    std::map<std::string, const Step*, std::less<>> steps_;
    std::vector<Step> kept_;  ///< of the definition: steps_ points into it
    double shown_ = 0;
};

}  // namespace meshai::workflow
