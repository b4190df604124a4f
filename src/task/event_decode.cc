#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "task/event.h"
#include "task/event_words.h"

namespace meshai::task {
namespace {

// Reads the members of one object and remembers the first that is wrong, so
// that a decoder can be a list of assignments. A missing member is empty; an
// unknown one is of a later version and is left alone.
class Members {
  public:
    Members(const json::object& object, std::string& wrong) : object_(object), wrong_(wrong) {}

    std::string text(std::string_view key) {
        const auto* value = find(object_, key);
        if (!value) return {};
        if (const auto* string = value->if_string()) return std::string(*string);
        blame(key);
        return {};
    }
    std::int64_t whole(std::string_view key, std::int64_t otherwise) {
        if (!find(object_, key)) return otherwise;
        if (const auto number = find_int(object_, key)) return *number;
        blame(key);
        return otherwise;
    }
    int small(std::string_view key, int otherwise) {
        const auto number = whole(key, otherwise);
        if (number >= 0 && number <= std::numeric_limits<int>::max()) return static_cast<int>(number);
        blame(key);
        return otherwise;
    }
    std::optional<double> number(std::string_view key) {
        if (!find(object_, key)) return std::nullopt;
        const auto number = find_number(object_, key);
        if (!number) blame(key);
        return number;
    }
    bool yes(std::string_view key) {
        if (!find(object_, key)) return false;
        const auto value = find_bool(object_, key);
        if (!value) blame(key);
        return value.value_or(false);
    }
    json::value value(std::string_view key) {
        const auto* value = find(object_, key);
        return value ? *value : json::value();
    }
    json::object object(std::string_view key) {
        const auto* value = find(object_, key);
        if (!value) return {};
        if (const auto* object = value->if_object()) return *object;
        blame(key);
        return {};
    }
    json::array array(std::string_view key) {
        const auto* value = find(object_, key);
        if (!value) return {};
        if (const auto* array = value->if_array()) return *array;
        blame(key);
        return {};
    }
    std::vector<std::string> texts(std::string_view key) {
        auto strings = find_strings(object_, key);
        if (strings) return std::move(*strings);
        blame(key);
        return {};
    }
    template <class Enum, std::size_t N>
    Enum word(std::string_view key, const std::array<Word<Enum>, N>& words) {
        if (!find(object_, key)) return words.front().value;
        const auto name = text(key);
        for (const auto& entry : words)
            if (entry.name == name) return entry.value;
        blame(key);
        return words.front().value;
    }
    void blame(std::string_view key) {
        if (wrong_.empty()) wrong_ = key;
    }
    void needs(std::string_view key) {
        if (!find(object_, key)) blame(key);
    }
    std::string& wrong() { return wrong_; }

  private:
    const json::object& object_;
    std::string& wrong_;
};

Usage read_usage(const json::object& object, std::string& wrong) {
    Members in(object, wrong);
    return Usage{in.whole("input_tokens", 0), in.whole("output_tokens", 0), in.number("cost").value_or(0)};
}

Budget read_budget(const json::object& object, std::string& wrong) {
    Members in(object, wrong);
    Budget budget;
    if (find(object, "tokens")) budget.tokens = in.whole("tokens", 0);
    budget.cost = in.number("cost");
    if (find(object, "calls")) budget.calls = in.whole("calls", 0);
    if (find(object, "depth")) budget.depth = in.small("depth", 0);
    return budget;
}

Lineage read_lineage(const json::object& object, std::string& wrong) {
    Members in(object, wrong);
    Lineage lineage{TaskId{in.text("parent")}, TaskId{in.text("root")}, in.text("step"),
                    in.small("depth", 0)};
    for (auto& id : in.texts("budgets")) lineage.budgets.push_back(TaskId{std::move(id)});
    return lineage;
}

Request read_request(const json::object& object, std::string& wrong) {
    Members in(object, wrong);
    Request request;
    request.input = in.value("input");
    request.task_type = in.text("task_type");
    request.capabilities = in.texts("capabilities");
    request.agents = in.texts("agents");
    request.avoided = in.texts("avoided");
    request.routing_strategy = in.text("routing_strategy");
    request.preferred_framework = in.text("preferred_framework");
    request.context = in.object("context");
    request.parameters = in.object("parameters");
    request.instructions = in.value("instructions");
    if (find(object, "timeout_ms")) request.timeout = Millis{in.whole("timeout_ms", 0)};
    request.retries_max = in.small("retries_max", 0);
    request.on_disconnect = in.word("on_disconnect", kOnDisconnectWords);
    request.recovery = in.word("recovery", kRecoveryWords);
    request.parent_task_id = in.text("parent_task_id");
    request.correlation_id = in.text("correlation_id");
    request.affinity = in.text("affinity");
    request.conversation = in.text("conversation");
    request.workflow = in.value("workflow");
    if (find(object, "budget")) request.budget = read_budget(in.object("budget"), wrong);
    if (find(object, "lineage")) request.lineage = read_lineage(in.object("lineage"), wrong);
    request.trace = in.text("trace");
    return request;
}

Body read(Submitted body, Members& in) {
    in.needs("request");
    body.request = read_request(in.object("request"), in.wrong());
    body.subject.value = in.text("subject");
    body.deadline = wall_of(in.whole("deadline", 0));
    return body;
}

Body read(Routed body, Members& in) {
    body.agent.value = in.text("agent");
    body.agent_name = in.text("agent_name");
    body.strategy = in.text("strategy");
    body.capabilities = in.texts("capabilities");
    body.fallback = in.yes("fallback");
    body.reason = in.text("reason");
    for (const auto& item : in.array("candidates")) {
        const auto* object = item.if_object();
        if (!object) {
            in.blame("candidates");
            break;
        }
        Members of(*object, in.wrong());
        body.candidates.push_back(
            {AgentId{of.text("agent")}, of.number("score").value_or(0), of.text("reason")});
    }
    return body;
}

Body read(Started body, Members& in) {
    in.needs("attempt");
    body.attempt = in.small("attempt", 1);
    body.agent.value = in.text("agent");
    body.agent_name = in.text("agent_name");
    body.reason = in.text("reason");
    return body;
}

Body read(Progress body, Members& in) {
    body.message = in.text("message");
    body.percent = in.number("percent");
    body.step = in.text("step");
    body.agent.value = in.text("agent");
    body.details = in.object("details");
    return body;
}

Body read(Output body, Members& in) {
    in.needs("text");
    body.text = in.text("text");
    body.attempt = in.small("attempt", 1);
    return body;
}

Body read(StepStarted body, Members& in) {
    body.step = in.text("step");
    body.agent.value = in.text("agent");
    body.type = in.text("type");
    body.child.value = in.text("child");
    body.attempt = in.small("attempt", 1);
    return body;
}

Body read(StepFinished body, Members& in) {
    body.step = in.text("step");
    body.agent.value = in.text("agent");
    body.status = in.text("status");
    body.child.value = in.text("child");
    body.attempt = in.small("attempt", 1);
    body.usage = read_usage(in.object("usage"), in.wrong());
    body.error = in.text("error");
    body.reason = in.text("reason");
    body.result = in.value("result");
    return body;
}

Body read(Relayed body, Members& in) {
    in.needs("body");
    body.step = in.text("step");
    body.child.value = in.text("child");
    body.seq.value = static_cast<std::uint64_t>(std::max<std::int64_t>(0, in.whole("child_seq", 0)));
    body.body = in.object("body");
    return body;
}

Body read(Spent body, Members& in) {
    body.usage = read_usage(in.object("usage"), in.wrong());
    body.attempt = in.small("attempt", 1);
    return body;
}

Body read(AgentMessage body, Members& in) {
    body.from.value = in.text("from");
    body.to.value = in.text("to");
    body.content = in.value("content");
    body.kind = in.text("as");
    return body;
}

Body read(InputRequired body, Members& in) {
    body.key = in.text("key");
    body.question = in.value("question");
    if (in.value("expires_at").is_int64() || in.value("expires_at").is_uint64())
        body.expires_at = wall_of(in.whole("expires_at", 0));
    return body;
}

Body read(InputGiven body, Members& in) {
    body.key = in.text("key");
    body.answer = in.value("answer");
    body.by.value = in.text("by");
    return body;
}

Body read(Completed body, Members& in) {
    in.needs("result");
    body.result = in.value("result");
    body.usage = read_usage(in.object("usage"), in.wrong());
    body.agent.value = in.text("agent");
    body.attempt = in.small("attempt", 1);
    return body;
}

Body read(Failed body, Members& in) {
    in.needs("code");
    body.code = code_of(in.text("code"));
    body.message = in.text("message");
    body.details = in.object("details");
    body.partial = in.object("partial");
    return body;
}

Body read(Cancelled body, Members& in) {
    body.by = in.text("by");
    body.why = in.text("why");
    return body;
}

// Finds the alternative whose kind is `name`, and reads it.
template <std::size_t I = 0>
std::optional<Body> read_kind(std::string_view name, Members& in) {
    if constexpr (I == std::variant_size_v<Body>) {
        return std::nullopt;
    } else {
        using Alternative = std::variant_alternative_t<I, Body>;
        static const auto mine = std::string(kind(Body(std::in_place_index<I>)));
        if (name == mine) return read(Alternative{}, in);
        return read_kind<I + 1>(name, in);
    }
}

Error corrupt(std::string cause) {
    return Error{Code::Corrupt, "An event of this task cannot be read back from the store.",
                 std::move(cause)};
}

}  // namespace

Result<Body> decode(std::string_view bytes) {
    const auto tree = parse_json(bytes, kStoredDepthMax);
    if (!tree) return corrupt(tree.error().message);
    const auto* object = tree->if_object();
    if (!object) return corrupt("A stored event is not a JSON object.");
    return from_object(*object);
}

Result<Body> from_object(const json::object& object) {
    std::string wrong;
    Members in(object, wrong);
    const auto name = in.text("kind");
    auto body = read_kind(name, in);
    if (!body) return corrupt(fmt::format("Unknown kind of event \"{}\".", name));
    if (!wrong.empty())
        return corrupt(fmt::format("Event \"{}\": \"{}\" is missing or has a wrong type.", name, wrong));
    return std::move(*body);
}

}  // namespace meshai::task
