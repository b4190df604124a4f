#include <fmt/format.h>

#include "wire/mcp/form.h"
#include "wire/mcp/questions.h"

namespace meshai::wire::mcp {
namespace {

/// A client that shares more folders than this is not believed.
constexpr std::size_t kRootsMax = 1'000;
/// Parts of one message of a client's model.
constexpr std::size_t kSampledBlocksMax = 1'000;

Error wrong(std::string sentence) {
    return {Code::InvalidArgument, std::move(sentence)};
}

Result<std::string> action_of(const json::object& answer) {
    auto action = find_string(answer, "action");
    if (!action || (*action != "accept" && *action != "decline" && *action != "cancel"))
        return wrong(R"(The answer to an elicitation needs an "action": "accept", "decline" or "cancel".)");
    return *action;
}

// MCP, elicitation: content is "only present when action is accept and mode was
// form"; what stands there otherwise is dropped unread.
Result<json::object> check_elicited(const FormQuestion& form, const json::object& answer) {
    auto action = action_of(answer);
    if (!action) return action.error();
    json::object checked;
    checked["action"] = *action;
    if (*action != "accept") return checked;

    static const json::object kNothing;
    const auto* content = find(answer, "content");
    if (content && !content->is_object())
        return wrong("The \"content\" of an elicitation must be an object.");
    auto given = check_form(form.schema, content ? content->get_object() : kNothing);
    if (!given) return given.error();
    checked["content"] = std::move(*given);
    return checked;
}

Result<json::object> check_visited(const json::object& answer) {
    auto action = action_of(answer);
    if (!action) return action.error();
    json::object checked;
    checked["action"] = *action;
    return checked;
}

bool is_block(const json::value& value) {
    const auto* block = value.if_object();
    return block && find_string(*block, "type");
}

// One block, or a list of them since 2025-11-25.
bool is_sampled_content(const json::value* content) {
    if (!content) return false;
    const auto* blocks = content->if_array();
    if (!blocks) return is_block(*content);
    if (blocks->size() > kSampledBlocksMax) return false;
    for (const auto& block : *blocks)
        if (!is_block(block)) return false;
    return true;
}

Result<json::object> check_sampled(const json::object& answer) {
    const auto role = find_string(answer, "role");
    if (role != "assistant" && role != "user")
        return wrong(R"(The answer of a model needs a "role": "assistant" or "user".)");
    if (!is_sampled_content(find(answer, "content")))
        return wrong(
            "The \"content\" of a model's answer must be a block with a \"type\", or a list of them.");
    if (!find_string(answer, "model")) return wrong("The answer of a model needs the name of the \"model\".");
    return answer;
}

Result<json::object> check_roots(const json::object& answer) {
    const auto* roots = find_array(answer, "roots");
    if (!roots) return wrong("The answer to roots/list needs a list of \"roots\".");
    if (roots->size() > kRootsMax) return wrong(fmt::format("At most {} roots can be shared.", kRootsMax));
    for (const auto& root : *roots) {
        const auto* object = root.if_object();
        if (!object || find_string(*object, "uri").value_or("").empty())
            return wrong("Every root needs a \"uri\".");
    }
    return answer;
}

}  // namespace

Result<json::object> check_answer(const Question& question, const json::value& answer) {
    const auto* object = answer.if_object();
    if (!object) return wrong(fmt::format("The answer to {} must be an object.", method_of(question)));
    if (const auto* form = std::get_if<FormQuestion>(&question)) return check_elicited(*form, *object);
    if (std::holds_alternative<UrlQuestion>(question)) return check_visited(*object);
    if (std::holds_alternative<SamplingQuestion>(question)) return check_sampled(*object);
    return check_roots(*object);
}

}  // namespace meshai::wire::mcp
