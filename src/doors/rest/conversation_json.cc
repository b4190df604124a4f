#include "doors/rest/conversation_json.h"

#include <fmt/format.h>

#include <array>

#include "doors/rest/task_json.h"

namespace meshai::doors {
namespace {

Error wrong(std::string message) {
    return Error{Code::InvalidArgument, std::move(message)};
}

const json::value* present(const json::object& object, std::string_view key) {
    const auto* value = find(object, key);
    return value && !value->is_null() ? value : nullptr;
}

/// A list of names and instructions are read as those of a task are.
Status read_wishes(const json::object& body, task::TalkSettings& settings) {
    json::object asked{{"input", "-"}};
    for (const std::string_view key : {"agents", "capabilities", "instructions"})
        if (const auto* value = present(body, key)) asked[key] = *value;
    if (const auto* agent = present(body, "agent"); agent && !asked.contains("agents"))
        asked["agents"] = json::array{*agent};
    auto ask = wire::guide::parse_task_body(asked);
    if (!ask) return ask.error();
    if (asked.contains("agents")) settings.agents = std::move(ask->agents);
    if (asked.contains("capabilities")) settings.capabilities = std::move(ask->capabilities);
    if (asked.contains("instructions")) settings.instructions = std::move(ask->instructions);
    return {};
}

/// A whole number, if the member is there. Whether it is in its bounds is not known here.
Result<std::optional<std::int64_t>> read_number(const json::object& object, std::string_view key) {
    if (!present(object, key)) return std::optional<std::int64_t>{};
    const auto number = find_int(object, key);
    constexpr std::int64_t kNumberMax = std::int64_t{1} << 40U;
    if (!number || *number < 0 || *number > kNumberMax)
        return wrong(fmt::format("\"context.{}\" must be a whole number.", key));
    return number;
}

Status read_context(const json::object& body, task::ContextBound& bound) {
    const auto* value = present(body, "context");
    if (!value) return {};
    const auto* context = value->if_object();
    if (!context)
        return wrong("\"context\" must be an object with max_turns, max_bytes or max_tokens, and policy.");
    const auto turns = read_number(*context, "max_turns");
    const auto bytes = read_number(*context, "max_bytes");
    const auto tokens = read_number(*context, "max_tokens");
    for (const auto* number : {&turns, &bytes, &tokens})
        if (!*number) return number->error();
    if (*turns) bound.turns_max = static_cast<std::size_t>(**turns);
    if (*tokens) bound.bytes_max = static_cast<std::size_t>(**tokens * kBytesOfAToken);
    if (*bytes) bound.bytes_max = static_cast<std::size_t>(**bytes);
    if (!present(*context, "policy")) return {};
    const auto policy = task::overflow_of(find_string(*context, "policy").value_or(""));
    if (!policy) return wrong("\"context.policy\" must be one of drop, summarise.");
    bound.overflow = *policy;
    return {};
}

json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return json::value(text);
}

json::object message(std::string_view role, const json::value& content) {
    return {{"role", role}, {"content", content}};
}

json::array messages_of(const task::View& view) {
    json::array said{message("user", view.submitted.request.input)};
    if (view.completed) said.push_back(message("assistant", view.completed->result));
    return said;
}

}  // namespace

Result<task::TalkSettings> parse_settings(const json::object& body, task::TalkSettings settings) {
    if (const auto* title = present(body, "title")) {
        if (!title->is_string()) return wrong("\"title\" must be a string.");
        settings.title = std::string(title->get_string());
    }
    if (const auto* metadata = present(body, "metadata")) {
        if (!metadata->is_object()) return wrong("\"metadata\" must be an object.");
        settings.metadata = metadata->get_object();
    }
    if (auto read = read_wishes(body, settings); !read) return read.error();
    if (auto read = read_context(body, settings.context); !read) return read.error();
    return settings;
}

Result<wire::guide::TaskAsk> parse_turn(const json::object& body) {
    const auto* said = present(body, "message");
    if (!said || !(said->is_string() || said->is_object()))
        return wrong("\"message\" is needed: a string or an object that says something.");
    const bool is_blank =
        said->is_string() &&
        std::string_view(said->get_string()).find_first_not_of(" \t\r\n") == std::string_view::npos;
    if (is_blank || (said->is_object() && said->get_object().empty()))
        return wrong("\"message\" must not be empty.");
    if (const auto* wait = present(body, "wait"); wait && !wait->is_bool())
        return wrong("\"wait\" must be true or false.");
    auto asked = body;
    for (const std::string_view key : {"payload", "task", "message", "agent", "task_id"}) asked.erase(key);
    asked["input"] = *said;
    if (const auto* agent = present(body, "agent")) {
        if (!agent->is_string()) return wrong("\"agent\" must be a string: the id or name of an agent.");
        if (present(body, "agents")) return wrong("Send \"agent\" or \"agents\", not both.");
        asked["agents"] = json::array{*agent};
    }
    return wire::guide::parse_task_body(asked);
}

json::object conversation_json(const task::Conversation& conversation) {
    const auto& settings = conversation.settings;
    json::object body;
    body["conversation_id"] = conversation.id;
    body["title"] = text_or_null(settings.title);
    body["agents"] = to_array(settings.agents);
    body["capabilities"] = to_array(settings.capabilities);
    body["instructions"] = settings.instructions;
    body["context"] = json::object{{"max_turns", settings.context.turns_max},
                                   {"max_bytes", settings.context.bytes_max},
                                   {"policy", task::overflow_name(settings.context.overflow)}};
    body["metadata"] = settings.metadata;
    body["turn_count"] = conversation.turns;
    body["last_turn"] = text_or_null(conversation.last.value);
    body["forked_from"] = nullptr;
    if (!conversation.forked_from.empty())
        body["forked_from"] = json::object{{"conversation_id", conversation.forked_from},
                                           {"turn", conversation.forked_at.value}};
    body["created_at"] = rfc3339_ms(conversation.created_at);
    body["updated_at"] = rfc3339_ms(conversation.used_at);
    return body;
}

json::object turn_json(const std::string& conversation, std::size_t number, const TaskId& id,
                       const task::View& view) {
    const auto whole = status_json(id, view);
    json::object body{{"number", number}};
    for (const std::string_view key :
         {"task_id", "status", "agent_id", "agent_name", "usage", "error", "error_code", "submitted_at",
          "started_at", "completed_at", "stream_url"})
        if (const auto* value = find(whole, key)) body[key] = *value;
    body["messages"] = messages_of(view);
    // A fork shares the turns before it: they were said in another conversation.
    const auto& said_in = view.submitted.request.conversation;
    if (said_in != conversation) body["conversation_id"] = said_in;
    return body;
}

json::object turn_line(std::size_t number, const task::Summary& summary) {
    const auto whole = summary_json(summary);
    json::object body{{"number", number}};
    for (const std::string_view key :
         {"task_id", "status", "agent_id", "error_code", "submitted_at", "completed_at"})
        if (const auto* value = find(whole, key)) body[key] = *value;
    return body;
}

json::object gone_turn_json(std::size_t number, const TaskId& id) {
    return {{"number", number}, {"task_id", id.value}, {"status", "gone"}};
}

}  // namespace meshai::doors
