#include "workflow/jmespath.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <jsoncons/json.hpp>
#include <jsoncons_ext/jmespath/jmespath.hpp>
#include <map>

#include "wire/schema/tree.h"

namespace meshai::workflow::detail {
namespace {

/// Of our own, so that the members below are ours alone in the whole program.
struct TreePolicy : jsoncons::sorted_policy {};
using Tree = jsoncons::basic_json<char, TreePolicy>;
using Evaluator = jsoncons::jmespath::detail::jmespath_evaluator<Tree>;

}  // namespace
}  // namespace meshai::workflow::detail

namespace jsoncons::jmespath::detail {

using meshai::workflow::detail::Evaluator;
using meshai::workflow::detail::Tree;

// merge: the library puts each member into its place in a sorted vector, which
// is quadratic in the number of members.
template <>
inline Evaluator::reference Evaluator::merge_function::evaluate(const std::vector<parameter_type>& arguments,
                                                                eval_context<Tree>& context,
                                                                std::error_code& error) const {
    std::map<std::string_view, const Tree*> merged;
    for (const auto& argument : arguments) {
        if (!argument.is_value() || !argument.value().is_object()) {
            error = jmespath_errc::invalid_type;
            return context.null_value();
        }
        for (const auto& member : argument.value().object_range()) merged[member.key()] = &member.value();
    }
    auto* result = context.create_json(json_object_arg);
    result->reserve(merged.size());
    for (const auto& [key, value] : merged)
        result->try_emplace(std::string(key), json_const_pointer_arg, value);
    return *result;
}

}  // namespace jsoncons::jmespath::detail

namespace meshai::workflow::detail {
namespace {

constexpr std::size_t kReasonBytesMax = 200;

/// Bytes that JSON needs beside a text: quotes, comma, colon.
constexpr std::size_t kValueBytes = 4;

/// What came out, as our own tree. A value may stand in it many times over, so the bytes are counted on the
/// way.
class Outcome {
  public:
    explicit Outcome(std::size_t bytes_max) : left_(bytes_max) {}

    std::optional<json::value> take(const Tree& tree, std::size_t depth = 0) {
        if (depth > kJsonDepthMax || !charge(kValueBytes)) return std::nullopt;
        if (tree.is_array()) return take_array(tree, depth);
        if (tree.is_object()) return take_object(tree, depth);
        if (tree.is_string()) {
            const auto text = tree.as_string_view();
            if (!charge(text.size())) return std::nullopt;
            return json::value(json::string_view(text.data(), text.size()));
        }
        if (tree.is_bool()) return json::value(tree.as_bool());
        if (tree.is_int64()) return json::value(tree.as<std::int64_t>());
        if (tree.is_uint64()) return json::value(tree.as<std::uint64_t>());
        if (!tree.is_double()) return json::value(nullptr);
        const auto number = tree.as_double();
        return std::isfinite(number) ? json_number(number) : json::value(nullptr);
    }

  private:
    std::optional<json::value> take_array(const Tree& tree, std::size_t depth) {
        json::array array;
        for (const auto& element : tree.array_range()) {
            auto value = take(element, depth + 1);
            if (!value) return std::nullopt;
            array.push_back(std::move(*value));
        }
        return json::value(std::move(array));
    }
    std::optional<json::value> take_object(const Tree& tree, std::size_t depth) {
        json::object object;
        for (const auto& member : tree.object_range()) {
            auto value = charge(member.key().size()) ? take(member.value(), depth + 1) : std::nullopt;
            if (!value) return std::nullopt;
            object[member.key()] = std::move(*value);
        }
        return json::value(std::move(object));
    }
    bool charge(std::size_t bytes) {
        if (bytes > left_) return false;
        left_ -= bytes;
        return true;
    }

    std::size_t left_;
};

std::string reason(const std::exception& error) {
    return std::string(utf8_prefix(valid_utf8(error.what()), kReasonBytesMax));
}

class JsonconsJmespath : public Jmespath {
  public:
    explicit JsonconsJmespath(Evaluator::jmespath_expression expression)
        : expression_(std::move(expression)) {}

    Result<json::value> evaluate(const json::object& document, std::size_t bytes_max) const override {
        try {
            const auto tree = wire::schema::tree_of<Tree>(json::value(document));
            std::vector<std::unique_ptr<Tree>> temporary;
            jsoncons::jmespath::eval_context<Tree> context(temporary);
            std::error_code error;
            // Not through the library's evaluate(), which copies what comes out however much it is.
            const auto* found = Evaluator::evaluate_tokens(tree, expression_.output_stack_, context, error);
            if (error)
                return Error{Code::InvalidArgument,
                             fmt::format("does not fit the values ({})", error.message())};
            auto value = Outcome(bytes_max).take(*found);
            if (!value)
                return Error{Code::TooLarge,
                             fmt::format("gives more than {} bytes, or too deep a nesting", bytes_max)};
            return std::move(*value);
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const std::exception& error) {
            return Error{Code::InvalidArgument, fmt::format("cannot be evaluated ({})", reason(error))};
        }
    }

  private:
    const Evaluator::jmespath_expression expression_;
};

}  // namespace

std::uint64_t size_of(const json::value& value) {
    std::uint64_t size = 1;
    if (const auto* text = value.if_string()) return size + text->size() / kUnitBytes;
    if (const auto* array = value.if_array())
        for (const auto& element : *array) size += size_of(element);
    if (const auto* object = value.if_object())
        for (const auto& member : *object) size += member.key().size() / kUnitBytes + size_of(member.value());
    return size;
}

Result<std::unique_ptr<const Jmespath>> Jmespath::build(const std::string& text) {
    try {
        Evaluator evaluator;
        std::error_code error;
        auto expression = evaluator.compile(text.data(), text.size(), {}, error);
        if (error || expression.output_stack_.empty())
            return Error{Code::InvalidArgument,
                         fmt::format("cannot be read ({}), at byte {} of '{}'", error.message(),
                                     evaluator.column(), valid_utf8(text))};
        return std::make_unique<JsonconsJmespath>(std::move(expression));
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        return Error{Code::InvalidArgument, fmt::format("cannot be read ({})", reason(error))};
    }
}

}  // namespace meshai::workflow::detail
