// workflow/checker.h
//
// One check of one definition: walks through its steps with what is known at
// each place and collects what is wrong. The rules that need more than one
// definition are in calls.h, those about expressions in references.h. Private
// to this room; made for one check.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "workflow/check.h"
#include "workflow/members.h"
#include "workflow/references.h"

namespace meshai::workflow {

class Checker {
  public:
    /// `input` may be null: then it is not known yet.
    Checker(const Definition& definition, const Known& known, const json::value* input);

    std::vector<Problem> run();

  private:
    /// Where a step stands: what it may read, and whether it runs in any case, so that what must fail is a
    /// problem.
    struct Here {
        Surroundings surroundings{};
        bool is_certain = true;
    };
    /// What is said of an expression's value: that it is needed, or a list, or anything.
    enum class Wanted { Value, List, Anything };

    void header();
    void list(const std::vector<Step>& steps, const std::string& place, const Here& outer);
    void order(const std::vector<Step>& steps, const std::string& place);
    void step(const Step& step, const std::string& place, Here here);

    // One for each type of step.
    void work(const AgentWork& work, const std::string& place, const Here& here);
    void work(const Parallel& parallel, const std::string& place, const Here& here);
    void work(const Map& map, const std::string& place, Here here);
    void work(const Condition& condition, const std::string& place, const Here& here);
    void work(const Wait& wait, const std::string& place, const Here& here);
    void work(const Approval& approval, const std::string& place, const Here& here);
    void work(const Call& call, const std::string& place, const Here& here);
    void work(const Collaboration& together, const std::string& place, const Here& here);

    void agents(const std::vector<std::string>& agents, const std::vector<std::string>& capabilities,
                const std::string& place);
    void agent(const std::string& agent, const std::string& place);
    void form(const json::object& schema, const std::string& place);

    /// Compiles, checks what it reads, and evaluates it where the input is all it needs.
    void expression(const std::string& text, const std::string& place, const Here& here, Wanted wanted);
    void fill(const json::value& value, const std::string& place, const Here& here);
    void reads(const std::vector<Reference>& references, const std::string& place, const Here& here);
    void evaluates(const Expression& expression, const std::string& place, const Here& here, Wanted wanted);
    /// Whether a condition is true; nothing while it cannot be known.
    std::optional<bool> decided(const std::string& condition) const;
    bool needs_input_only(const Expression& expression) const;

    const Definition& definition_;
    const Known& known_;
    const json::value* input_;
    json::object document_;
    Index index_;
    std::map<std::string, std::string> places_;  ///< of the ids, to name the first of two
    Problems problems_;
};

}  // namespace meshai::workflow
