#include "workflow/expression.h"

#include <fmt/format.h>

#include <algorithm>

#include "workflow/grammar.h"
#include "workflow/jmespath.h"
#include "workflow/lexer.h"

namespace meshai::workflow {
namespace {

using Root = Reference::Root;

constexpr std::size_t kShownBytesMax = 120;

std::string shown(std::string_view text) {
    const auto clean = valid_utf8(text);
    if (clean.size() <= kShownBytesMax) return clean;
    return std::string(utf8_prefix(clean, kShownBytesMax)) + "…";
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

/// Puts what `reference` reads of `from` into `into`, and nothing else.
void copy_read(const json::object& from, const std::vector<std::string>& path, std::size_t at,
               json::object& into) {
    const auto* value = from.if_contains(path[at]);
    if (!value) return;
    auto& place = into[path[at]];
    if (at + 1 == path.size() || !value->is_object()) {
        place = *value;
        return;
    }
    if (!place.is_object()) place = json::object();
    copy_read(value->get_object(), path, at + 1, place.get_object());
}

std::vector<std::string> whole_path(const Reference& reference) {
    std::vector<std::string> path;
    switch (reference.root) {
        case Root::Document:
            break;
        case Root::Input:
            path = {"input"};
            break;
        case Root::Steps:
            path = {"steps"};
            break;
        case Root::Step:
            path = {"steps", reference.step};
            break;
        case Root::Item:
            path = {"item"};
            break;
        case Root::Index:
            path = {"index"};
            break;
        case Root::Unknown:
            path = {reference.step};
            break;
    }
    path.insert(path.end(), reference.path.begin(), reference.path.end());
    return path;
}

/// The part of the document that the references read: results of other steps may be large.
json::object part_of(const json::object& document, const std::vector<Reference>& references) {
    std::vector<std::vector<std::string>> paths;
    for (const auto& reference : references) {
        paths.push_back(whole_path(reference));
        if (paths.back().empty()) return document;
    }
    // A longer path first: the shorter one, which holds it, then takes its place.
    std::ranges::sort(paths, std::ranges::greater{}, &std::vector<std::string>::size);
    json::object part;
    for (const auto& path : paths) copy_read(document, path, 0, part);
    return part;
}

Result<json::value> walk(const std::vector<std::string>& chain, const json::object& document) {
    const json::object* object = &document;
    const json::value* value = nullptr;
    for (const auto& name : chain) {
        value = object ? object->if_contains(name) : nullptr;
        if (!value) return json::value(nullptr);
        object = value->if_object();
    }
    return *value;
}

bool is_plain_name(std::string_view name) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
           std::ranges::all_of(name, is_plain);
}

}  // namespace

std::string path_text(const Reference& reference) {
    if (reference.root == Root::Document) return "@";
    std::string text;
    for (const auto& name : whole_path(reference)) {
        if (!text.empty()) text += '.';
        text += is_plain_name(name) ? name : to_text(json::value(name));
    }
    return text;
}

std::string_view bare(std::string_view text) {
    text = trimmed(text);
    while (text.starts_with("${") && detail::end_of_hole(text, 2) == text.size() - 1)
        text = trimmed(text.substr(2, text.size() - 3));
    return text;
}

Result<Expression> Expression::compile(std::string_view text) {
    const std::string expression(bare(text));
    if (expression.empty()) return Error{Code::InvalidArgument, "the expression is empty"};
    if (expression.size() > kExpressionBytesMax)
        return Error{Code::InvalidArgument, fmt::format("the expression has {} bytes, {} are the most",
                                                        expression.size(), kExpressionBytesMax)};
    if (!is_valid_utf8(expression)) return Error{Code::InvalidArgument, "the expression is no valid UTF-8"};
    auto grammar = detail::read_grammar(expression);
    if (!grammar) return grammar.error();
    std::unique_ptr<const detail::Jmespath> engine;
    if (grammar->chain.empty()) {
        auto built = detail::Jmespath::build(grammar->normal);
        if (!built) return built.error();
        engine = std::move(*built);
    }
    return Expression(
        std::make_shared<const detail::Compiled>(expression, std::move(*grammar), std::move(engine)));
}

Result<json::value> Expression::evaluate(const json::object& document) const {
    const auto& grammar = compiled_->grammar();
    if (!grammar.chain.empty()) return walk(grammar.chain, document);
    const auto part = part_of(document, grammar.references);
    const auto cost = std::max(grammar.cost.work, grammar.cost.growth);
    if (const auto size = detail::size_of(json::value(part)); size > kEvaluationWorkMax / cost)
        return Error{Code::TooLarge, fmt::format("The expression '{}' is too much work for {} values.",
                                                 shown(compiled_->text()), size)};
    auto value = compiled_->engine()->evaluate(part, kEvaluatedBytesMax);
    if (!value)
        return Error{value.error().code,
                     fmt::format("The expression '{}' {}.", shown(compiled_->text()), value.error().message)};
    return value;
}

const std::string& Expression::text() const {
    return compiled_->text();
}

const std::vector<Reference>& Expression::references() const {
    return compiled_->grammar().references;
}

bool is_false(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null:
            return true;
        case json::kind::bool_:
            return !value.get_bool();
        case json::kind::string:
            return value.get_string().empty();
        case json::kind::array:
            return value.get_array().empty();
        case json::kind::object:
            return value.get_object().empty();
        default:
            return false;
    }
}

}  // namespace meshai::workflow
