#include "workflow/collaboration.h"

#include <fmt/format.h>

#include <algorithm>

#include "workflow/compile.h"
#include "workflow/step_ids.h"

namespace meshai::workflow {
namespace {

/// Parts that a manager is asked to make at most.
constexpr int kPartsWanted = 8;

struct Member {
    std::string id;
    std::string title;
    std::vector<std::string> agents;
    std::vector<std::string> capabilities;
};

Step agent_step(std::string id, std::string title, AgentWork work) {
    Step step;
    step.id = std::move(id);
    step.title = std::move(title);
    step.work = std::move(work);
    return step;
}

AgentWork work_of(const Member& member, json::value task) {
    AgentWork work;
    work.task = std::move(task);
    work.agents = member.agents;
    work.capabilities = member.capabilities;
    return work;
}

AgentWork work_of(const Member& member, const std::string& task) {
    return work_of(member, json::value(task));
}

/// A template as a piece of a text: what is no text is written as JSON.
std::string in_text(const json::value& task) {
    return task.is_string() ? std::string(task.get_string()) : to_text(task);
}

class Compiler {
  public:
    Compiler(const Collaboration& together, const json::value& task) : together_(together), task_(task) {
        for (const auto& agent : together.agents)
            members_.push_back({ids_.make(agent, "agent"), agent, {agent}, together.capabilities});
        if (!together.agents.empty()) return;
        for (const auto& capability : together.capabilities)
            members_.push_back({ids_.make(capability, "agent"), capability, {}, {capability}});
    }

    std::vector<Step> steps() {
        switch (together_.strategy) {
            case Strategy::Sequential:
                return sequential();
            case Strategy::Parallel:
                return parallel();
            case Strategy::Collaborative:
                return collaborative();
            case Strategy::Hierarchical:
                break;
        }
        return hierarchical();
    }

  private:
    std::vector<Step> sequential() const {
        std::vector<Step> steps;
        for (const auto& member : members_) {
            auto task = task_;
            if (!steps.empty())
                task = fmt::format(
                    "{}\n\nThe work so far, by another agent. Improve and complete it, and answer with "
                    "the whole result:\n{}",
                    in_text(task_), result_hole(steps.back().id));
            auto step = agent_step(member.id, member.title, work_of(member, std::move(task)));
            if (!steps.empty()) step.after = {steps.back().id};
            steps.push_back(std::move(step));
        }
        return steps;
    }

    std::vector<Step> parallel() const {
        std::vector<Step> steps;
        for (const auto& member : members_)
            steps.push_back(agent_step(member.id, member.title, work_of(member, task_)));
        return steps;
    }

    std::vector<Step> collaborative() {
        auto steps = parallel();
        steps.push_back(synthesis(steps, ids_.make(kSynthesisStep, kSynthesisStep), in_text(task_),
                                  together_.agents, together_.capabilities));
        return steps;
    }

    std::vector<Step> hierarchical() {
        const Member manager{{}, {}, {manager_name()}, together_.capabilities};
        auto leading = manager;
        if (manager_name().empty()) leading.agents.clear();
        auto split_work = work_of(
            leading,
            fmt::format(
                "Split this task into at most {} parts that others can do at the same time. Answer with "
                "a JSON array of texts and nothing else; each text is a whole task that can be "
                "understood by itself.\n\nThe task:\n{}",
                kPartsWanted, in_text(task_)));
        split_work.output = Output::List;

        AgentWork part;
        part.task = fmt::format(
            "This is one part of a larger task. Do this part only.\n\nThe part:\n${{item}}\n\nThe "
            "larger task:\n{}",
            in_text(task_));
        part.agents = workers();
        part.capabilities = together_.capabilities;
        Step delegate;
        delegate.id = kDelegateStep;
        delegate.title = "The parts";
        delegate.after = {std::string(kSplitStep)};
        delegate.work = Map{fmt::format("steps.{}.result", kSplitStep),
                            {agent_step(std::string(kDelegatedStep), "A part", std::move(part))},
                            kMapWidthDefault};

        auto join = agent_step(
            std::string(kJoinStep), "The whole",
            work_of(leading,
                    fmt::format("You have split a task into parts, and others have done "
                                "them. Make one answer to the whole task of their "
                                "answers.\n\nThe task:\n{}\n\nThe parts:\n{}\n\nThe answers, "
                                "in the same order:\n{}",
                                in_text(task_), result_hole(kSplitStep), result_hole(kDelegateStep))));
        join.after = {std::string(kSplitStep), std::string(kDelegateStep)};
        return {agent_step(std::string(kSplitStep), "The manager splits", std::move(split_work)),
                std::move(delegate), std::move(join)};
    }

    std::string manager_name() const {
        if (!together_.manager.empty()) return together_.manager;
        return together_.agents.empty() ? std::string() : together_.agents.front();
    }

    /// All but the manager, and the manager where there is nobody else.
    std::vector<std::string> workers() const {
        std::vector<std::string> others;
        for (const auto& agent : together_.agents)
            if (agent != manager_name()) others.push_back(agent);
        if (others.empty() && together_.capabilities.empty() && !manager_name().empty())
            return {manager_name()};
        return others;
    }

    const Collaboration& together_;
    const json::value task_;
    StepIds ids_;
    std::vector<Member> members_;
};

}  // namespace

Step synthesis(const std::vector<Step>& of, std::string id, const std::string& task,
               const std::vector<std::string>& agents, const std::vector<std::string>& capabilities) {
    auto text = fmt::format(
        "Several agents have worked on the same task, each alone. Make one answer of their answers: "
        "keep what is right, settle what they disagree about, say nothing twice.\n\nThe "
        "task:\n{}\n",
        task);
    Step step;
    for (const auto& one : of) {
        text += fmt::format("\nThe answer of {}:\n{}\n", escaped(one.title), result_hole(one.id));
        step.after.push_back(one.id);
    }
    AgentWork work;
    work.task = text;
    work.agents = agents;
    work.capabilities = capabilities;
    step.id = std::move(id);
    step.title = "Synthesis";
    step.work = std::move(work);
    return step;
}

Read compiled(const Collaboration& together, const json::value& task) {
    Problems problems;
    const auto members = together.agents.empty() ? together.capabilities.size() : together.agents.size();
    if (members == 0 && together.manager.empty())
        problems.add({}, "a collaboration needs agents or capabilities");
    if (members == 0 && together.strategy != Strategy::Hierarchical)
        problems.add({}, "only the strategy \"hierarchical\" works with a manager alone");
    if (members > kAgentsMax)
        problems.add({}, fmt::format("has {} members, {} are the most", members, kAgentsMax));
    if (!problems.empty()) return std::unexpected(problems.take());
    Definition definition;
    definition.description = fmt::format("A {} collaboration of {}.", name_of(together.strategy),
                                         members == 1 ? "one member" : fmt::format("{} members", members));
    definition.steps = Compiler(together, task).steps();
    return definition;
}

Read from_collaboration(const Collaboration& together) {
    return compiled(together, "${input.task}");
}

}  // namespace meshai::workflow
