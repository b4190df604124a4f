#include "workflow/step_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/spelling.h"
#include "workflow/expression.h"
#include "workflow/words.h"

namespace meshai::workflow {
namespace {

/// "name@version": the version adds a number.
constexpr std::size_t kCallBytesMax = kIdBytesMax + 12;

std::string expression_text(Members& members, std::string_view name) {
    return std::string(bare(members.text(name, kExpressionBytesMax)));
}

/// A template that an agent is given: a text or an object, not empty.
json::value task_of(Members& members, std::string_view name) {
    members.needed(name);
    const auto* value = members.take(name);
    if (!value) return {};
    const bool is_text = value->is_string() && !value->get_string().empty();
    const bool is_object = value->is_object() && !value->get_object().empty();
    if (!is_text && !is_object) members.problem(name, "must be a text or an object, and not empty");
    return *value;
}

}  // namespace

std::vector<Step> StepReader::steps(const json::value& value, const std::string& place, std::size_t nesting) {
    std::vector<Step> steps;
    const auto* array = value.if_array();
    if (!array || array->empty()) {
        problems_.add(place, "must be a list of steps, at least one");
        return steps;
    }
    if (nesting > kNestingMax) {
        problems_.add(place, fmt::format("steps are nested deeper than {} levels", kNestingMax));
        return steps;
    }
    for (std::size_t i = 0; i < array->size(); ++i) {
        if (is_full_) break;
        steps.push_back(step((*array)[i], element_place(place, i), nesting));
    }
    return steps;
}

Step StepReader::step(const json::value& value, const std::string& place, std::size_t nesting) {
    if (++count_ > kStepsMax) {
        is_full_ = true;
        problems_.add(place, fmt::format("there are more than {} steps, nested ones counted", kStepsMax));
        return {};
    }
    if (!value.is_object()) {
        problems_.add(place, "must be an object");
        return {};
    }
    Members members(value, place, problems_);
    Step step;
    read_frame(members, step);
    step.work = work(members, nesting);
    members.finish();
    return step;
}

void StepReader::read_frame(Members& members, Step& step) {
    members.needed("id");
    step.id = members.text("id", kIdBytesMax);
    if (members.is_text("id") && !is_id(step.id))
        members.problem("id", fmt::format("must be 1 to {} of a-z, 0-9, '_' and '-'", kIdBytesMax));
    step.title = members.text("title", kTitleBytesMax);
    if (members.has("after") && members.has("depends_on"))
        members.problem("depends_on", "is another name of 'after'; write one of the two");
    step.after = members.names("after", kStepsMax, kIdBytesMax);
    if (auto names = members.names("depends_on", kStepsMax, kIdBytesMax); step.after.empty())
        step.after = std::move(names);
    step.when = expression_text(members, "when");
    if (members.is_text("when") && step.when.empty()) members.problem("when", "must be an expression");
    step.retry = retry(members);
    step.timeout = members.duration("timeout", Millis{1}, kTimeoutMax);
    step.on_error = on_error(members);
}

Retry StepReader::retry(Members& members) {
    Retry retry;
    const auto* value = members.take("retry");
    if (!value) return retry;
    Members inner(*value, members.place("retry"), problems_);
    retry.attempts = static_cast<int>(inner.integer("attempts", 0, kRetryAttemptsMax).value_or(0));
    retry.backoff = inner.duration("backoff", Millis{0}, kBackoffMax).value_or(kBackoffDefault);
    if (value->is_object()) inner.finish();
    return retry;
}

OnError StepReader::on_error(Members& members) {
    const auto* value = members.take("on_error");
    if (!value) return {};
    if (const auto* text = value->if_string()) {
        if (*text == "fail") return {};
        if (*text == "continue") return {OnError::Then::Continue, {}};
    } else if (value->is_object()) {
        Members inner(*value, members.place("on_error"), problems_);
        OnError fallback{OnError::Then::Fallback, inner.text("fallback", kNameBytesMax)};
        if (fallback.fallback.empty()) inner.problem("fallback", "must be the name of an agent");
        inner.finish();
        return fallback;
    }
    members.problem("on_error", "must be \"fail\", \"continue\" or {\"fallback\": \"agent\"}");
    return {};
}

Work StepReader::work(Members& members, std::size_t nesting) {
    const auto* value = members.take("type");
    if (!value) return agent(members);
    const auto* text = value->if_string();
    const std::string type = text ? std::string(*text) : std::string();
    if (type == "agent") return agent(members);
    if (type == "parallel") return parallel(members, nesting);
    if (type == "map") return map(members, nesting);
    if (type == "condition") return condition(members, nesting);
    if (type == "wait") return wait(members);
    if (type == "approval") return approval(members);
    if (type == "workflow") return call(members);
    if (type == "collaboration") return collaboration(members);
    const std::vector<std::string> known(kTypes.begin(), kTypes.end());
    const auto near = nearest(type, known);
    members.problem("type", near ? fmt::format("there is no such type; did you mean \"{}\"?", *near)
                                 : fmt::format("must be one of {}", fmt::join(known, ", ")));
    members.take_all();  // of what type they are is not known
    return AgentWork{};
}

void StepReader::take_agents(Members& members, std::vector<std::string>& agents,
                             std::vector<std::string>& capabilities) {
    agents = members.names("agents", kAgentsMax, kNameBytesMax);
    capabilities = members.names("capabilities", kCapabilitiesMax, kNameBytesMax);
}

AgentWork StepReader::agent(Members& members) {
    AgentWork work;
    work.task = task_of(members, "task");
    take_agents(members, work.agents, work.capabilities);
    if (members.has("agent") && members.has("agents"))
        members.problem("agent", "stands beside 'agents'; write one of the two");
    const auto agent = members.text("agent", kNameBytesMax);
    if (members.is_text("agent") && agent.empty()) members.problem("agent", "must be the name of an agent");
    if (!agent.empty() && work.agents.empty()) work.agents = {agent};
    work.routing_strategy = members.text("routing_strategy", kNameBytesMax);
    if (const auto* value = members.take("instructions")) {
        work.instructions = *value;
        if (!value->is_string() && !value->is_object())
            members.problem("instructions", "must be a text or an object");
    }
    work.parameters = members.object("parameters");
    if (const auto* value = members.take("context")) work.context = *value;
    work.output = members.word<Output>("output", kOutputs).value_or(Output::Text);
    return work;
}

std::vector<Step> StepReader::nested(Members& members, std::string_view name, std::size_t nesting) {
    const auto* value = members.take(name);
    return value ? steps(*value, members.place(name), nesting + 1) : std::vector<Step>{};
}

Parallel StepReader::parallel(Members& members, std::size_t nesting) {
    members.needed("steps");
    return {nested(members, "steps", nesting)};
}

Map StepReader::map(Members& members, std::size_t nesting) {
    Map map;
    members.needed("over");
    map.over = expression_text(members, "over");
    if (members.is_text("over") && map.over.empty())
        members.problem("over", "must be an expression that gives a list");
    map.width = static_cast<int>(members.integer("width", 1, kMapWidthMax).value_or(kMapWidthDefault));
    members.needed("step");
    if (const auto* value = members.take("step")) {
        if (nesting + 1 > kNestingMax)
            members.problem("step", fmt::format("steps are nested deeper than {} levels", kNestingMax));
        else
            map.step.push_back(step(*value, members.place("step"), nesting + 1));
    }
    return map;
}

Condition StepReader::condition(Members& members, std::size_t nesting) {
    Condition condition;
    members.needed("if");
    condition.if_ = expression_text(members, "if");
    if (members.is_text("if") && condition.if_.empty()) members.problem("if", "must be an expression");
    members.needed("then");
    condition.then = nested(members, "then", nesting);
    condition.else_ = nested(members, "else", nesting);
    return condition;
}

Wait StepReader::wait(Members& members) {
    Wait wait;
    wait.for_ = members.duration("for", Millis{1}, kWaitMax);
    wait.until = expression_text(members, "until");
    if (members.is_text("until") && wait.until.empty())
        members.problem("until", "must be a time (RFC 3339) or an expression that gives one");
    if (members.has("for") == members.has("until"))
        members.problems().add(members.place(), "a wait has either 'for' or 'until'");
    return wait;
}

Approval StepReader::approval(Members& members) {
    Approval approval;
    members.needed("message");
    approval.message = members.text("message", kDefinitionBytesMax);
    if (members.is_text("message") && approval.message == "") members.problem("message", "must not be empty");
    approval.schema = members.object("schema");
    approval.on_timeout = members.word<OnTimeout>("on_timeout", kOnTimeouts).value_or(OnTimeout::Fail);
    approval.on_reject = members.word<OnReject>("on_reject", kOnRejects).value_or(OnReject::Fail);
    return approval;
}

Call StepReader::call(Members& members) {
    Call call;
    members.needed("workflow");
    call.workflow = members.text("workflow", kCallBytesMax);
    const auto at = call.workflow.find('@');
    const auto version = at == std::string::npos ? "1" : call.workflow.substr(at + 1);
    const bool is_number = !version.empty() && version.size() <= 9 && version.front() != '0' &&
                           std::ranges::all_of(version, [](char c) { return c >= '0' && c <= '9'; });
    if (members.is_text("workflow") && (!is_id(call.workflow.substr(0, at)) || !is_number))
        members.problem("workflow", "must be the name of a workflow, or \"name@3\" for one of its versions");
    if (const auto* value = members.take("input")) call.input = *value;
    return call;
}

Collaboration StepReader::collaboration(Members& members) {
    Collaboration together;
    members.needed("strategy");
    together.strategy = members.word<Strategy>("strategy", kStrategies).value_or(Strategy::Collaborative);
    take_agents(members, together.agents, together.capabilities);
    if (!members.has("agents") && !members.has("capabilities"))
        members.problems().add(members.place(), "a collaboration names its 'agents', or 'capabilities'");
    together.manager = members.text("manager", kNameBytesMax);
    if (members.has("manager") && together.strategy != Strategy::Hierarchical)
        members.problem("manager", "belongs to the strategy \"hierarchical\"");
    together.task = task_of(members, "task");
    return together;
}

}  // namespace meshai::workflow
