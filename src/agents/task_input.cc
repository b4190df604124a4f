#include "agents/task_input.h"

#include <algorithm>
#include <array>

namespace meshai::agents {
namespace {

// Members under which clients send the text of a task, the plainest first.
constexpr std::array<std::string_view, 7> kTextMembers = {"prompt", "text",     "input",  "task",
                                                          "query",  "question", "message"};

constexpr std::array<std::string_view, 8> kContextMembers = {"context_id",   "session_id",  "shared_memory",
                                                             "agent_memory", "metadata",    "created_at",
                                                             "updated_at",   "access_count"};

// The family's agents read times with Python's datetime.fromisoformat and
// compare them with utcnow(): a zone, even "Z", makes them fail.
std::string naive_iso(WallTime time) {
    auto text = rfc3339_ms(time);
    if (text.ends_with('Z')) text.pop_back();
    return text;
}

std::string text_or(const json::object& object, std::string_view key, std::string otherwise) {
    auto text = find_string(object, key);
    return text && !text->empty() ? std::move(*text) : std::move(otherwise);
}

json::object object_or_empty(const json::object& object, std::string_view key) {
    const auto* member = find_object(object, key);
    return member ? *member : json::object{};
}

json::object context_of(const Call& call, WallTime now) {
    const auto& given = call.request.context;
    json::object context;
    context["context_id"] = text_or(given, "context_id", "ctx_" + call.task.value);
    const auto& affinity = call.request.affinity;
    context["session_id"] = text_or(given, "session_id", affinity.empty() ? call.task.value : affinity);
    auto shared = object_or_empty(given, "shared_memory");
    // What a client put into the context without knowing its shape is shared memory.
    for (const auto& member : given)
        if (std::ranges::find(kContextMembers, std::string_view(member.key())) == kContextMembers.end() &&
            !shared.contains(member.key()))
            shared[member.key()] = member.value();
    context["shared_memory"] = std::move(shared);
    context["agent_memory"] = object_or_empty(given, "agent_memory");
    context["metadata"] = object_or_empty(given, "metadata");
    context["created_at"] = text_or(given, "created_at", naive_iso(now));
    context["updated_at"] = text_or(given, "updated_at", naive_iso(now));
    context["access_count"] = find_int(given, "access_count").value_or(0);
    return context;
}

}  // namespace

std::int64_t seconds_left(MonoTime deadline, MonoTime now) {
    if (deadline == kNever) return kTimeoutDefaultSeconds;
    const auto left = std::chrono::ceil<std::chrono::seconds>(deadline - now);
    return std::max<std::int64_t>(1, left.count());
}

json::value merged_instructions(const json::value& of_agent, const json::value& of_task) {
    if (of_task.is_null()) return of_agent;
    if (of_agent.is_null()) return of_task;
    if (!of_agent.is_object() || !of_task.is_object())
        return json::string(instructions_text(of_agent, of_task));
    auto merged = of_agent.get_object();
    for (const auto& member : of_task.get_object()) merged[member.key()] = member.value();
    return merged;
}

json::object execute_body(const Spec& spec, const Call& call, const Clock& clock) {
    const auto& request = call.request;
    json::object body;
    body["task_id"] = call.task.value;
    body["task_type"] = request.task_type;
    // Measured on the family's own agent: an object is taken, a string is answered with 422.
    body["payload"] = request.input.is_object() ? request.input : json::object{{"input", request.input}};
    body["context"] = context_of(call, clock.wall());
    body["timeout_seconds"] = seconds_left(call.deadline, clock.now());
    body["attempt"] = call.attempt;
    auto instructions = merged_instructions(spec.instructions, request.instructions);
    if (!instructions.is_null()) body["instructions"] = std::move(instructions);
    if (!request.parameters.empty()) body["parameters"] = request.parameters;
    return body;
}

std::string input_text(const json::value& input) {
    if (const auto* text = input.if_string()) return std::string(*text);
    const auto* object = input.if_object();
    if (!object) return to_text(input);
    for (const auto member : kTextMembers) {
        auto text = find_string(*object, member);
        if (!text) continue;
        auto rest = *object;
        rest.erase(member);
        if (rest.empty()) return std::move(*text);
        return *text + "\n\n" + to_text(rest);
    }
    return to_text(input);
}

}  // namespace meshai::agents
