#include "agents/delegation/delegation.h"

#include <fmt/format.h>

#include <algorithm>

#include "agents/delegation/messages.h"
#include "wire/mcp/questions.h"

namespace meshai::agents {
namespace {

Error wrong(std::string message) {
    return Error{Code::InvalidArgument, std::move(message)};
}

// FNV-1a, 64 bit: the same on every machine and in every build. It tells calls of one
// task apart, nothing more; whoever could forge a collision would only find their own work.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 14'695'981'039'346'656'037ULL;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 1'099'511'628'211ULL;
    }
    return hash;
}

std::string name_for(std::string_view what, std::string_view which, std::string_view said) {
    if (which.empty()) return fmt::format("{}-{:016x}", what, hash_of(said));
    return fmt::format("{}-{}-{:016x}", what, which, hash_of(said));
}

json::string shown(const json::value& value) {
    const auto text = value.is_string() ? std::string(value.get_string()) : to_text(value);
    if (text.size() <= kShownBytesMax) return json::string(text);
    return json::string(std::string(utf8_prefix(text, kShownBytesMax)) + " …");
}

ChildTask child_of(const AgentId& self, const Delegation& work) {
    ChildTask child;
    child.step = work.step;
    child.type = kDelegationStep;
    child.request.input = work.task;
    child.request.capabilities = work.capabilities;
    child.request.agents = work.agents;
    child.request.avoided.push_back(self.value);
    child.request.context = work.context;
    child.request.timeout = work.timeout;
    return child;
}

/// Who waits for the child is not chosen for it, and that is how it is known.
AgentId waiting_for(const ChildTask& child) {
    return AgentId{child.request.avoided.empty() ? std::string() : child.request.avoided.front()};
}

task::AgentMessage message(AgentId from, AgentId to, json::object content, std::string_view kind) {
    return {std::move(from), std::move(to), std::move(content), std::string(kind)};
}

// What elicitation can show a person: fields with one value each.
bool is_flat(const json::object& schema) {
    if (schema.empty()) return true;
    const auto* properties = find_object(schema, "properties");
    if (find_string(schema, "type") != "object" || !properties || properties->empty()) return false;
    return std::ranges::all_of(*properties, [](const auto& property) {
        const auto* field = property.value().if_object();
        const auto type = field ? find_string(*field, "type").value_or("") : std::string();
        return type == "string" || type == "number" || type == "integer" || type == "boolean";
    });
}

json::object form_of(const PersonQuestion& question) {
    if (!question.schema.empty()) return question.schema;
    json::object field{{"type", "string"}, {"title", "Answer"}};
    json::object properties;
    properties["answer"] = std::move(field);
    json::object schema;
    schema["type"] = "object";
    schema["properties"] = std::move(properties);
    schema["required"] = json::array{"answer"};
    return schema;
}

}  // namespace

std::string step_for(std::string_view which, std::string_view said) {
    return name_for(kDelegationStep, which, said);
}

std::string key_for(std::string_view which, std::string_view said) {
    return name_for("ask", which, said);
}

Status check(const Delegation& work, const Spec& self) {
    const auto* text = work.task.if_string();
    const bool is_empty = work.task.is_null() || (text && text->empty());
    if (is_empty || (!text && !work.task.is_object()))
        return wrong("\"task\" is missing: say what is to be done, as a text.");
    if (to_text(work.task).size() > task::kInputBytesMax)
        return wrong(fmt::format("\"task\" is over {} MiB.", task::kInputBytesMax >> 20U));
    if (work.agents.size() > kDelegatedAgentsMax || work.capabilities.size() > kDelegatedAgentsMax)
        return wrong(fmt::format("Name at most {} agents and capabilities.", kDelegatedAgentsMax));
    // It waits for the answer, and that answer would wait for it.
    if (std::ranges::any_of(work.agents,
                            [&](const auto& name) { return name == self.name || name == self.id.value; }))
        return wrong("An agent does not delegate to itself; name another, or a capability.");
    if (work.timeout && (*work.timeout <= Millis::zero() || *work.timeout > kDelegationTimeMax))
        return wrong("The time for it must be more than 0 seconds and at most a day.");
    return {};
}

Status check(const PersonQuestion& question) {
    if (question.question.empty())
        return wrong("\"question\" is missing: say what you want to know, as a text.");
    if (question.question.size() > kPersonQuestionBytesMax)
        return wrong(fmt::format("\"question\" is over {} KiB.", kPersonQuestionBytesMax >> 10U));
    if (to_text(question.schema).size() > task::kQuestionBytesMax / 2)
        return wrong(fmt::format("\"schema\" is over {} KiB.", task::kQuestionBytesMax >> 11U));
    if (!is_flat(question.schema))
        return wrong(
            R"("schema" is a flat form: {"type": "object", "properties": {name: {"type": "string", "number", )"
            R"("integer" or "boolean"}, …}}.)");
    if (question.timeout && (*question.timeout <= Millis::zero() || *question.timeout > kDelegationTimeMax))
        return wrong("The time for it must be more than 0 seconds and at most a day.");
    return {};
}

task::AgentMessage handover_message(const ChildTask& child) {
    const auto& request = child.request;
    json::object content;
    content["task"] = shown(request.input);
    content["step"] = child.step;
    if (!request.capabilities.empty()) content["capabilities"] = to_array(request.capabilities);
    if (!request.agents.empty()) content["agents"] = to_array(request.agents);
    AgentId wanted{request.agents.empty() ? std::string() : request.agents.front()};
    return message(waiting_for(child), std::move(wanted), std::move(content), kHandover);
}

task::AgentMessage answer_message(const ChildTask& child, const ChildEnding& ending) {
    json::object content;
    content["step"] = child.step;
    content["task_id"] = ending.task.value;
    if (ending.result) {
        content["result"] = shown(*ending.result);
    } else {
        content["error"] = shown(json::string(ending.result.error().message));
        content["code"] = code_name(ending.result.error().code);
    }
    return message(ending.agent, waiting_for(child), std::move(content), kAnswer);
}

Async<Result<ChildEnding>> hand_over(Sink& sink, AgentId self, Delegation work) {
    // The sink tells the messages around it: see messages.h.
    co_return co_await sink.run_child(child_of(self, work));
}

Async<Result<json::object>> ask_person(Sink& sink, Clock& clock, AgentId self, PersonQuestion question) {
    const AgentId person{std::string(kPerson)};
    json::object asked{{"question", shown(json::string(question.question))}, {"key", question.key}};
    auto said = co_await sink.message(message(self, person, std::move(asked), kQuestion));
    if (!said) co_return said.error();

    const wire::mcp::Question form = wire::mcp::FormQuestion{question.question, form_of(question)};
    Questions questions;
    questions[question.key] = wire::mcp::to_json(form);
    std::optional<WallTime> until;
    if (question.timeout) until = clock.wall() + *question.timeout;
    auto answers = co_await sink.ask(std::move(questions), until);
    if (!answers) co_return answers.error();
    const auto given = answers->find(question.key);
    const auto* object = given == answers->end() ? nullptr : given->second.if_object();
    const auto answer = object ? *object : json::object{{"action", "cancel"}};

    json::object content{{"key", question.key}, {"answer", shown(answer)}};
    said = co_await sink.message(message(person, self, std::move(content), kAnswer));
    if (!said) co_return said.error();
    co_return answer;
}

std::optional<DelegateAccess> access_for(const Spec& spec, const Tools& tools, const Call& call) {
    if (!spec.delegates || !tools.delegate_access) return std::nullopt;
    return tools.delegate_access(call);
}

json::object told(const ChildEnding& ending) {
    json::object body;
    body["task_id"] = ending.task.value;
    if (!ending.agent.empty()) body["agent"] = ending.agent.value;
    if (ending.result) {
        body["status"] = "completed";
        body["result"] = *ending.result;
    } else {
        const auto& failed = ending.result.error();
        body["status"] = failed.code == Code::Cancelled ? "cancelled" : "failed";
        body["error"] = failed.message;
        body["code"] = code_name(failed.code);
    }
    body["usage"] = json::object{{"input_tokens", ending.usage.input_tokens},
                                 {"output_tokens", ending.usage.output_tokens},
                                 {"cost", ending.usage.cost}};
    return body;
}

}  // namespace meshai::agents
