// doors/approval/form.h
//
// The flat schema of a question as the fields of a form, and what came back from
// a browser as the content of an answer. The page draws the fields; whether the
// content fits the schema is checked where every other answer is checked. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace meshai::doors {

enum class FieldKind { Text, Number, YesNo, Choice, Choices };

struct FieldChoice {
    std::string value;
    std::string title;
};

struct FormField {
    std::string name{};        ///< in the schema
    std::string input{};       ///< in the form: "f0", "f1", …
    std::string title{};       ///< what the person reads
    std::string about{};       ///< may be empty
    std::string input_type{};  ///< of a text: "text", "email", "url", "date"
    FieldKind kind = FieldKind::Text;
    bool is_required = false;
    bool is_whole = false;  ///< a number without fraction
    std::vector<FieldChoice> choices{};
    std::optional<std::int64_t> length_min{};
    std::optional<std::int64_t> length_max{};
    std::optional<double> least{};
    std::optional<double> most{};
    std::vector<std::string> values{};  ///< that stand in it: defaults, or what the person sent before
};

/// Fields that a page shows; a form with more cannot be answered by one.
inline constexpr std::size_t kFormFieldsMax = 100;
inline constexpr std::size_t kFormChoicesMax = 500;

std::vector<FormField> fields_of(const json::object& schema);

/// What a browser sends: names and values in order, decoded.
using FormValues = std::vector<std::pair<std::string, std::string>>;

/// Pairs of one body.
inline constexpr std::size_t kFormValuesMax = 1000;

/// application/x-www-form-urlencoded (WHATWG URL 5.1). InvalidArgument over
/// kFormValuesMax and for what is not UTF-8.
Result<FormValues> parse_form(std::string_view body);

/// The first value of that name; empty if there is none.
std::string value_of(const FormValues& values, std::string_view name);

/// The content of an answer: numbers as numbers, what was left open left out.
json::object content_of(const std::vector<FormField>& fields, const FormValues& values);

/// The fields with what the person had filled in.
std::vector<FormField> refilled(std::vector<FormField> fields, const FormValues& values);

}  // namespace meshai::doors
