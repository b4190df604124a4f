#include "wire/meshai/ask.h"

#include <fmt/format.h>

#include <array>
#include <span>

namespace meshai::wire::guide {
namespace {

// Reads members one after the other and keeps the first complaint, so that a
// body is read in a list of lines and checked once at the end.
class Reader {
  public:
    explicit Reader(const json::object& object) : object_(object) {}

    std::string word(std::string_view key, std::size_t bytes_max = kWordBytesMax) {
        const auto* value = present(key);
        if (!value) return {};
        if (!value->is_string()) return complain(key, "must be a string"), std::string{};
        if (value->get_string().size() > bytes_max)
            complain(key, fmt::format("may have at most {} bytes", bytes_max));
        return std::string(value->get_string());
    }

    std::string one_of(std::string_view key, std::span<const std::string_view> words) {
        auto text = word(key);
        if (text.empty()) return text;
        for (const auto& known : words)
            if (text == known) return text;
        complain(key, fmt::format("must be one of {}", fmt::join(words, ", ")));
        return {};
    }

    std::vector<std::string> words(std::string_view key) {
        std::vector<std::string> list;
        const auto* value = present(key);
        if (!value) return list;
        const auto* array = value->if_array();
        if (!array) return complain(key, "must be a list of strings"), list;
        if (array->size() > kListItemsMax)
            return complain(key, fmt::format("may hold at most {} strings", kListItemsMax)), list;
        for (const auto& item : *array) {
            const auto* text = item.if_string();
            if (!text || text->empty() || text->size() > kWordBytesMax)
                return complain(key, fmt::format("must hold strings of 1 to {} bytes", kWordBytesMax)), list;
            list.emplace_back(*text);
        }
        return list;
    }

    json::object object(std::string_view key) {
        const auto* value = present(key);
        if (!value) return {};
        if (const auto* found = value->if_object()) return *found;
        complain(key, "must be an object");
        return {};
    }

    json::value text_or_object(std::string_view key) {
        const auto* value = present(key);
        if (!value) return nullptr;
        if (!value->is_string() && !value->is_object()) complain(key, "must be a string or an object");
        return *value;
    }

    std::optional<std::int64_t> number(std::string_view key, std::int64_t min, std::int64_t max) {
        if (!present(key)) return std::nullopt;
        const auto value = find_int(object_, key);
        if (!value || *value < min || *value > max)
            return complain(key, fmt::format("must be a whole number from {} to {}", min, max)), std::nullopt;
        return value;
    }

    bool flag(std::string_view key) {
        const auto* value = present(key);
        if (!value) return false;
        if (!value->is_bool()) complain(key, "must be true or false");
        return value->is_bool() && value->get_bool();
    }

    const json::value* present(std::string_view key) const {
        const auto* value = find(object_, key);
        return value && !value->is_null() ? value : nullptr;
    }

    void complain(std::string_view key, std::string_view what) {
        if (!error_) error_ = Error{Code::InvalidArgument, fmt::format("\"{}\" {}.", key, what)};
    }

    const std::optional<Error>& error() const { return error_; }

  private:
    const json::object& object_;
    std::optional<Error> error_;
};

constexpr std::array<std::string_view, 4> kOnDisconnect = {"continue", "cancel", "grace", "detach"};
constexpr std::array<std::string_view, 3> kRecovery = {"auto", "rerun", "fail"};

// What is left over of a member may be said by the reader of its parts.
std::optional<BudgetAsk> read_budget(Reader& from) {
    if (!from.present("budget")) return std::nullopt;
    const auto object = from.object("budget");
    Reader parts(object);
    BudgetAsk budget;
    budget.tokens = parts.number("tokens", 0, kBudgetMax);
    budget.calls = parts.number("calls", 0, kBudgetMax);
    budget.depth = parts.number("depth", 0, kBudgetDepthMax);
    budget.wall_time_seconds = parts.number("wall_time", 1, kTimeoutSecondsMax);
    if (parts.present("cost")) {
        budget.cost = find_number(object, "cost");
        if (!budget.cost || !(*budget.cost >= 0)) parts.complain("cost", "must be a number of 0 or more");
    }
    for (const auto& [key, value] : object)
        if (key != "tokens" && key != "calls" && key != "depth" && key != "wall_time" && key != "cost")
            parts.complain(key, "is no bound; use tokens, cost, calls, depth or wall_time");
    if (parts.error()) from.complain("budget", "has a member that is wrong: " + parts.error()->message);
    return budget;
}

// The members that both forms share.
TaskAsk read_shared(Reader& from) {
    TaskAsk ask;
    ask.task_type = from.word("task_type");
    ask.agents = from.words("agents");
    ask.workflow = from.word("workflow");
    ask.routing_strategy = from.word("routing_strategy");
    ask.preferred_framework = from.word("preferred_framework");
    ask.context = from.object("context");
    ask.parameters = from.object("parameters");
    ask.instructions = from.text_or_object("instructions");
    ask.timeout_seconds = from.number("timeout_seconds", 1, kTimeoutSecondsMax);
    ask.max_retries = from.number("max_retries", 0, kRetriesMax);
    ask.budget = read_budget(from);
    ask.on_disconnect = from.one_of("on_disconnect", kOnDisconnect);
    if (ask.on_disconnect == "detach") ask.on_disconnect = "continue";
    ask.recovery = from.one_of("recovery", kRecovery);
    ask.correlation_id = from.word("correlation_id");
    for (const std::string_view key : {"conversation_id", "session_id", "user_id"})
        if (ask.affinity.empty()) ask.affinity = from.word(key);
    if (from.present("idempotency_key")) {
        ask.idempotency_key = from.word("idempotency_key");
        if (ask.idempotency_key->empty()) from.complain("idempotency_key", "must not be empty");
    }
    ask.stream = from.flag("stream");
    return ask;
}

bool is_blank(const json::value& input) {
    if (const auto* text = input.if_string())
        return std::string_view(*text).find_first_not_of(" \t\r\n") == std::string_view::npos;
    return input.is_object() && input.get_object().empty();
}

json::object property(std::string_view type, std::string_view description) {
    json::object schema;
    schema["type"] = type;
    schema["description"] = description;
    return schema;
}

json::object strings_property(std::string_view description) {
    auto schema = property("array", description);
    schema["items"] = json::object{{"type", "string"}};
    return schema;
}

json::object number_property(std::string_view description, std::int64_t min, std::int64_t max) {
    auto schema = property("integer", description);
    schema["minimum"] = min;
    schema["maximum"] = max;
    return schema;
}

json::object choice_property(std::string_view description, std::initializer_list<std::string_view> words) {
    auto schema = property("string", description);
    json::array choices;
    for (const auto& word : words) choices.emplace_back(word);
    schema["enum"] = std::move(choices);
    return schema;
}

json::object mesh_execute_properties() {
    json::object of;
    of["task"] = property("string", "What to do, in plain words.");
    of["task_type"] = property("string", "A hint for routing: chat, analysis, code or creative.");
    of["capabilities"] = strings_property(
        "Capabilities the agent must have, such as text_generation or code_generation. Detected from the "
        "task "
        "when absent.");
    of["agents"] =
        strings_property("Agents wanted, by id or name, best first. Others step in when none is there.");
    of["workflow"] = property("string", "Name of a workflow that does the task; list_workflows has them.");
    of["context"] = property("object", "What the agent should know besides the task.");
    of["routing_strategy"] = choice_property(
        "How an agent is chosen, or how agents work together.",
        {"capability_match", "performance", "performance_based", "cost_optimized", "round_robin",
         "sticky_session", "least_loaded", "sequential", "parallel", "collaborative", "hierarchical"});
    of["instructions"] = property("string", "Guidelines for this task, beside those of the agent.");
    of["instructions"].as_object()["type"] = json::array{"string", "object"};
    of["timeout_seconds"] =
        number_property("Whole time the task may take, in seconds.", 1, kTimeoutSecondsMax);
    of["max_retries"] = number_property("How often a failed run may be repeated.", 0, kRetriesMax);
    of["budget"] = property("object", "What the task and all its children together may use.");
    of["budget"].as_object()["properties"] = json::object{
        {"tokens", number_property("Tokens, in and out.", 0, kBudgetMax)},
        {"cost", property("number", "Money, in the operator's currency.")},
        {"calls", number_property("Calls of agents and models.", 0, kBudgetMax)},
        {"depth", number_property("Levels of children.", 0, kBudgetDepthMax)},
        {"wall_time", number_property("Seconds, from the submission on.", 1, kTimeoutSecondsMax)}};
    of["on_disconnect"] = choice_property("What becomes of the task when the caller goes away.",
                                          {"continue", "cancel", "grace"});
    of["idempotency_key"] =
        property("string", "Calls with the same key and the same arguments are one task.");
    return of;
}

}  // namespace

Result<TaskAsk> parse_mesh_execute(const json::object& arguments) {
    Reader from(arguments);
    auto ask = read_shared(from);
    ask.capabilities = from.words("capabilities");
    if (!from.present("task"))
        from.complain("task", "is needed: a string that says what to do");
    else
        ask.input = from.word("task", kTaskTextBytesMax);
    if (!from.error() && is_blank(ask.input)) from.complain("task", "must not be empty");
    if (from.error()) return *from.error();
    return ask;
}

Result<TaskAsk> parse_task_body(const json::object& body) {
    Reader from(body);
    auto ask = read_shared(from);
    const bool is_long_name = from.present("required_capabilities") != nullptr;
    ask.capabilities = from.words(is_long_name ? "required_capabilities" : "capabilities");
    if (ask.correlation_id.empty()) ask.correlation_id = from.word("task_id");

    std::string_view source;
    for (const std::string_view key : {"input", "payload", "task"})
        if (source.empty() && from.present(key)) source = key;
    if (source.empty()) {
        from.complain("input",
                      "is needed: a string or an object that says what to do (or \"payload\", or \"task\")");
    } else {
        ask.input = from.text_or_object(source);
        if (!from.error() && is_blank(ask.input)) from.complain(source, "must not be empty");
    }
    if (from.error()) return *from.error();
    return ask;
}

Result<ContinueAsk> parse_continue_body(const json::object& body) {
    Reader from(body);
    ContinueAsk ask;
    ask.task_id = from.word("task_id");
    if (ask.task_id.empty()) from.complain("task_id", "is needed: the task to go on from");
    const std::string_view source =
        from.present("additional_instructions") ? "additional_instructions" : "instructions";
    ask.instructions = from.text_or_object(source);
    if (ask.instructions.is_null() || is_blank(ask.instructions))
        from.complain("additional_instructions",
                      "is needed: a string or an object that says what to do next");
    ask.stream = from.flag("stream");
    if (from.error()) return *from.error();
    return ask;
}

json::object mesh_execute_tool() {
    json::object schema;
    schema["type"] = "object";
    schema["properties"] = mesh_execute_properties();
    schema["required"] = json::array{"task"};

    json::object annotations;
    annotations["title"] = "MeshAI Task Executor";
    annotations["readOnlyHint"] = false;
    annotations["openWorldHint"] = true;

    json::object tool;
    tool["name"] = kMeshExecute;
    tool["title"] = "MeshAI Task Executor";
    tool["description"] =
        "Runs a task on the mesh: picks the agent that fits best, reports progress while it works, and gives "
        "back the answer. A task that takes longer than an answer may take is named by its task_id and goes "
        "on: get_task_result has its answer later.";
    tool["inputSchema"] = std::move(schema);
    tool["annotations"] = std::move(annotations);
    return tool;
}

}  // namespace meshai::wire::guide
