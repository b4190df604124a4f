#include <fmt/format.h>

#include <algorithm>

#include "workflow/collaboration.h"
#include "workflow/compile.h"
#include "workflow/step_ids.h"
#include "workflow/step_reader.h"
#include "workflow/words.h"

namespace meshai::workflow {
namespace {

enum class Type { Sequential, Parallel, Graph };
constexpr std::array kFamilyTypes = {Word<Type>{"sequential", Type::Sequential},
                                     Word<Type>{"parallel", Type::Parallel},
                                     Word<Type>{"graph", Type::Graph}};

/// The names under which the family's documents hand in the words of a step.
constexpr std::array<std::string_view, 3> kTaskNames = {"task", "input", "prompt"};
constexpr std::string_view kPreviousMember = "previous_result";

/// The task as the client sent it, made a template that gives it back as it is; null if there is none.
json::value task_of(Members& members) {
    for (const auto name : kTaskNames) {
        const auto* value = members.take(name);
        if (!value || value->is_null()) continue;
        const bool is_text = value->is_string() && !value->get_string().empty();
        const bool is_object = value->is_object() && !value->get_object().empty();
        if (is_text || is_object) return escaped(*value);
        members.problem(name, "must be a text or an object, and not empty");
        return {};
    }
    return {};
}

json::value with_result_of(const json::value& task, const Step& before) {
    if (const auto* object = task.if_object()) {
        auto more = *object;
        more[kPreviousMember] = result_hole(before.id);
        return more;
    }
    return json::value(fmt::format("{}\n\nThe result of the step before:\n{}",
                                   std::string_view(task.get_string()), result_hole(before.id)));
}

std::vector<std::string> agents_of_step(Members& members, const std::vector<std::string>& of_all) {
    for (const auto name : {"agent", "agent_id", "agents"})
        if (auto names = members.names(name, kAgentsMax, kNameBytesMax); !names.empty()) return names;
    return of_all;
}

Step step_of(const json::value& value, const std::string& place, StepIds& ids,
             const std::vector<std::string>& agents, Problems& problems) {
    Members members(value, place, problems);
    Step step;
    AgentWork work;
    work.task = task_of(members);
    if (work.task.is_null()) problems.add(place, "has no 'task' (or 'input', or 'prompt')");
    work.agents = agents_of_step(members, agents);
    work.capabilities = members.names("capabilities", kCapabilitiesMax, kNameBytesMax);
    step.title = members.text("name", kTitleBytesMax);
    auto name = members.text("id", kTitleBytesMax);
    step.id = ids.make(name.empty() ? step.title : name, "step");
    step.work = std::move(work);
    return step;
}

Read from_steps(Type type, const json::array& array, const std::vector<std::string>& agents) {
    Problems problems;
    Definition definition;
    definition.description =
        type == Type::Sequential ? "Steps one after the other." : "Steps at the same time.";
    if (array.empty()) problems.add("payload.steps", "must be a list of steps, at least one");
    if (array.size() > kStepsMax)
        problems.add("payload.steps", fmt::format("there are more than {} steps", kStepsMax));
    StepIds ids;
    for (std::size_t i = 0; problems.empty() && i < array.size(); ++i) {
        auto step = step_of(array[i], element_place("payload.steps", i), ids, agents, problems);
        if (type == Type::Sequential && i > 0 && problems.empty()) {
            const auto& before = definition.steps.back();
            auto& work = std::get<AgentWork>(step.work);
            work.task = with_result_of(work.task, before);
            step.after = {before.id};
        }
        definition.steps.push_back(std::move(step));
    }
    if (!problems.empty()) return std::unexpected(problems.take());
    return definition;
}

void give_agents(std::vector<Step>& steps, const std::vector<std::string>& agents) {
    for (auto& step : steps) {
        if (auto* work = std::get_if<AgentWork>(&step.work);
            work && work->agents.empty() && work->capabilities.empty())
            work->agents = agents;
        if (auto* parallel = std::get_if<Parallel>(&step.work)) give_agents(parallel->steps, agents);
        if (auto* map = std::get_if<Map>(&step.work)) give_agents(map->step, agents);
        if (auto* condition = std::get_if<Condition>(&step.work)) {
            give_agents(condition->then, agents);
            give_agents(condition->else_, agents);
        }
    }
}

Read from_graph(const json::value& payload, const std::vector<std::string>& agents) {
    auto definition = read(payload);
    if (definition) {
        give_agents(definition->steps, agents);
        return definition;
    }
    auto problems = definition.error();
    for (auto& problem : problems) problem.place = member_place("payload", problem.place);
    return std::unexpected(std::move(problems));
}

/// A payload without steps, {"task": …}, that all the agents are to work on.
Read from_task(Type type, Members& payload, const std::vector<std::string>& agents, Problems& problems) {
    const auto task = task_of(payload);
    if (task.is_null()) problems.add("payload.steps", "is missing");
    if (agents.empty())
        problems.add("agents", "a payload without steps needs the agents that work on its task");
    if (!problems.empty()) return std::unexpected(problems.take());
    Collaboration together;
    together.strategy = type == Type::Sequential ? Strategy::Sequential : Strategy::Parallel;
    together.agents = agents;
    return compiled(together, task);
}

}  // namespace

Read from_family(const json::object& body) {
    Problems problems;
    const json::value whole(body);
    Members members(whole, {}, problems);
    members.needed("workflow_type");
    const auto type = members.word<Type>("workflow_type", kFamilyTypes);
    const auto agents = members.names("agents", kAgentsMax, kNameBytesMax);
    members.needed("payload");
    const auto* payload = members.take("payload");
    if (payload && !payload->is_object()) members.problem("payload", "must be an object");
    if (!problems.empty() || !type || !payload) return std::unexpected(problems.take());
    if (*type == Type::Graph) return from_graph(*payload, agents);
    Members inner(*payload, "payload", problems);
    const auto* steps = inner.take("steps");
    if (!steps) return from_task(*type, inner, agents, problems);
    if (const auto* array = steps->if_array()) return from_steps(*type, *array, agents);
    return std::unexpected(std::vector<Problem>{{"payload.steps", "must be a list of steps"}});
}

}  // namespace meshai::workflow
