#include <cmath>

#include "task/event.h"
#include "task/event_words.h"

namespace meshai::task {
namespace {

constexpr std::size_t kOwnLevels = 8;  // of JSON around a value that came from outside

// JSON has no words for "not a number" and infinity, and a reader that counts
// levels refuses a tree that is too deep. Neither comes through our strict
// parser, but a value may have been made by other means.
void make_storable(json::value& value, std::size_t levels_left) {
    if (auto* number = value.if_double(); number && !std::isfinite(*number)) value = nullptr;
    if (!value.is_structured()) return;
    if (levels_left == 0) {
        value = nullptr;
        return;
    }
    if (auto* object = value.if_object())
        for (auto& member : *object) make_storable(member.value(), levels_left - 1);
    if (auto* array = value.if_array())
        for (auto& item : *array) make_storable(item, levels_left - 1);
}

json::value storable(json::value value) {
    make_storable(value, kStoredDepthMax - kOwnLevels);
    return value;
}

json::value number(double value) {
    return std::isfinite(value) ? json_number(value) : json::value(0);
}

template <class Enum, std::size_t N>
std::string_view word(const std::array<Word<Enum>, N>& words, Enum value) {
    for (const auto& entry : words)
        if (entry.value == value) return entry.name;
    return words.front().name;
}

// What is empty is not written: the reader takes a missing member for empty.
void put(json::object& object, std::string_view key, const std::string& text) {
    if (!text.empty()) object[key] = text;
}
template <class Kind>
void put(json::object& object, std::string_view key, const Id<Kind>& id) {
    put(object, key, id.value);
}
void put(json::object& object, std::string_view key, const std::vector<std::string>& texts) {
    if (!texts.empty()) object[key] = to_array(texts);
}
void put(json::object& object, std::string_view key, const json::object& value) {
    if (!value.empty()) object[key] = storable(value);
}
void put(json::object& object, std::string_view key, const json::value& value) {
    if (!value.is_null()) object[key] = storable(value);
}

json::object to_json(const Usage& usage) {
    return {{"input_tokens", usage.input_tokens},
            {"output_tokens", usage.output_tokens},
            {"cost", number(usage.cost)}};
}

json::object to_json(const Budget& budget) {
    json::object out;
    if (budget.tokens) out["tokens"] = *budget.tokens;
    if (budget.cost) out["cost"] = number(*budget.cost);
    if (budget.calls) out["calls"] = *budget.calls;
    if (budget.depth) out["depth"] = *budget.depth;
    return out;
}

json::object to_json(const Lineage& lineage) {
    json::object out{{"parent", lineage.parent.value}, {"depth", lineage.depth}};
    put(out, "root", lineage.root);
    put(out, "step", lineage.step);
    json::array budgets;
    for (const auto& id : lineage.budgets) budgets.emplace_back(id.value);
    if (!budgets.empty()) out["budgets"] = std::move(budgets);
    return out;
}

struct Encode {
    json::object& out;

    void operator()(const Submitted& body) const {
        out["request"] = to_json(body.request);
        put(out, "subject", body.subject);
        out["deadline"] = unix_ms(body.deadline);
    }
    void operator()(const Routed& body) const {
        put(out, "agent", body.agent);
        put(out, "agent_name", body.agent_name);
        put(out, "strategy", body.strategy);
        put(out, "capabilities", body.capabilities);
        if (body.fallback) out["fallback"] = true;
        put(out, "reason", body.reason);
        json::array candidates;
        for (const auto& candidate : body.candidates) {
            json::object entry{{"score", number(candidate.score)}};
            put(entry, "agent", candidate.agent);
            put(entry, "reason", candidate.reason);
            candidates.emplace_back(std::move(entry));
        }
        if (!candidates.empty()) out["candidates"] = std::move(candidates);
    }
    void operator()(const Started& body) const {
        out["attempt"] = body.attempt;
        put(out, "agent", body.agent);
        put(out, "agent_name", body.agent_name);
        put(out, "reason", body.reason);
    }
    void operator()(const Progress& body) const {
        put(out, "message", body.message);
        if (body.percent && std::isfinite(*body.percent)) out["percent"] = json_number(*body.percent);
        put(out, "step", body.step);
        put(out, "agent", body.agent);
        put(out, "details", body.details);
    }
    void operator()(const Relayed& body) const {
        put(out, "step", body.step);
        put(out, "child", body.child);
        out["child_seq"] = body.seq.value;
        out["body"] = body.body;
    }
    void operator()(const Spent& body) const {
        out["usage"] = to_json(body.usage);
        out["attempt"] = body.attempt;
    }
    void operator()(const Output& body) const {
        out["text"] = body.text;
        out["attempt"] = body.attempt;
    }
    void operator()(const StepStarted& body) const {
        put(out, "step", body.step);
        put(out, "agent", body.agent);
        put(out, "type", body.type);
        put(out, "child", body.child);
        out["attempt"] = body.attempt;
    }
    void operator()(const StepFinished& body) const {
        put(out, "step", body.step);
        put(out, "agent", body.agent);
        put(out, "status", body.status);
        put(out, "child", body.child);
        out["attempt"] = body.attempt;
        if (body.usage != Usage{}) out["usage"] = to_json(body.usage);
        put(out, "error", body.error);
        put(out, "reason", body.reason);
        put(out, "result", body.result);
    }
    void operator()(const AgentMessage& body) const {
        put(out, "from", body.from);
        put(out, "to", body.to);
        put(out, "content", body.content);
        put(out, "as", body.kind);
    }
    void operator()(const InputRequired& body) const {
        put(out, "key", body.key);
        put(out, "question", body.question);
        if (body.expires_at) out["expires_at"] = unix_ms(*body.expires_at);
    }
    void operator()(const InputGiven& body) const {
        put(out, "key", body.key);
        put(out, "answer", body.answer);
        put(out, "by", body.by);
    }
    void operator()(const Completed& body) const {
        out["result"] = storable(body.result);
        out["usage"] = to_json(body.usage);
        put(out, "agent", body.agent);
        out["attempt"] = body.attempt;
    }
    void operator()(const Failed& body) const {
        out["code"] = code_name(body.code);
        put(out, "message", body.message);
        put(out, "details", body.details);
        put(out, "partial", body.partial);
    }
    void operator()(const Cancelled& body) const {
        put(out, "by", body.by);
        put(out, "why", body.why);
    }
};

}  // namespace

json::object to_object(const Body& body) {
    json::object out{{"kind", kind(body)}};
    std::visit(Encode{out}, body);
    return out;
}

std::string encode(const Body& body) {
    return to_text(to_object(body));
}

json::object to_json(const Request& request) {
    json::object out;
    put(out, "input", request.input);
    put(out, "task_type", request.task_type);
    put(out, "capabilities", request.capabilities);
    put(out, "agents", request.agents);
    put(out, "avoided", request.avoided);
    put(out, "routing_strategy", request.routing_strategy);
    put(out, "preferred_framework", request.preferred_framework);
    put(out, "context", request.context);
    put(out, "parameters", request.parameters);
    put(out, "instructions", request.instructions);
    if (request.timeout) out["timeout_ms"] = request.timeout->count();
    out["retries_max"] = request.retries_max;
    out["on_disconnect"] = word(kOnDisconnectWords, request.on_disconnect);
    out["recovery"] = word(kRecoveryWords, request.recovery);
    put(out, "parent_task_id", request.parent_task_id);
    put(out, "correlation_id", request.correlation_id);
    put(out, "affinity", request.affinity);
    put(out, "conversation", request.conversation);
    put(out, "workflow", request.workflow);
    if (request.budget) out["budget"] = to_json(*request.budget);
    if (!request.lineage.parent.empty()) out["lineage"] = to_json(request.lineage);
    put(out, "trace", request.trace);
    return out;
}

}  // namespace meshai::task
