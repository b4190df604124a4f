#include "workflow/checker.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/spelling.h"
#include "wire/schema/schema.h"
#include "workflow/calls.h"
#include "workflow/compile.h"
#include "workflow/graph.h"

namespace meshai::workflow {

Checker::Checker(const Definition& definition, const Known& known, const json::value* input)
    : definition_(definition), known_(known), input_(input), index_(index_of(definition)) {
    if (input) document_["input"] = *input;
}

std::vector<Problem> Checker::run() {
    header();
    Here here;
    list(definition_.steps, "steps", here);
    if (definition_.result) {
        for (const auto& step : definition_.steps) here.surroundings.steps.insert(step.id);
        fill(*definition_.result, "result", here);
    }
    return problems_.take();
}

void Checker::header() {
    if (definition_.input_schema.is_null()) return;
    const auto schema = wire::schema::Schema::compile(definition_.input_schema);
    if (!schema) return problems_.add("input_schema", schema.error().message);
    if (!input_) return;
    if (const auto fits = schema->check(*input_); !fits) problems_.add("input", fits.error().message);
}

void Checker::list(const std::vector<Step>& steps, const std::string& place, const Here& outer) {
    order(steps, place);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        auto here = outer;
        here.surroundings.steps.merge(ancestors(steps, steps[i].id));
        step(steps[i], element_place(place, i), std::move(here));
    }
}

void Checker::order(const std::vector<Step>& steps, const std::string& place) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        ids.push_back(steps[i].id);
        const auto [first, is_new] = places_.emplace(steps[i].id, element_place(place, i));
        if (!is_new)
            problems_.add(element_place(place, i) + ".id",
                          fmt::format("\"{}\" is the id of {} already", steps[i].id, first->second));
    }
    for (std::size_t i = 0; i < steps.size(); ++i) {
        for (std::size_t j = 0; j < steps[i].after.size(); ++j) {
            const auto& before = steps[i].after[j];
            if (std::ranges::find(ids, before) != ids.end()) continue;
            const auto near = nearest(before, ids);
            const auto why = index_.contains(before) ? "is a step, but not of this list of steps"
                             : near ? fmt::format("there is no such step; did you mean \"{}\"?", *near)
                                    : std::string("there is no such step");
            problems_.add(element_place(element_place(place, i) + ".after", j), why);
        }
    }
    if (const auto circle = cycle(steps); !circle.empty())
        problems_.add(place, fmt::format("these steps wait for each other: {}", fmt::join(circle, " -> ")));
}

void Checker::step(const Step& step, const std::string& place, Here here) {
    if (!step.when.empty()) {
        expression(step.when, place + ".when", here, Wanted::Anything);
        here.is_certain = here.is_certain && decided(step.when) == true;
    }
    if (step.on_error.then == OnError::Then::Fallback) {
        if (!std::holds_alternative<AgentWork>(step.work))
            problems_.add(place + ".on_error",
                          fmt::format("only a step of type \"agent\" can fall back to another one"));
        agent(step.on_error.fallback, place + ".on_error.fallback");
    }
    std::visit([&](const auto& work) { this->work(work, place, here); }, step.work);
}

void Checker::work(const AgentWork& work, const std::string& place, const Here& here) {
    fill(work.task, place + ".task", here);
    fill(work.context, place + ".context", here);
    agents(work.agents, work.capabilities, place);
    if (!work.routing_strategy.empty() && known_.routing_strategy &&
        !known_.routing_strategy(work.routing_strategy))
        problems_.add(place + ".routing_strategy",
                      fmt::format("there is no strategy \"{}\"", work.routing_strategy));
}

void Checker::work(const Parallel& parallel, const std::string& place, const Here& here) {
    list(parallel.steps, place + ".steps", here);
}

void Checker::work(const Map& map, const std::string& place, Here here) {
    expression(map.over, place + ".over", here, Wanted::List);
    here.surroundings.in_map = true;
    here.is_certain = false;  // the list may be empty
    for (const auto& inner : map.step) {
        const auto [first, is_new] = places_.emplace(inner.id, place + ".step");
        if (!is_new)
            problems_.add(place + ".step.id",
                          fmt::format("\"{}\" is the id of {} already", inner.id, first->second));
        if (!inner.after.empty())
            problems_.add(place + ".step.after", "the step of a map waits for no other");
        step(inner, place + ".step", here);
    }
}

void Checker::work(const Condition& condition, const std::string& place, const Here& here) {
    expression(condition.if_, place + ".if", here, Wanted::Anything);
    const auto taken = decided(condition.if_);
    auto then = here;
    then.is_certain = here.is_certain && taken == true;
    list(condition.then, place + ".then", then);
    auto other = here;
    other.is_certain = here.is_certain && taken == false;
    list(condition.else_, place + ".else", other);
}

void Checker::work(const Wait& wait, const std::string& place, const Here& here) {
    if (!wait.until.empty() && !time_of(wait.until))
        expression(wait.until, place + ".until", here, Wanted::Value);
}

void Checker::work(const Approval& approval, const std::string& place, const Here& here) {
    fill(approval.message, place + ".message", here);
    form(approval.schema, place + ".schema");
}

void Checker::work(const Call& call, const std::string& place, const Here& here) {
    fill(call.input, place + ".input", here);
    if (!known_.workflow) return;
    if (const auto wrong = complaint_of_call(call, definition_.name, known_))
        return problems_.add(place + ".workflow", *wrong);
    const auto called = known_.workflow(call.workflow);
    const auto input = Template::compile(call.input);
    if (!called || !input || !input->references().empty()) return;
    const auto value = input->evaluate({});
    if (!value) return;
    if (const auto fits = check_input(*called, *value); !fits)
        problems_.add(place + ".input", fits.error().message);
}

void Checker::work(const Collaboration& together, const std::string& place, const Here& here) {
    fill(together.task, place + ".task", here);
    agents(together.agents, together.capabilities, place);
    if (!together.manager.empty() && together.capabilities.empty())
        agent(together.manager, place + ".manager");
    if (const auto compiled = from_collaboration(together); !compiled)
        for (const auto& problem : compiled.error()) problems_.add(place, to_text(problem));
}

void Checker::agents(const std::vector<std::string>& agents, const std::vector<std::string>& capabilities,
                     const std::string& place) {
    const auto is_known = [this](const std::string& name) { return !known_.agent || known_.agent(name); };
    if (capabilities.empty()) {
        for (std::size_t i = 0; i < agents.size(); ++i)
            agent(agents[i], agents.size() == 1 ? place + ".agent" : element_place(place + ".agents", i));
        return;
    }
    if (std::ranges::any_of(agents, is_known) || !known_.capability) return;
    for (std::size_t i = 0; i < capabilities.size(); ++i)
        if (!known_.capability(capabilities[i]))
            problems_.add(element_place(place + ".capabilities", i),
                          fmt::format("no agent offers \"{}\"", capabilities[i]));
}

void Checker::agent(const std::string& agent, const std::string& place) {
    if (known_.agent && !known_.agent(agent))
        problems_.add(place, fmt::format("there is no agent \"{}\"", agent));
}

// MCP 2025-11-25, elicitation: "schemas are limited to flat objects with primitive properties only".
void Checker::form(const json::object& schema, const std::string& place) {
    if (schema.empty()) return;
    static const std::set<std::string, std::less<>> kTypes = {"string", "number", "integer", "boolean",
                                                              "array"};
    const auto* properties = find_object(schema, "properties");
    if (find_string(schema, "type").value_or("object") != "object" || !properties)
        return problems_.add(place, "must be {\"type\": \"object\", \"properties\": {…}}");
    for (const auto& [name, property] : *properties) {
        const auto at = member_place(place + ".properties", name);
        const auto* field = property.if_object();
        const auto type = field ? find_string(*field, "type").value_or("") : std::string();
        if (!kTypes.contains(type) || (type == "array" && !find_object(*field, "items")))
            problems_.add(at, "a field is a string, number, integer, boolean, or an array of choices");
    }
    const auto required = find_strings(schema, "required");
    if (!required) return problems_.add(place + ".required", required.error().message);
    for (const auto& name : *required)
        if (!properties->contains(name))
            problems_.add(place + ".required", fmt::format("there is no field \"{}\"", name));
    if (const auto compiled = wire::schema::Schema::compile(json::value(schema)); !compiled)
        problems_.add(place, compiled.error().message);
}

void Checker::expression(const std::string& text, const std::string& place, const Here& here, Wanted wanted) {
    const auto compiled = Expression::compile(text);
    if (!compiled) return problems_.add(place, compiled.error().message);
    reads(compiled->references(), place, here);
    evaluates(*compiled, place, here, wanted);
}

void Checker::fill(const json::value& value, const std::string& place, const Here& here) {
    const auto compiled = Template::compile(value);
    if (!compiled) return problems_.add(place, compiled.error().message);
    reads(compiled->references(), place, here);
    for (const auto& expression : compiled->expressions()) evaluates(expression, place, here, Wanted::Value);
}

void Checker::reads(const std::vector<Reference>& references, const std::string& place, const Here& here) {
    std::set<std::string> said;
    for (const auto& reference : references) {
        auto wrong = complaint(reference, here.surroundings, index_, definition_.input_schema);
        if (wrong && said.insert(*wrong).second) problems_.add(place, std::move(*wrong));
    }
}

bool Checker::needs_input_only(const Expression& expression) const {
    return input_ && std::ranges::all_of(expression.references(), [](const Reference& reference) {
               return reference.root == Reference::Root::Input;
           });
}

void Checker::evaluates(const Expression& expression, const std::string& place, const Here& here,
                        Wanted wanted) {
    if (!here.is_certain || !needs_input_only(expression)) return;
    const auto value = expression.evaluate(document_);
    if (!value) return problems_.add(place, value.error().message);
    if (wanted == Wanted::Value && value->is_null())
        problems_.add(place, fmt::format("'{}' gives null with this input", expression.text()));
    if (wanted != Wanted::List) return;
    const auto* items = value->if_array();
    if (!items)
        return problems_.add(place, fmt::format("'{}' gives no list with this input", expression.text()));
    if (items->size() > kMapItemsMax)
        problems_.add(place, fmt::format("'{}' gives {} items, {} are the most", expression.text(),
                                         items->size(), kMapItemsMax));
}

std::optional<bool> Checker::decided(const std::string& condition) const {
    const auto compiled = Expression::compile(condition);
    if (!compiled || !needs_input_only(*compiled)) return std::nullopt;
    const auto value = compiled->evaluate(document_);
    if (!value) return std::nullopt;
    return !is_false(*value);
}

}  // namespace meshai::workflow
