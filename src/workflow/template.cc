#include <fmt/format.h>

#include <algorithm>

#include "workflow/expression.h"
#include "workflow/lexer.h"

namespace meshai::workflow {
namespace {

constexpr std::string_view kOpen = "${";
constexpr std::string_view kEscapedOpen = "$${";

std::string member_place(const std::string& place, std::string_view key) {
    return place.empty() ? std::string(key) : fmt::format("{}.{}", place, key);
}

Error at_place(const std::string& place, std::string_view what) {
    return Error{Code::InvalidArgument,
                 place.empty() ? std::string(what) : fmt::format("{}: {}", place, what)};
}

/// The text up to the next hole, unescaped; `at` is moved behind the hole's "${", or to the end.
std::string text_before_hole(std::string_view text, std::size_t& at, bool& is_hole) {
    std::string before;
    is_hole = false;
    while (at < text.size()) {
        if (text.substr(at).starts_with(kEscapedOpen)) {
            before += kOpen;
            at += kEscapedOpen.size();
        } else if (text.substr(at).starts_with(kOpen)) {
            at += kOpen.size();
            is_hole = true;
            return before;
        } else {
            before += text[at++];
        }
    }
    return before;
}

std::string as_text(const json::value& value) {
    if (value.is_double()) return fmt::format("{}", value.get_double());  // JSON would have 0.5 as 5E-1
    return value.is_string() ? std::string(value.get_string()) : to_text(value);
}

Result<json::value> needed(const Expression& expression, const json::object& document) {
    auto value = expression.evaluate(document);
    if (value && value->is_null())
        return Error{Code::InvalidArgument,
                     fmt::format("'{}' gives null, and a value is needed; `||` gives a default.",
                                 utf8_prefix(expression.text(), kExpressionBytesMax))};
    return value;
}

}  // namespace

Result<Template> Template::compile(const json::value& value) {
    Template made;
    made.value_ = value;
    std::size_t expressions = 0;
    if (auto gathered = gather(value, {}, made.fillings_, expressions); !gathered) return gathered.error();
    return made;
}

Status Template::gather(const json::value& value, const std::string& place, std::vector<Filling>& fillings,
                        std::size_t& expressions) {
    if (const auto* array = value.if_array()) {
        for (std::size_t i = 0; i < array->size(); ++i)
            if (auto inner = gather((*array)[i], fmt::format("{}[{}]", place, i), fillings, expressions);
                !inner)
                return inner;
        return {};
    }
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object)
            if (auto inner = gather(member.value(), member_place(place, member.key()), fillings, expressions);
                !inner)
                return inner;
        return {};
    }
    const auto* string = value.if_string();
    if (!string) return {};
    const std::string_view text(string->data(), string->size());
    auto& filling = fillings.emplace_back();
    for (std::size_t at = 0; at < text.size() || filling.empty();) {
        bool is_hole = false;
        auto& hole = filling.emplace_back();
        hole.text = text_before_hole(text, at, is_hole);
        if (!is_hole) break;
        const auto end = detail::end_of_hole(text, at);
        if (end == std::string_view::npos)
            return at_place(place, "a '${' has no '}'; a literal one is written '$${'");
        if (++expressions > kTemplatesMax)
            return at_place(place, fmt::format("there are more than {} expressions", kTemplatesMax));
        auto expression = Expression::compile(text.substr(at, end - at));
        if (!expression) return at_place(place, expression.error().message);
        hole.expression = std::move(*expression);
        at = end + 1;
    }
    return {};
}

Result<json::value> Template::evaluate(const json::object& document) const {
    std::size_t next = 0;
    std::size_t bytes_left = kEvaluatedBytesMax;
    return fill(value_, document, next, bytes_left);
}

Result<json::value> Template::fill(const json::value& value, const json::object& document, std::size_t& next,
                                   std::size_t& bytes_left) const {
    if (const auto* array = value.if_array()) {
        json::array filled;
        for (const auto& element : *array) {
            auto inner = fill(element, document, next, bytes_left);
            if (!inner) return inner;
            filled.push_back(std::move(*inner));
        }
        return json::value(std::move(filled));
    }
    if (const auto* object = value.if_object()) {
        json::object filled;
        for (const auto& member : *object) {
            auto inner = fill(member.value(), document, next, bytes_left);
            if (!inner) return inner;
            filled[member.key()] = std::move(*inner);
        }
        return json::value(std::move(filled));
    }
    if (!value.is_string()) return value;
    return fill(fillings_[next++], document, bytes_left);
}

Result<json::value> Template::fill(const Filling& filling, const json::object& document,
                                   std::size_t& bytes_left) {
    const auto take = [&bytes_left](std::size_t bytes) {
        if (bytes > bytes_left) return false;
        bytes_left -= bytes;
        return true;
    };
    const auto too_large = [] {
        return Error{Code::TooLarge,
                     fmt::format("What the template gives has more than {} bytes.", kEvaluatedBytesMax)};
    };
    const bool is_value = filling.size() == 1 && filling[0].text.empty() && filling[0].expression;
    if (is_value) {
        auto value = needed(*filling[0].expression, document);
        if (value && !take(as_text(*value).size())) return too_large();
        return value;
    }
    std::string text;
    for (const auto& hole : filling) {
        text += hole.text;
        if (!hole.expression) continue;
        auto value = needed(*hole.expression, document);
        if (!value) return value;
        const auto piece = as_text(*value);
        if (!take(piece.size())) return too_large();
        text += piece;
    }
    return json::value(text);
}

std::vector<Expression> Template::expressions() const {
    std::vector<Expression> all;
    for (const auto& filling : fillings_)
        for (const auto& hole : filling)
            if (hole.expression) all.push_back(*hole.expression);
    return all;
}

std::vector<Reference> Template::references() const {
    std::vector<Reference> all;
    for (const auto& expression : expressions())
        for (const auto& reference : expression.references())
            if (std::ranges::find(all, reference) == all.end()) all.push_back(reference);
    return all;
}

std::string escaped(std::string_view text) {
    std::string safe;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text.substr(at).starts_with(kOpen)) safe += '$';
        safe += text[at];
    }
    return safe;
}

json::value escaped(const json::value& value) {
    if (const auto* text = value.if_string())
        return json::value(escaped(std::string_view(text->data(), text->size())));
    if (const auto* array = value.if_array()) {
        json::array safe;
        for (const auto& element : *array) safe.push_back(escaped(element));
        return safe;
    }
    if (const auto* object = value.if_object()) {
        json::object safe;
        for (const auto& member : *object) safe[member.key()] = escaped(member.value());
        return safe;
    }
    return value;
}

}  // namespace meshai::workflow
