// wire/schema/bounded_keywords.h
//
// The keywords whose one step can be long, or whose words or numbers the library
// gets wrong, for our tree type; see bounded_jsoncons.h.
// Each is the library's own class with one member replaced. Here are those that
// look at one value; those that look into its members are in bounded_members.h.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "wire/schema/bounded_jsoncons.h"
#include "wire/schema/compare.h"

namespace jsoncons::jsonschema {

using Context = eval_context<Tree>;
using Where = jsonpointer::json_pointer;

/// Saying something costs more than finding it: a check under anyOf or not can collect many complaints.
inline constexpr std::uint64_t kComplaintWork = 16;

inline walk_result complain(const Context& context, const keyword_base<Tree>& keyword, const Where& where,
                            const std::string& what, error_reporter& reporter) {
    context.meter().charge(kComplaintWork);
    return reporter.error(keyword.make_validation_message({}, where, what));
}

// type: the words, and doubles beyond 64 bits, which are whole.

inline const char* name_of(json_schema_type type) {
    switch (type) {
        case json_schema_type::null:
            return "null";
        case json_schema_type::object:
            return "object";
        case json_schema_type::array:
            return "array";
        case json_schema_type::string:
            return "string";
        case json_schema_type::boolean:
            return "boolean";
        case json_schema_type::integer:
            return "integer";
        default:
            return "number";
    }
}

inline json_schema_type type_of(const Tree& value) {
    if (value.is_null()) return json_schema_type::null;
    if (value.is_object()) return json_schema_type::object;
    if (value.is_array()) return json_schema_type::array;
    if (value.is_string()) return json_schema_type::string;
    if (value.is_bool()) return json_schema_type::boolean;
    return meshai::wire::schema::is_whole(value) ? json_schema_type::integer : json_schema_type::number;
}

template <>
inline walk_result type_validator<Tree>::do_validate(const Context& context, const Tree& instance,
                                                     const Where& where, evaluation_results&,
                                                     error_reporter& reporter, Tree&) const {
    const auto found = type_of(instance);
    std::string wanted;
    for (const auto type : expected_types_) {
        if (type == found || (type == json_schema_type::number && found == json_schema_type::integer))
            return walk_result::advance;
        wanted += (wanted.empty() ? "" : " or ") + std::string(name_of(type));
    }
    if (expected_types_.empty()) return walk_result::advance;
    return complain(context, *this, where, "expected " + wanted + ", found " + name_of(found), reporter);
}

// maximum and its siblings: exact for all kinds of numbers.

template <class Wrong>
walk_result check_limit(const Context& context, const keyword_base<Tree>& keyword, const Tree& instance,
                        const Tree& limit, const char* words, Wrong is_wrong, const Where& where,
                        error_reporter& reporter) {
    using meshai::wire::schema::exact;
    if (!instance.is_number() || !is_wrong(exact(instance), exact(limit))) return walk_result::advance;
    return complain(context, keyword, where, std::string("must be ") + words + " " + limit.as<std::string>(),
                    reporter);
}

template <>
inline walk_result maximum_validator<Tree>::do_validate(const Context& context, const Tree& instance,
                                                        const Where& where, evaluation_results&,
                                                        error_reporter& reporter, Tree&) const {
    return check_limit(context, *this, instance, value_, "at most", std::greater{}, where, reporter);
}

template <>
inline walk_result minimum_validator<Tree>::do_validate(const Context& context, const Tree& instance,
                                                        const Where& where, evaluation_results&,
                                                        error_reporter& reporter, Tree&) const {
    return check_limit(context, *this, instance, value_, "at least", std::less{}, where, reporter);
}

template <>
inline walk_result exclusive_maximum_validator<Tree>::do_validate(const Context& context,
                                                                  const Tree& instance, const Where& where,
                                                                  evaluation_results&,
                                                                  error_reporter& reporter, Tree&) const {
    return check_limit(context, *this, instance, value_, "less than", std::greater_equal{}, where, reporter);
}

template <>
inline walk_result exclusive_minimum_validator<Tree>::do_validate(const Context& context,
                                                                  const Tree& instance, const Where& where,
                                                                  evaluation_results&,
                                                                  error_reporter& reporter, Tree&) const {
    return check_limit(context, *this, instance, value_, "greater than", std::less_equal{}, where, reporter);
}

template <>
inline walk_result multiple_of_validator<Tree>::do_validate(const Context& context, const Tree& instance,
                                                            const Where& where, evaluation_results&,
                                                            error_reporter& reporter, Tree&) const {
    if (!instance.is_number() || meshai::wire::schema::is_multiple(instance, value_))
        return walk_result::advance;
    return complain(context, *this, where, "must be a multiple of " + Tree(value_).as<std::string>(),
                    reporter);
}

// maxLength, minLength: the length of the text is work.

inline std::size_t characters(const Context& context, const Tree& text) {
    const auto bytes = text.as_string_view();
    context.meter().charge(bytes.size() / 64);
    return unicode_traits::count_codepoints(bytes.data(), bytes.size());
}

template <>
inline walk_result max_length_validator<Tree>::do_validate(const Context& context, const Tree& instance,
                                                           const Where& where, evaluation_results&,
                                                           error_reporter& reporter, Tree&) const {
    if (!instance.is_string() || characters(context, instance) <= max_length_) return walk_result::advance;
    return complain(context, *this, where, "must have at most " + std::to_string(max_length_) + " characters",
                    reporter);
}

template <>
inline walk_result min_length_validator<Tree>::do_validate(const Context& context, const Tree& instance,
                                                           const Where& where, evaluation_results&,
                                                           error_reporter& reporter, Tree&) const {
    if (!instance.is_string() || characters(context, instance) >= min_length_) return walk_result::advance;
    return complain(context, *this, where,
                    "must have at least " + std::to_string(min_length_) + " characters", reporter);
}

// const, enum: comparing is work, and the wanted values are said, not the found one.

inline constexpr std::size_t kWantedBytesMax = 200;

inline std::string shortened(std::string text) {
    if (text.size() <= kWantedBytesMax) return text;
    return std::string(meshai::utf8_prefix(text, kWantedBytesMax)) + "…";
}

template <>
inline walk_result enum_validator<Tree>::do_validate(const Context& context, const Tree& instance,
                                                     const Where& where, evaluation_results&,
                                                     error_reporter& reporter, Tree&) const {
    context.meter().charge(context.comparison());
    std::string wanted;
    for (const auto& value : value_.array_range()) {
        if (value == instance) return walk_result::advance;
        if (wanted.size() <= kWantedBytesMax)
            wanted += (wanted.empty() ? "" : ", ") + shortened(value.to_string());
    }
    return complain(context, *this, where, "must be one of " + shortened(wanted), reporter);
}

template <>
inline walk_result const_validator<Tree>::do_validate(const Context& context, const Tree& instance,
                                                      const Where& where, evaluation_results&,
                                                      error_reporter& reporter, Tree&) const {
    context.meter().charge(context.comparison());
    if (value_ == instance) return walk_result::advance;
    return complain(context, *this, where, "must be " + shortened(value_.to_string()), reporter);
}

// uniqueItems: the library compares every element with every other.

template <>
inline walk_result unique_items_validator<Tree>::do_validate(const Context& context, const Tree& instance,
                                                             const Where& where, evaluation_results&,
                                                             error_reporter& reporter, Tree&) const {
    if (!are_unique_ || !instance.is_array()) return walk_result::advance;
    if (!meshai::wire::schema::has_equal_elements(instance, context.meter())) return walk_result::advance;
    return complain(context, *this, where, "must have no two equal elements", reporter);
}

// required: the words.

template <>
inline walk_result required_validator<Tree>::do_validate(const Context& context, const Tree& instance,
                                                         const Where& where, evaluation_results&,
                                                         error_reporter& reporter, Tree&) const {
    if (!instance.is_object()) return walk_result::advance;
    for (const auto& name : items_) {
        if (instance.contains(name)) continue;
        if (complain(context, *this, where, "needs the member '" + shortened(name) + "'", reporter) ==
            walk_result::abort)
            return walk_result::abort;
    }
    return walk_result::advance;
}

}  // namespace jsoncons::jsonschema
