#include "wire/mcp/form.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace meshai::wire::mcp {
namespace {

Error wrong(std::string_view field, std::string_view what) {
    return {Code::InvalidArgument, fmt::format("The field \"{}\" {}.", field, what)};
}

// The values that a choice allows, in the ways the revisions write them:
// "enum": [...], or "oneOf"/"anyOf": [{"const": …, "title": …}].
std::optional<std::vector<json::value>> choices(const json::object& schema) {
    if (const auto* values = find_array(schema, "enum"))
        return std::vector<json::value>(values->begin(), values->end());
    const auto* titled = find_array(schema, "oneOf");
    if (!titled) titled = find_array(schema, "anyOf");
    if (!titled) return std::nullopt;
    std::vector<json::value> values;
    for (const auto& one : *titled)
        if (const auto* object = one.if_object())
            if (const auto* value = find(*object, "const")) values.push_back(*value);
    return values;
}

bool is_choice(const json::object& schema, const json::value& value) {
    const auto allowed = choices(schema);
    return !allowed || std::find(allowed->begin(), allowed->end(), value) != allowed->end();
}

// JSON Schema counts characters, not bytes.
std::int64_t characters(std::string_view text) {
    return std::count_if(text.begin(), text.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

template <class Number>
bool is_within(Number number, std::optional<Number> least, std::optional<Number> most) {
    return (!least || number >= *least) && (!most || number <= *most);
}

Status check_text(std::string_view field, const json::object& schema, const json::value& value) {
    const auto* text = value.if_string();
    if (!text) return wrong(field, "must be a text");
    if (!is_choice(schema, value)) return wrong(field, "must be one of its choices");
    if (!is_within(characters(*text), find_int(schema, "minLength"), find_int(schema, "maxLength")))
        return wrong(field, "is too short or too long");
    return {};
}

Status check_number(std::string_view field, const json::object& schema, const json::value& value) {
    if (!value.is_number()) return wrong(field, "must be a number");
    const auto number = value.to_number<double>();
    if (find_string(schema, "type") == "integer" && std::floor(number) != number)
        return wrong(field, "must be a whole number");
    if (!is_within(number, find_number(schema, "minimum"), find_number(schema, "maximum")))
        return wrong(field, "is too small or too large");
    return {};
}

Status check_list(std::string_view field, const json::object& schema, const json::value& value) {
    const auto* list = value.if_array();
    if (!list) return wrong(field, "must be a list");
    const auto* items = find_object(schema, "items");
    for (const auto& item : *list) {
        if (!item.is_string()) return wrong(field, "must hold texts only");
        if (items && !is_choice(*items, item)) return wrong(field, "holds something that is no choice");
    }
    const auto count = static_cast<std::int64_t>(list->size());
    if (!is_within(count, find_int(schema, "minItems"), find_int(schema, "maxItems")))
        return wrong(field, "has too few or too many choices");
    return {};
}

Status check_field(std::string_view field, const json::object& schema, const json::value& value) {
    const auto type = find_string(schema, "type").value_or("");
    if (type == "string") return check_text(field, schema, value);
    if (type == "number" || type == "integer") return check_number(field, schema, value);
    if (type == "array") return check_list(field, schema, value);
    if (type == "boolean" && !value.is_bool()) return wrong(field, "must be true or false");
    return {};
}

bool is_required(const json::object& schema, std::string_view field) {
    const auto* required = find_array(schema, "required");
    return required && std::any_of(required->begin(), required->end(), [&](const json::value& one) {
               return one.is_string() && one.get_string() == field;
           });
}

}  // namespace

Result<json::object> check_form(const json::object& schema, const json::object& content) {
    json::object given;
    for (const auto& [field, value] : content)
        if (!value.is_null() || is_required(schema, field)) given[field] = value;

    if (const auto* required = find_array(schema, "required"))
        for (const auto& field : *required)
            if (field.is_string() && !given.contains(field.get_string()))
                return wrong(field.get_string(), "is required");

    const auto* properties = find_object(schema, "properties");
    if (!properties) return given;
    for (const auto& [field, value] : given) {
        const auto* wanted = find_object(*properties, field);
        if (!wanted) continue;
        if (auto fits = check_field(field, *wanted, value); !fits) return fits.error();
    }
    return given;
}

}  // namespace meshai::wire::mcp
