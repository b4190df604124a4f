#include "cli/answer_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace meshai::cli {
namespace {

const json::object* field_schema(const TaskQuestion& question, const std::string& field) {
    const auto* properties = find_object(question.schema, "properties");
    return properties ? find_object(*properties, field) : nullptr;
}

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

bool is_required(const TaskQuestion& question, const std::string& field) {
    const auto* required = find_array(question.schema, "required");
    return required && std::ranges::any_of(*required, [&](const json::value& one) {
               return one.is_string() && one.get_string() == field;
           });
}

void add_choices(std::string& text, const json::object& schema) {
    const auto add = [&](const json::value& value) {
        const auto* one = value.if_string();
        if (one) text += (text.empty() ? "" : " | ") + std::string(*one);
    };
    if (const auto* values = find_array(schema, "enum"))
        for (const auto& value : *values) add(value);
    for (const auto* member : {"oneOf", "anyOf"})
        if (const auto* titled = find_array(schema, member))
            for (const auto& one : *titled)
                if (const auto* object = one.if_object())
                    if (const auto* value = find(*object, "const")) add(*value);
}

/// "true | false", "red | blue", "a number", …
std::string takes(const json::object& schema) {
    const auto type = find_string(schema, "type").value_or("string");
    if (type == "boolean") return "yes | no";
    if (type == "integer") return "a whole number";
    if (type == "number") return "a number";
    std::string choices;
    if (type == "array") {
        if (const auto* items = find_object(schema, "items")) add_choices(choices, *items);
        return choices.empty() ? "texts with commas between" : choices + ", with commas between";
    }
    add_choices(choices, schema);
    return choices;
}

std::optional<json::value> parsed_number(const std::string& typed) {
    const auto value = parse_json(typed);
    if (!value || !value->is_number()) return std::nullopt;
    return *value;
}

json::array listed(const std::string& typed) {
    json::array list;
    std::string_view rest = typed;
    while (!rest.empty()) {
        const auto comma = std::min(rest.find(','), rest.size());
        auto item = rest.substr(0, comma);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        while (item.starts_with(' ')) item.remove_prefix(1);
        while (item.ends_with(' ')) item.remove_suffix(1);
        if (!item.empty()) list.emplace_back(item);
    }
    return list;
}

std::string field_line(const TaskQuestion& question, const std::string& field) {
    auto line = "  " + field + (is_required(question, field) ? " *" : "");
    const auto* schema = field_schema(question, field);
    if (!schema) return line;
    const auto title = find_string(*schema, "title").value_or("");
    const auto about = find_string(*schema, "description").value_or("");
    const auto wanted = takes(*schema);
    for (const auto& words : {title, about})
        if (!words.empty()) line += ": " + words;
    return wanted.empty() ? line : line + fmt::format(" ({})", wanted);
}

}  // namespace

TaskQuestion question_of(const json::object& shown) {
    TaskQuestion question;
    question.key = find_string(shown, "key").value_or("");
    question.message = find_string(shown, "message").value_or("The task waits for an answer");
    question.expires_at = find_string(shown, "expires_at").value_or("");
    question.link = find_string(shown, "link").value_or("");
    const auto* asked = find_object(shown, "question");
    if (!asked) return question;
    const auto method = find_string(*asked, "method").value_or("elicitation/create");
    question.is_for_a_person = method == "elicitation/create";
    const auto* params = find_object(*asked, "params");
    if (!params) return question;
    if (const auto* schema = find_object(*params, "requestedSchema")) question.schema = *schema;
    if (const auto url = find_string(*params, "url")) question.message += " (" + *url + ")";
    return question;
}

std::vector<std::string> field_names(const TaskQuestion& question) {
    std::vector<std::string> names;
    if (const auto* properties = find_object(question.schema, "properties"))
        for (const auto& [name, schema] : *properties) names.emplace_back(name);
    return names;
}

std::vector<std::string> lines_of(const TaskQuestion& question) {
    std::vector<std::string> lines{fmt::format("the task asks ({}): {}", question.key, question.message)};
    for (const auto& field : field_names(question)) lines.push_back(field_line(question, field));
    if (!question.expires_at.empty()) lines.push_back("the question expires at " + question.expires_at);
    return lines;
}

std::string field_prompt(const TaskQuestion& question, const std::string& field) {
    const auto* schema = field_schema(question, field);
    const auto wanted = schema ? takes(*schema) : std::string();
    return field + (is_required(question, field) ? " *" : "") + (wanted.empty() ? "" : " (" + wanted + ")") +
           ": ";
}

std::optional<json::value> field_value(const TaskQuestion& question, const std::string& field,
                                       const std::string& typed) {
    if (typed.empty()) return std::nullopt;
    const auto* schema = field_schema(question, field);
    const auto type = schema ? find_string(*schema, "type").value_or("string") : std::string("string");
    const auto word = lower_case(typed);
    if (type == "boolean" && (word == "yes" || word == "y" || word == "true")) return json::value(true);
    if (type == "boolean" && (word == "no" || word == "n" || word == "false")) return json::value(false);
    if (type == "number" || type == "integer")
        if (auto number = parsed_number(typed)) return number;
    if (type == "array") return json::value(listed(typed));
    return json::value(typed);
}

std::optional<std::string> action_of(const std::string& typed) {
    const auto word = lower_case(typed);
    for (const auto& [action, words] :
         {std::pair<const char*, std::vector<std::string>>{"accept", {"y", "yes", "a", "accept"}},
          {"decline", {"n", "no", "d", "decline"}},
          {"cancel", {"c", "cancel"}}})
        if (std::ranges::find(words, word) != words.end()) return action;
    return std::nullopt;
}

json::object answer_with(const std::string& action, std::optional<json::object> content) {
    json::object answer;
    answer["action"] = action;
    if (content) answer["content"] = std::move(*content);
    return answer;
}

}  // namespace meshai::cli
