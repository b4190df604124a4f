// wire/schema/bounded_members.h
//
// The keywords about members and elements that have a meter, as bounded_keywords.h
// has those about one value. The two keywords with patterns are written anew,
// because the library's hold std::regex, which recurses over the text.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "wire/schema/bounded_keywords.h"

namespace jsoncons::jsonschema {

/// The member names of the instance that a subschema has looked at.
inline void note_evaluated(const Context& context, evaluation_results& results, const std::string& name) {
    if (context.require_evaluated_properties()) results.evaluated_properties.insert(name);
}

// pattern, patternProperties: our patterns.

template <>
class pattern_validator<Tree> : public keyword_validator<Tree> {
  public:
    pattern_validator(const Tree& schema, const uri& location, Pattern pattern)
        : keyword_validator<Tree>("pattern", schema, location, {}), pattern_(std::move(pattern)) {}

  private:
    walk_result do_validate(const Context& context, const Tree& instance, const Where& where,
                            evaluation_results&, error_reporter& reporter, Tree&) const final {
        if (!instance.is_string() || pattern_.is_in(instance.as_string_view(), context.meter()))
            return walk_result::advance;
        return complain(context, *this, where, "must match the pattern '" + shortened(pattern_.text()) + "'",
                        reporter);
    }
    walk_result do_walk(const Context&, const Tree&, const Where&,
                        const json_schema_traits<Tree>::walk_reporter_type&) const final {
        return walk_result::advance;
    }

    const Pattern pattern_;
};

template <>
class pattern_properties_validator<Tree> : public keyword_validator<Tree> {
  public:
    using Patterns = std::vector<std::pair<Pattern, std::unique_ptr<schema_validator<Tree>>>>;
    using Names = std::unordered_set<std::string>;

    pattern_properties_validator(const Tree& schema, const uri& location, Patterns patterns)
        : keyword_validator<Tree>("patternProperties", schema, location, {}),
          patterns_(std::move(patterns)) {}

    walk_result validate(const Context& context, const Tree& instance, const Where& where,
                         evaluation_results& results, error_reporter& reporter, Tree& patch,
                         Names& matched) const {
        if (!instance.is_object()) return walk_result::advance;
        for (const auto& member : instance.object_range()) {
            for (const auto& [pattern, schema] : patterns_) {
                if (!pattern.is_in(member.key(), context.meter())) continue;
                matched.insert(member.key());
                const auto errors = reporter.error_count();
                const Context inner(context, member.key(), evaluation_flags{});
                const auto place = where / member.key();
                if (schema->validate(inner, member.value(), place, results, reporter, patch) ==
                    walk_result::abort)
                    return walk_result::abort;
                if (errors == reporter.error_count()) note_evaluated(context, results, member.key());
            }
        }
        return walk_result::advance;
    }
    walk_result walk(const Context&, const Tree&, const Where&,
                     const json_schema_traits<Tree>::walk_reporter_type&, Names&) const {
        return walk_result::advance;
    }

  private:
    walk_result do_validate(const Context& context, const Tree& instance, const Where& where,
                            evaluation_results& results, error_reporter& reporter, Tree& patch) const final {
        Names matched;
        return validate(context, instance, where, results, reporter, patch, matched);
    }
    walk_result do_walk(const Context&, const Tree&, const Where&,
                        const json_schema_traits<Tree>::walk_reporter_type&) const final {
        return walk_result::advance;
    }

    const Patterns patterns_;
};

template <>
inline std::unique_ptr<pattern_validator<Tree>> keyword_validator_factory<Tree>::make_pattern_validator(
    const compilation_context<Tree>& context, const Tree& keyword, const Tree& schema) {
    return std::make_unique<pattern_validator<Tree>>(
        schema, context.make_schema_location("pattern"),
        meshai::wire::schema::compiled_or_thrown(keyword.as<std::string>()));
}

template <>
inline std::unique_ptr<pattern_properties_validator<Tree>>
keyword_validator_factory<Tree>::make_pattern_properties_validator(const compilation_context<Tree>& context,
                                                                   const Tree& keyword, const Tree& schema,
                                                                   anchor_uri_map_type& anchors) {
    pattern_properties_validator<Tree>::Patterns patterns;
    for (const auto& member : keyword.object_range()) {
        const std::string place[] = {"patternProperties", member.key()};
        auto pattern = meshai::wire::schema::compiled_or_thrown(member.key());
        patterns.emplace_back(std::move(pattern), factory_->make_cross_draft_schema_validator(
                                                      context, member.value(), place, anchors));
    }
    return std::make_unique<pattern_properties_validator<Tree>>(schema, context.get_base_uri(),
                                                                std::move(patterns));
}

// additionalProperties: the library hides what is wrong with an additional member.

template <>
inline walk_result additional_properties_validator<Tree>::do_validate(
    const Context& context, const Tree& instance, const Where& where, evaluation_results& results,
    error_reporter& reporter, Tree& patch) const {
    if (!instance.is_object()) return walk_result::advance;
    std::unordered_set<std::string> named;
    constexpr auto kAbort = walk_result::abort;
    if (properties_ &&
        properties_->validate(context, instance, where, results, reporter, patch, named) == kAbort)
        return kAbort;
    if (pattern_properties_ &&
        pattern_properties_->validate(context, instance, where, results, reporter, patch, named) == kAbort)
        return kAbort;
    for (const auto& member : instance.object_range()) {
        if (named.contains(member.key())) continue;
        const Context inner(context, member.key(), evaluation_flags{});
        const auto place = where / member.key();
        const auto errors = reporter.error_count();
        const auto result =
            additional_properties_->always_fails()
                ? complain(context, *this, place, "is not a known member", reporter)
                : additional_properties_->validate(inner, member.value(), place, results, reporter, patch);
        if (result == kAbort) return kAbort;
        if (errors == reporter.error_count()) note_evaluated(context, results, member.key());
    }
    return walk_result::advance;
}

// propertyNames: the library does not say which name is wrong.

template <>
inline walk_result property_names_validator<Tree>::do_validate(const Context& context, const Tree& instance,
                                                               const Where& where,
                                                               evaluation_results& results,
                                                               error_reporter& reporter, Tree& patch) const {
    if (!instance.is_object() || !schema_val_) return walk_result::advance;
    for (const auto& member : instance.object_range()) {
        const Context inner(context, member.key(), evaluation_flags{});
        collecting_error_listener about_name;
        schema_val_->validate(inner, Tree(member.key()), where, results, about_name, patch);
        if (about_name.errors.empty()) continue;
        const auto what =
            "is no name that a member may have: the name " + about_name.errors.front().message();
        if (complain(context, *this, where / member.key(), what, reporter) == walk_result::abort)
            return walk_result::abort;
    }
    return walk_result::advance;
}

// unevaluatedItems: the library looks through all evaluated ranges for each element.

template <>
inline walk_result unevaluated_items_validator<Tree>::do_validate(const Context& context,
                                                                  const Tree& instance, const Where& where,
                                                                  evaluation_results& results,
                                                                  error_reporter& reporter,
                                                                  Tree& patch) const {
    if (!instance.is_array() || !schema_val_) return walk_result::advance;
    const auto size = instance.size();
    std::vector<bool> is_evaluated(size);
    for (const auto range : results.evaluated_items) {
        context.meter().charge(1 + (range.end() - range.start()) / 64);
        for (auto i = range.start(); i < std::min(range.end(), size); ++i) is_evaluated[i] = true;
    }
    for (std::size_t i = 0; i < size; ++i) {
        if (is_evaluated[i]) continue;
        if (schema_val_->always_fails())
            return complain(context, *this, where / i, "is one element too many", reporter);
        const Context item(context, i, evaluation_flags{});
        if (schema_val_->validate(item, instance[i], where / i, results, reporter, patch) ==
            walk_result::abort)
            return walk_result::abort;
    }
    if (context.require_evaluated_items()) results.evaluated_items.insert(range{0, size});
    return walk_result::advance;
}

}  // namespace jsoncons::jsonschema
