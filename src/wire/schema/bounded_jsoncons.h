// wire/schema/bounded_jsoncons.h
//
// jsoncons' validator with a meter inside. The library is a set of templates
// over the type of a JSON tree and has no bound of time, stack or memory; here
// its templates are specialised for our own tree type at the places where the
// cost is not bounded: the context that every step makes, and the keywords whose
// one step can be long. Everything else is the library as it is. Besides the
// cost, keywords here say what they expect in words for a caller, quote no
// values of the instance, and compare 64-bit integers exactly.
//
// The keywords follow in bounded_keywords.h and bounded_members.h. Included by
// engine.cc alone.
#pragma once

#include <cmath>
#include <jsoncons/json.hpp>
#include <jsoncons_ext/jsonschema/jsonschema.hpp>
#include <vector>

#include "wire/schema/meter.h"
#include "wire/schema/pattern.h"

namespace meshai::wire::schema {

struct TreePolicy : jsoncons::sorted_policy {};
using Tree = jsoncons::basic_json<char, TreePolicy>;

/// Carries the reason of a refused pattern out of the library.
struct PatternRefused : std::exception {
    explicit PatternRefused(Error why) : error(std::move(why)) {}
    const char* what() const noexcept override { return error.message.c_str(); }
    Error error;
};

inline Pattern compiled_or_thrown(const std::string& ecma) {
    auto pattern = Pattern::compile(ecma);
    if (!pattern) throw PatternRefused(pattern.error());
    return std::move(*pattern);
}

/// Details that one complaint keeps; the library would copy all of them at each level of anyOf.
inline constexpr std::size_t kDetailsMax = 3;

}  // namespace meshai::wire::schema

namespace jsoncons::jsonschema {

using meshai::wire::schema::Meter;
using meshai::wire::schema::Pattern;
using meshai::wire::schema::Tree;

/// Made by the library at every step, on the stack, within the context of the step around it.
template <>
class eval_context<Tree> {
  public:
    /// `comparison` is the work of comparing with the largest `enum` of the schema.
    eval_context(Meter& meter, std::uint64_t comparison)
        : meter_(&meter), comparison_(comparison), scope_(&own_scope_) {}
    eval_context(const eval_context& parent, const schema_validator<Tree>* validator)
        : eval_context(parent, validator, parent.flags_) {}
    eval_context(const eval_context& parent, const schema_validator<Tree>* validator, evaluation_flags flags);
    eval_context(const eval_context& parent, const std::string&) : eval_context(parent, parent.flags_) {}
    eval_context(const eval_context& parent, const std::string&, evaluation_flags flags)
        : eval_context(parent, flags) {}
    eval_context(const eval_context& parent, std::size_t) : eval_context(parent, parent.flags_) {}
    eval_context(const eval_context& parent, std::size_t, evaluation_flags flags)
        : eval_context(parent, flags) {}
    eval_context(const eval_context&) = delete;
    eval_context& operator=(const eval_context&) = delete;

    const std::vector<const schema_validator<Tree>*>& dynamic_scope() const { return *scope_; }
    jsonpointer::json_pointer eval_path() const { return {}; }
    evaluation_flags eval_flags() const { return flags_; }
    bool require_evaluated_properties() const { return has(evaluation_flags::require_evaluated_properties); }
    bool require_evaluated_items() const { return has(evaluation_flags::require_evaluated_items); }

    Meter& meter() const { return *meter_; }
    std::uint64_t comparison() const { return comparison_; }

  private:
    eval_context(const eval_context& parent, evaluation_flags flags)
        : meter_(parent.meter_),
          comparison_(parent.comparison_),
          nesting_(parent.nesting_ + 1),
          flags_(flags),
          scope_(parent.scope_) {
        meter_->step(nesting_);
    }
    bool has(evaluation_flags flag) const { return (flags_ & flag) == flag; }

    Meter* meter_;
    std::uint64_t comparison_;
    std::size_t nesting_ = 0;
    evaluation_flags flags_{};
    std::vector<const schema_validator<Tree>*> own_scope_;
    const std::vector<const schema_validator<Tree>*>* scope_;
};

inline eval_context<Tree>::eval_context(const eval_context& parent, const schema_validator<Tree>* validator,
                                        evaluation_flags flags)
    : eval_context(parent, flags) {
    meter_->visit(flags != evaluation_flags{});
    if (!validator->id() && !scope_->empty()) return;
    meter_->charge(scope_->size());
    own_scope_ = *scope_;
    own_scope_.push_back(validator);
    scope_ = &own_scope_;
}

/// The library would copy all details of all levels; and what failed within allOf is what failed.
template <>
inline validation_message keyword_base<Tree>::make_validation_message(
    const jsonpointer::json_pointer& eval_path, const jsonpointer::json_pointer& instance_location,
    const std::string& message, const std::vector<validation_message>& details) const {
    if (keyword_name_ == "allOf" && !details.empty()) return details.front();
    std::vector<validation_message> kept;
    for (const auto& detail : details) {
        if (kept.size() == meshai::wire::schema::kDetailsMax) break;
        kept.emplace_back(detail.keyword(), eval_path, uri(), detail.instance_location(), detail.message());
    }
    return {keyword_name_, eval_path, uri(), instance_location, message, kept};
}

template <>
inline validation_message keyword_base<Tree>::make_validation_message(
    const jsonpointer::json_pointer& eval_path, const jsonpointer::json_pointer& instance_location,
    const std::string& message) const {
    return {keyword_name_, eval_path, uri(), instance_location, message};
}

/// The library collects a patch with the defaults of all absent members, at each visit; nobody asks for it.
template <>
inline jsoncons::optional<Tree> object_schema_validator<Tree>::get_default_value() const {
    return {};
}

}  // namespace jsoncons::jsonschema
