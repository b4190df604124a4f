#include "doors/approval/form.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace meshai::doors {
namespace {

constexpr std::string_view kYes = "true";
constexpr std::string_view kNo = "false";

// "enum": [...] with "enumNames": [...], or "oneOf"/"anyOf": [{"const": …, "title": …}].
std::vector<FieldChoice> choices_of(const json::object& schema) {
    std::vector<FieldChoice> choices;
    const auto add = [&](const json::value* value, std::optional<std::string> title) {
        const auto* text = value ? value->if_string() : nullptr;
        if (!text || choices.size() >= kFormChoicesMax) return;
        choices.push_back({std::string(*text), title.value_or(std::string(*text))});
    };
    if (const auto* values = find_array(schema, "enum")) {
        const auto* names = find_array(schema, "enumNames");
        for (std::size_t i = 0; i < values->size(); ++i) {
            const auto* name = names && i < names->size() ? (*names)[i].if_string() : nullptr;
            add(&(*values)[i], name ? std::optional<std::string>(*name) : std::nullopt);
        }
        return choices;
    }
    for (const auto* member : {"oneOf", "anyOf"})
        if (const auto* titled = find_array(schema, member))
            for (const auto& one : *titled)
                if (const auto* object = one.if_object())
                    add(find(*object, "const"), find_string(*object, "title"));
    return choices;
}

std::string input_type_of(const json::object& schema) {
    const auto format = find_string(schema, "format");
    if (format == "email") return "email";
    if (format == "uri") return "url";
    if (format == "date") return "date";
    return "text";
}

std::vector<std::string> defaults_of(const json::object& schema) {
    const auto* value = find(schema, "default");
    if (!value || value->is_null() || value->is_object()) return {};
    const auto text = [](const json::value& one) {
        const auto* string = one.if_string();
        return string ? std::string(*string) : to_text(one);
    };
    std::vector<std::string> values;
    if (const auto* list = value->if_array())
        for (const auto& one : *list) values.push_back(text(one));
    else
        values.push_back(text(*value));
    return values;
}

void read_kind(FormField& field, const json::object& schema) {
    const auto type = find_string(schema, "type").value_or("string");
    if (type == "boolean") {
        field.kind = FieldKind::YesNo;
        field.choices = {{std::string(kYes), "Yes"}, {std::string(kNo), "No"}};
    } else if (type == "number" || type == "integer") {
        field.kind = FieldKind::Number;
        field.is_whole = type == "integer";
        field.least = find_number(schema, "minimum");
        field.most = find_number(schema, "maximum");
    } else if (type == "array") {
        field.kind = FieldKind::Choices;
        if (const auto* items = find_object(schema, "items")) field.choices = choices_of(*items);
    } else if (field.choices = choices_of(schema); !field.choices.empty()) {
        field.kind = FieldKind::Choice;
    } else {
        field.input_type = input_type_of(schema);
        field.length_min = find_int(schema, "minLength");
        field.length_max = find_int(schema, "maxLength");
    }
}

bool is_required(const json::object& schema, std::string_view name) {
    const auto* required = find_array(schema, "required");
    return required && std::ranges::any_of(*required, [&](const json::value& one) {
               return one.is_string() && one.get_string() == name;
           });
}

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// "+" is a space; a "%" that begins no byte stands for itself, as browsers have it.
std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
        const int low = high >= 0 ? digit_of(text[i + 2]) : -1;
        if (low >= 0) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

// A number as it was typed; the text itself where it is none, so that the check says so.
json::value number_of(const std::string& text) {
    const char* const end = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto read = std::from_chars(text.data(), end, whole); read.ec == std::errc{} && read.ptr == end)
        return whole;
    double number = 0;
    if (const auto read = std::from_chars(text.data(), end, number);
        read.ec == std::errc{} && read.ptr == end)
        return number;
    return json::value(text);
}

std::vector<std::string> values_of(const FormValues& values, std::string_view name) {
    std::vector<std::string> found;
    for (const auto& [key, value] : values)
        if (key == name) found.push_back(value);
    return found;
}

// Browsers send line ends as CR LF.
std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

}  // namespace

std::vector<FormField> fields_of(const json::object& schema) {
    std::vector<FormField> fields;
    const auto* properties = find_object(schema, "properties");
    if (!properties) return fields;
    for (const auto& [name, value] : *properties) {
        const auto* about = value.if_object();
        if (!about || fields.size() >= kFormFieldsMax) continue;
        FormField field;
        field.name = name;
        field.input = fmt::format("f{}", fields.size());
        field.title = find_string(*about, "title").value_or(field.name);
        field.about = find_string(*about, "description").value_or("");
        field.is_required = is_required(schema, name);
        field.values = defaults_of(*about);
        read_kind(field, *about);
        fields.push_back(std::move(field));
    }
    return fields;
}

Result<FormValues> parse_form(std::string_view body) {
    FormValues values;
    while (!body.empty()) {
        const auto end = std::min(body.find('&'), body.size());
        const auto pair = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (pair.empty()) continue;
        if (values.size() >= kFormValuesMax)
            return Error{Code::InvalidArgument, fmt::format("A form has at most {} values.", kFormValuesMax)};
        const auto equals = std::min(pair.find('='), pair.size());
        values.emplace_back(decoded(pair.substr(0, equals)),
                            decoded(pair.substr(std::min(equals + 1, pair.size()))));
        if (!is_valid_utf8(values.back().first) || !is_valid_utf8(values.back().second))
            return Error{Code::InvalidArgument, "The form is not UTF-8."};
    }
    return values;
}

std::string value_of(const FormValues& values, std::string_view name) {
    const auto found = std::ranges::find(values, name, &FormValues::value_type::first);
    return found == values.end() ? std::string() : found->second;
}

json::object content_of(const std::vector<FormField>& fields, const FormValues& values) {
    json::object content;
    for (const auto& field : fields) {
        auto given = values_of(values, field.input);
        if (field.kind == FieldKind::Choices) {
            if (given.empty() && !field.is_required) continue;
            json::array list;
            for (auto& one : given) list.emplace_back(std::move(one));
            content[field.name] = std::move(list);
            continue;
        }
        const auto text = given.empty() ? std::string() : trimmed(std::move(given.front()));
        if (text.empty()) continue;
        if (field.kind == FieldKind::YesNo)
            content[field.name] = text == kYes;
        else if (field.kind == FieldKind::Number)
            content[field.name] = number_of(text);
        else
            content[field.name] = text;
    }
    return content;
}

std::vector<FormField> refilled(std::vector<FormField> fields, const FormValues& values) {
    for (auto& field : fields) field.values = values_of(values, field.input);
    return fields;
}

}  // namespace meshai::doors
