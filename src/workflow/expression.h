// workflow/expression.h
//
// Expressions (JMESPath) and templates (JSON with expressions in its strings)
// over the document of a running workflow: {"input": …, "steps": {"id":
// {"result": …, "status": …}}, "item": …, "index": …}. Compiled once, evaluated
// often; what each refers to is known without running it, so that a wrong
// reference is refused when a workflow is submitted.
//
// Expressions come from strangers: the grammar is checked before the library
// sees a text, its work is estimated from the text and the size of the document
// before it runs, and what it gives is bounded. No exception leaves. Values;
// cheap to copy; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace meshai::workflow {

inline constexpr std::size_t kExpressionBytesMax = 4U << 10U;
inline constexpr std::size_t kExpressionNestingMax = 32;      ///< brackets within brackets
inline constexpr std::size_t kExpressionProjectionsMax = 16;  ///< [*], [], [?…], slices, .*
inline constexpr std::size_t kExpressionSelectsMax = 64;      ///< [a, b] and {a: b}
/// Steps of work that one evaluation may be expected to take: well under a second, and 200 MB.
inline constexpr std::uint64_t kEvaluationWorkMax = 4'000'000;
inline constexpr std::size_t kEvaluatedBytesMax = 4U << 20U;  ///< of what comes out, as JSON
inline constexpr std::size_t kTemplatesMax = 256;             ///< expressions in one template

/// Something of the document that an expression reads.
struct Reference {
    enum class Root {
        Document,  ///< all of it, e.g. by `@`
        Input,
        Steps,  ///< all steps, e.g. by `steps.*`
        Step,
        Item,
        Index,
        Unknown,  ///< a member that no document has; `step` is its name
    };
    Root root = Root::Document;
    std::string step{};  ///< its id
    std::vector<std::string>
        path{};  ///< the members that are surely read behind the root: {"files"} of input.files[0]

    friend bool operator==(const Reference&, const Reference&) = default;
};

/// "input.files", "steps.draft.result", "item".
std::string path_text(const Reference& reference);

/// An expression without the `${…}` around all of it.
std::string_view bare(std::string_view text);

namespace detail {
class Compiled;
}

class Expression {
  public:
    /// `text` is bare JMESPath or stands in `${…}`. Code::InvalidArgument says what is wrong and at which
    /// byte.
    static Result<Expression> compile(std::string_view text);

    /// InvalidArgument if it does not fit the values (length of a number), or is too much work.
    Result<json::value> evaluate(const json::object& document) const;

    const std::string& text() const;  ///< without `${…}`
    const std::vector<Reference>& references() const;

  private:
    explicit Expression(std::shared_ptr<const detail::Compiled> compiled) : compiled_(std::move(compiled)) {}
    std::shared_ptr<const detail::Compiled> compiled_;
};

/// What JMESPath calls false: null, false, "", [] and {}.
bool is_false(const json::value& value);

/// Any JSON. In its strings `${ expression }` is replaced by the value (JSON, where it is no string); a
/// string that is nothing but one `${…}` becomes the value itself; `$${` is a literal `${`.
class Template {
  public:
    /// The error names the place within the template: "files[0]: …".
    static Result<Template> compile(const json::value& value);

    /// An expression that gives null is an error that names it; `||` gives a default.
    Result<json::value> evaluate(const json::object& document) const;

    /// In the order of the text.
    std::vector<Expression> expressions() const;
    /// Of all its expressions, each once.
    std::vector<Reference> references() const;

  private:
    struct Hole {
        std::string text;  ///< that stands before the expression
        std::optional<Expression> expression;
    };
    /// The strings with holes, in the order of a walk through `value_`.
    using Filling = std::vector<Hole>;

    static Status gather(const json::value& value, const std::string& place, std::vector<Filling>& fillings,
                         std::size_t& expressions);
    Result<json::value> fill(const json::value& value, const json::object& document, std::size_t& next,
                             std::size_t& bytes_left) const;
    static Result<json::value> fill(const Filling& filling, const json::object& document,
                                    std::size_t& bytes_left);

    json::value value_;
    std::vector<Filling> fillings_;
};

/// `text` so that a template gives it back as it is: `${` becomes `$${`.
std::string escaped(std::string_view text);
/// The same for every string of a value.
json::value escaped(const json::value& value);

}  // namespace meshai::workflow
