#include "agents/openai/completion.h"

#include "agents/dialect/said.h"
#include "agents/failure.h"

namespace meshai::agents::openai {
namespace {

constexpr std::size_t kReasonBytesMax = 64;

Error broken(std::string what) {
    return Error{Code::AgentProtocol, std::move(what)};
}

bool is_given(const json::object& object, std::string_view member) {
    const auto* value = find(object, member);
    return value != nullptr && !value->is_null();
}

// `content` is a string, or a list of parts of which some have a text.
Result<std::string> content_text(const json::value& content) {
    if (content.is_null()) return std::string{};
    if (content.is_string()) return std::string(content.get_string());
    const auto* parts = content.if_array();
    if (!parts) return broken("sent a \"content\" that is neither a text nor a list");
    std::string text;
    for (const auto& part : *parts)
        if (const auto* object = part.if_object()) text += find_string(*object, "text").value_or("");
    return text;
}

}  // namespace

Status Completion::take(std::string_view data) {
    if (data == "[DONE]") {
        done_ = true;
        return {};
    }
    const auto parsed = parse_json(data);
    if (!parsed) return broken("sent a chunk that is not JSON");
    const auto* chunk = parsed->if_object();
    if (!chunk) return broken("sent a chunk that is not a JSON object");
    if (is_given(*chunk, "error")) return Error{Code::AgentFailed, message_in(data)};
    if (const auto* usage = find_object(*chunk, "usage")) usage_ = dialect::read_usage(*usage);
    // The chunk with the usage has no choices; some servers leave the member out.
    if (!is_given(*chunk, "choices")) {
        if (is_given(*chunk, "usage") || is_given(*chunk, "object")) return {};
        return broken("sent JSON that is no chat completion");
    }
    const auto* choices = find_array(*chunk, "choices");
    if (!choices) return broken("sent \"choices\" that are not a list");
    if (choices->empty()) return {};
    const auto* choice = choices->front().if_object();
    if (!choice) return broken("sent a choice that is not an object");
    return take_choice(*choice);
}

Status Completion::take_choice(const json::object& choice) {
    if (find_int(choice, "index").value_or(0) != 0) return {};  // one answer was asked for
    const auto* said = find_object(choice, "delta");
    if (!said) said = find_object(choice, "message");
    if (said) {
        for (const auto* member : {"content", "refusal"}) {
            if (!is_given(*said, member)) continue;
            auto text = content_text(*find(*said, member));
            if (!text) return text.error();
            new_text_ += *text;
        }
        if (is_given(*said, "tool_calls"))
            if (auto taken = tool_calls_.take(*find(*said, "tool_calls")); !taken) return taken;
        thinking_ = thinking_ || is_given(*said, "reasoning_content") || is_given(*said, "reasoning");
    } else if (auto text = find_string(choice, "text")) {
        new_text_ += *text;  // the older completions shape, still written by some servers
    }
    if (is_given(choice, "finish_reason")) {
        auto reason = find_string(choice, "finish_reason");
        if (!reason) return broken("sent a \"finish_reason\" that is not a string");
        finish_reason_ = std::string(utf8_prefix(*reason, kReasonBytesMax));
    }
    return {};
}

}  // namespace meshai::agents::openai
