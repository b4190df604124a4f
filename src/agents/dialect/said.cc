#include "agents/dialect/said.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace meshai::agents::dialect {
namespace {

constexpr std::string_view kDone = "[DONE]";
constexpr std::size_t kTypeBytesMax = 64;

// Members in which agents put a piece of the answer, the commonest first.
constexpr std::array<std::string_view, 6> kTokenMembers = {"text",  "content", "token",
                                                           "delta", "data",    "output"};

constexpr std::array<std::string_view, 13> kTypes = {
    "start",         "progress",  "token",  "output", "delta",    "chunk", "step",
    "agent_message", "keepalive", "result", "error",  "complete", "status"};

Error broken(std::string what) {
    return Error{Code::AgentProtocol, std::move(what)};
}

Error wrong_member(std::string_view type, std::string_view member) {
    return broken(fmt::format("sent a \"{}\" event whose \"{}\" has the wrong type", type, member));
}

bool is_given(const json::object& event, std::string_view member) {
    const auto* value = find(event, member);
    return value != nullptr && !value->is_null();
}

Result<std::string> text_member(const json::object& event, std::string_view type, std::string_view member) {
    if (!is_given(event, member)) return std::string{};
    auto text = find_string(event, member);
    if (!text) return wrong_member(type, member);
    return std::move(*text);
}

std::string short_text(std::string text) {
    return std::string(utf8_prefix(text, task::kMessageBytesMax));
}

Result<Said> read_progress(const json::object& event, std::string_view type) {
    task::Progress progress;
    auto message = text_member(event, type, "message");
    if (!message) return message.error();
    progress.message = short_text(std::move(*message));
    if (is_given(event, "progress")) {
        const auto percent = find_number(event, "progress");
        if (!percent) return wrong_member(type, "progress");
        progress.percent = std::clamp(*percent, 0.0, 100.0);
    }
    if (is_given(event, "details")) {
        const auto* details = find_object(event, "details");
        if (!details) return wrong_member(type, "details");
        progress.details = *details;
    }
    progress.step = short_text(find_string(progress.details, "current_step").value_or(""));
    if (progress.step.empty()) {
        auto step = text_member(event, type, "step");
        if (!step) return step.error();
        progress.step = short_text(std::move(*step));
    }
    return progress;
}

Result<Said> read_token(const json::object& event, std::string_view type) {
    for (const auto member : kTokenMembers) {
        if (!is_given(event, member)) continue;
        auto text = find_string(event, member);
        if (!text) return wrong_member(type, member);
        return Token{std::move(*text)};
    }
    return broken(fmt::format("sent a \"{}\" event without a text", type));
}

task::Usage usage_member(const json::object& event) {
    const auto* usage = find_object(event, "usage");
    return usage ? read_usage(*usage) : task::Usage{};
}

Result<Said> read_result(const json::object& event) {
    const auto* value = find(event, "data");
    if (!value) value = find(event, "result");
    if (!value) return broken("sent a \"result\" event without \"data\"");
    Outcome result{.value = *value, .usage = usage_member(event)};
    // A result too large for a frame comes as its beginning and an address.
    if (const auto* data = value->if_object(); data && find_bool(*data, "truncated") == true) {
        if (auto url = find_string(*data, "result_url")) {
            result.is_truncated = true;
            result.url = std::move(*url);
        }
    }
    return result;
}

Result<Said> read_fault(const json::object& event) {
    auto message = text_member(event, "error", "message");
    if (!message) return message.error();
    Fault fault{.message = short_text(std::move(*message))};
    if (const auto* code = find(event, "code"))
        fault.code = code->is_string() ? std::string(code->get_string()) : to_text(*code);
    if (const auto* details = find_object(event, "details")) fault.details = *details;
    return fault;
}

Result<Said> read_agent_message(const json::object& event) {
    task::AgentMessage message;
    message.from.value = find_string(event, "from").value_or("");
    message.to.value = find_string(event, "to").value_or("");
    const auto* content = find(event, "content");
    if (!content) content = find(event, "message");
    if (!content) return broken("sent an \"agent_message\" event without \"content\"");
    message.content = *content;
    return message;
}

// The first text of a tool's result.
std::string content_text(const json::object& result) {
    const auto* content = find_array(result, "content");
    if (!content || content->empty() || !content->front().is_object()) return {};
    return short_text(find_string(content->front().get_object(), "text").value_or(""));
}

// The JSON-RPC response that ends a stream of the guide.
Result<Said> read_response(const json::object& response) {
    if (const auto* error = find_object(response, "error")) return read_fault(*error);
    const auto* result = find(response, "result");
    if (!result) return broken("sent a JSON-RPC message that is no response");
    const auto* object = result->if_object();
    if (!object) return Outcome{.value = *result};
    const auto* structured = find_object(*object, "structuredContent");
    if (find_bool(*object, "isError") == true) {
        const auto* error = structured ? find_object(*structured, "error") : nullptr;
        if (error) return read_fault(*error);
        return Fault{.message = content_text(*object)};
    }
    if (structured)
        if (const auto* data = find(*structured, "data")) return Outcome{.value = *data};
    // The guide's own last line, {"status":"completed"}, says that it is over and nothing else.
    if (object->size() == 1 && object->contains("status"))
        return Complete{.status = find_string(*object, "status").value_or("")};
    return Outcome{.value = *result};
}

Result<Said> read_event(const json::object& event, const std::string& type) {
    if (type == "start") return Start{find_string(event, "task_id").value_or("")};
    if (type == "progress" || type == "step" || type == "status") return read_progress(event, type);
    if (type == "token" || type == "output" || type == "delta" || type == "chunk")
        return read_token(event, type);
    if (type == "keepalive") return Keepalive{};
    if (type == "result") return read_result(event);
    if (type == "error") return read_fault(event);
    if (type == "agent_message") return read_agent_message(event);
    if (type == "complete")
        return Complete{.status = find_string(event, "status").value_or(""), .usage = usage_member(event)};
    return Other{std::string(utf8_prefix(type, kTypeBytesMax))};
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

}  // namespace

Result<Said> parse(std::string_view text) {
    text = trimmed(text);
    if (text == kDone) return Done{};
    auto event = parse_json(text);
    if (!event) return broken("sent an event that is not JSON");
    const auto* object = event->if_object();
    if (!object) return broken("sent an event that is not a JSON object");
    const auto* type = find(*object, "type");
    if (!type) {
        if (object->contains("jsonrpc")) return read_response(*object);
        return broken("sent an event without a \"type\"");
    }
    if (!type->is_string()) return broken("sent an event whose \"type\" is not a string");
    return read_event(*object, std::string(type->get_string()));
}

Result<std::vector<Said>> parse_message(std::string_view data) {
    std::vector<Said> all;
    auto whole = parse(data);
    if (whole) {
        all.push_back(std::move(*whole));
        return all;
    }
    // The guide's own sample prints its error line and "data: [DONE]" without a
    // blank line between them: one message, two events.
    if (data.find('\n') == std::string_view::npos) return whole.error();
    while (!data.empty()) {
        const auto end = std::min(data.find('\n'), data.size());
        const auto line = trimmed(data.substr(0, end));
        data.remove_prefix(std::min(end + 1, data.size()));
        if (line.empty()) continue;
        auto said = parse(line);
        if (!said) return said.error();
        all.push_back(std::move(*said));
    }
    return all;
}

bool is_event(std::string_view line) {
    const auto object = parse_json_object(trimmed(line));
    if (!object) return false;
    const auto type = find_string(*object, "type");
    return type && std::ranges::find(kTypes, *type) != kTypes.end();
}

task::Usage read_usage(const json::object& usage) {
    const auto tokens = [&usage](std::string_view name, std::string_view other) {
        const auto count = find_int(usage, name);
        return std::max<std::int64_t>(0, count ? *count : find_int(usage, other).value_or(0));
    };
    return {.input_tokens = tokens("input_tokens", "prompt_tokens"),
            .output_tokens = tokens("output_tokens", "completion_tokens"),
            .cost = std::max(0.0, find_number(usage, "cost").value_or(0))};
}

json::value normal_result(json::value value) {
    if (value.is_string() || value.is_object()) return value;
    if (value.is_null()) return json::string{};
    return json::object{{"value", std::move(value)}};
}

}  // namespace meshai::agents::dialect
