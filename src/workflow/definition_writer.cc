#include "workflow/definition.h"
#include "workflow/words.h"

namespace meshai::workflow {
namespace {

json::array steps_to_json(const std::vector<Step>& steps) {
    json::array array;
    for (const auto& step : steps) array.push_back(to_json(step));
    return array;
}

void put_text(json::object& object, std::string_view name, const std::string& text) {
    if (!text.empty()) object[name] = text;
}
void put_list(json::object& object, std::string_view name, const std::vector<std::string>& list) {
    if (!list.empty()) object[name] = to_array(list);
}
void put_time(json::object& object, std::string_view name, const std::optional<Millis>& time) {
    if (time) object[name] = duration_text(*time);
}
void put_value(json::object& object, std::string_view name, const json::value& value) {
    if (!value.is_null()) object[name] = value;
}

/// The members of each type of step.
struct Writer {
    json::object& object;

    void operator()(const AgentWork& work) const {
        object["task"] = work.task;
        if (work.agents.size() == 1)
            object["agent"] = work.agents.front();
        else
            put_list(object, "agents", work.agents);
        put_list(object, "capabilities", work.capabilities);
        put_text(object, "routing_strategy", work.routing_strategy);
        put_value(object, "instructions", work.instructions);
        if (!work.parameters.empty()) object["parameters"] = work.parameters;
        put_value(object, "context", work.context);
        if (work.output != Output::Text) object["output"] = word_of(work.output, kOutputs);
    }
    void operator()(const Parallel& parallel) const { object["steps"] = steps_to_json(parallel.steps); }
    void operator()(const Map& map) const {
        object["over"] = map.over;
        if (map.width != kMapWidthDefault) object["width"] = map.width;
        if (!map.step.empty()) object["step"] = to_json(map.step.front());
    }
    void operator()(const Condition& condition) const {
        object["if"] = condition.if_;
        object["then"] = steps_to_json(condition.then);
        if (!condition.else_.empty()) object["else"] = steps_to_json(condition.else_);
    }
    void operator()(const Wait& wait) const {
        put_time(object, "for", wait.for_);
        put_text(object, "until", wait.until);
    }
    void operator()(const Approval& approval) const {
        object["message"] = approval.message;
        if (!approval.schema.empty()) object["schema"] = approval.schema;
        if (approval.on_timeout != OnTimeout::Fail)
            object["on_timeout"] = word_of(approval.on_timeout, kOnTimeouts);
        if (approval.on_reject != OnReject::Fail)
            object["on_reject"] = word_of(approval.on_reject, kOnRejects);
    }
    void operator()(const Call& call) const {
        object["workflow"] = call.workflow;
        put_value(object, "input", call.input);
    }
    void operator()(const Collaboration& together) const {
        object["strategy"] = name_of(together.strategy);
        put_list(object, "agents", together.agents);
        put_list(object, "capabilities", together.capabilities);
        put_text(object, "manager", together.manager);
        object["task"] = together.task;
    }
};

json::value to_json(const OnError& on_error) {
    if (on_error.then == OnError::Then::Fallback) return json::object{{"fallback", on_error.fallback}};
    return on_error.then == OnError::Then::Continue ? "continue" : "fail";
}

json::object to_json(const Budget& budget) {
    json::object object;
    if (budget.tokens) object["tokens"] = *budget.tokens;
    if (budget.cost) object["cost"] = json_number(*budget.cost);
    if (budget.calls) object["calls"] = *budget.calls;
    if (budget.depth) object["depth"] = *budget.depth;
    put_time(object, "wall_time", budget.wall_time);
    return object;
}

}  // namespace

json::object to_json(const Step& step) {
    json::object object;
    object["id"] = step.id;
    put_text(object, "title", step.title);
    if (!std::holds_alternative<AgentWork>(step.work)) object["type"] = type_name(step.work);
    put_list(object, "after", step.after);
    put_text(object, "when", step.when);
    std::visit(Writer{object}, step.work);
    if (step.retry != Retry{})
        object["retry"] = {{"attempts", step.retry.attempts}, {"backoff", duration_text(step.retry.backoff)}};
    put_time(object, "timeout", step.timeout);
    if (step.on_error != OnError{}) object["on_error"] = to_json(step.on_error);
    return object;
}

json::object to_json(const Definition& definition) {
    json::object object;
    put_text(object, "name", definition.name);
    put_text(object, "description", definition.description);
    put_text(object, "category", definition.category);
    put_list(object, "tags", definition.tags);
    if (definition.version) object["version"] = *definition.version;
    put_value(object, "input_schema", definition.input_schema);
    put_time(object, "timeout", definition.timeout);
    if (definition.budget) object["budget"] = to_json(*definition.budget);
    if (definition.on_disconnect)
        object["on_disconnect"] = word_of(*definition.on_disconnect, kOnDisconnects);
    object["steps"] = steps_to_json(definition.steps);
    if (definition.result) object["result"] = *definition.result;
    return object;
}

}  // namespace meshai::workflow
