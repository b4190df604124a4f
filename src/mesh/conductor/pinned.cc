#include "mesh/conductor/pinned.h"

#include <fmt/format.h>

#include <algorithm>

#include "workflow/check.h"
#include "workflow/graph.h"

namespace meshai::mesh {
namespace {

constexpr std::string_view kCalled = "called";

std::vector<std::string> calls_of(const workflow::Definition& definition) {
    std::vector<std::string> calls;
    for (const auto& place : workflow::flattened(definition))
        if (const auto* call = std::get_if<workflow::Call>(&place.step->work))
            calls.push_back(call->workflow);
    return calls;
}

template <class Value>
void lower(std::optional<Value>& bound, const std::optional<Value>& other) {
    if (other && (!bound || *other < *bound)) bound = other;
}

task::OnDisconnect policy_of(workflow::OnDisconnect policy) {
    switch (policy) {
        case workflow::OnDisconnect::Continue:
            return task::OnDisconnect::Continue;
        case workflow::OnDisconnect::Cancel:
            return task::OnDisconnect::Cancel;
        case workflow::OnDisconnect::Grace:
            return task::OnDisconnect::Grace;
    }
    return task::OnDisconnect::Continue;
}

}  // namespace

Pinned pin(const workflow::Definition& definition,
           const std::function<std::optional<workflow::Definition>(std::string_view)>& find) {
    Pinned pinned{definition, {}};
    auto open = calls_of(definition);
    while (!open.empty() && pinned.called.size() < workflow::kCalledWorkflowsMax) {
        const auto call = std::move(open.back());
        open.pop_back();
        if (pinned.called.contains(call)) continue;
        auto called = find(call);
        if (!called) continue;
        std::ranges::move(calls_of(*called), std::back_inserter(open));
        pinned.called.emplace(call, std::move(*called));
    }
    return pinned;
}

Result<json::object> to_json(const Pinned& pinned) {
    auto object = workflow::to_json(pinned.definition);
    if (pinned.called.empty()) return object;
    json::object called;
    for (const auto& [call, definition] : pinned.called) called[call] = workflow::to_json(definition);
    if (const auto bytes = to_text(called).size(); bytes > kCalledBytesMax)
        return Error{Code::InvalidArgument,
                     fmt::format("The workflows that this one calls have {} bytes of JSON, {} are the most.",
                                 bytes, kCalledBytesMax)};
    object[kCalled] = std::move(called);
    return object;
}

Result<Pinned> read_pinned(const json::value& value) {
    Pinned pinned;
    auto object = value.is_object() ? value.get_object() : json::object();
    if (const auto* called = find_object(object, kCalled)) {
        for (const auto& member : *called) {
            auto definition = workflow::parse(member.value());
            if (!definition) return definition.error();
            pinned.called.emplace(member.key(), std::move(*definition));
        }
        object.erase(kCalled);
    }
    auto definition = workflow::parse(object);
    if (!definition) return definition.error();
    pinned.definition = std::move(*definition);
    return pinned;
}

void take_over(const workflow::Definition& definition, task::Request& request) {
    lower(request.timeout, definition.timeout);
    if (definition.on_disconnect && request.on_disconnect == task::OnDisconnect::Continue)
        request.on_disconnect = policy_of(*definition.on_disconnect);
    if (!definition.budget) return;
    const auto& own = *definition.budget;
    lower(request.timeout, own.wall_time);
    if (!own.tokens && !own.cost && !own.calls && !own.depth) return;
    if (!request.budget) request.budget.emplace();
    lower(request.budget->tokens, own.tokens);
    lower(request.budget->cost, own.cost);
    lower(request.budget->calls, own.calls);
    lower(request.budget->depth, own.depth);
}

}  // namespace meshai::mesh
