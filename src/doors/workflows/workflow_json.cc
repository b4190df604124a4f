#include "doors/workflows/workflow_json.h"

#include <algorithm>

#include "workflow/graph.h"
#include "workflow/predefined.h"

namespace meshai::doors {
namespace {

bool is_required(const json::object& schema, std::string_view name) {
    const auto* list = find(schema, "required");
    const auto* names = list ? list->if_array() : nullptr;
    return names && std::ranges::any_of(*names, [name](const json::value& one) {
               return one.is_string() && one.get_string() == name;
           });
}

json::array strings(const std::vector<std::string>& texts) {
    json::array list;
    for (const auto& text : texts) list.emplace_back(text);
    return list;
}

std::string_view state_of(const task::StepView& step) {
    return step.finished ? std::string_view(step.finished->status) : "running";
}

}  // namespace

json::object workflow_parameters(const workflow::Definition& definition) {
    json::object parameters;
    const auto* schema = definition.input_schema.if_object();
    const auto* properties = schema ? find(*schema, "properties") : nullptr;
    if (!properties || !properties->is_object()) return parameters;
    for (const auto& [name, property] : properties->get_object()) {
        json::object one{{"required", is_required(*schema, name)}};
        if (const auto* about = property.if_object())
            for (const auto* member : {"type", "description", "default", "enum"})
                if (const auto* value = find(*about, member)) one[member] = *value;
        parameters[name] = std::move(one);
    }
    return parameters;
}

json::object workflow_line(const mesh::Kept& kept) {
    const auto& definition = kept.definition;
    json::object line{{"name", definition.name},
                      {"description", definition.description},
                      {"version", definition.version.value_or(1)},
                      {"source", mesh::source_name(kept.source)},
                      {"tags", strings(definition.tags)},
                      {"agents", strings(workflow::agents_of(definition))},
                      {"parameters", workflow_parameters(definition)},
                      {"step_count", workflow::flattened(definition).size()}};
    if (!definition.category.empty()) line["category"] = definition.category;
    if (kept.created_at != WallTime{}) line["created_at"] = rfc3339(kept.created_at);
    return line;
}

json::object workflow_json(const mesh::Kept& kept) {
    auto all = workflow_line(kept);
    all["definition"] = workflow::to_json(kept.definition);
    return all;
}

json::array problems_json(const std::vector<workflow::Problem>& problems) {
    json::array list;
    for (const auto& problem : problems)
        list.push_back(json::object{{"place", problem.place}, {"what", problem.what}});
    return list;
}

json::array steps_json(const task::Steps& steps) {
    json::array list;
    std::size_t result_bytes = 0;
    for (const auto& [path, step] : steps) {
        if (list.size() == kShownStepsMax) break;
        json::object one{{"step", path}, {"state", state_of(step)}, {"attempt", step.started.attempt}};
        if (!step.started.type.empty()) one["kind"] = step.started.type;
        if (!step.started.child.empty()) one["task_id"] = step.started.child.value;
        const auto& agent =
            step.finished && !step.finished->agent.empty() ? step.finished->agent : step.started.agent;
        if (!agent.empty()) one["agent_id"] = agent.value;
        one["started_at"] = rfc3339_ms(step.started_at);
        if (step.finished) {
            one["finished_at"] = rfc3339_ms(step.finished_at);
            if (!step.finished->error.empty()) one["code"] = step.finished->error;
            if (!step.finished->reason.empty()) one["reason"] = step.finished->reason;
            result_bytes += to_text(step.finished->result).size();
            // The others are read from the logs of their tasks.
            if (!step.finished->result.is_null() && result_bytes <= kShownResultsBytesMax)
                one["result"] = step.finished->result;
        }
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace meshai::doors
