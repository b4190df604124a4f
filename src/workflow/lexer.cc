#include "workflow/lexer.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/json.h"

namespace meshai::workflow::detail {
namespace {

using Kind = Token::Kind;

constexpr std::size_t kQuotedBytesMax = 120;
constexpr std::size_t kLiteralDepthMax = 16;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct Mark {
    std::string_view text;
    Kind kind;
};

// The longer one of two that begin the same stands first.
constexpr std::array kMarks = {
    Mark{"||", Kind::Or},       Mark{"|", Kind::Pipe},     Mark{"&&", Kind::And},
    Mark{"&", Kind::Ampersand}, Mark{"==", Kind::Compare}, Mark{"!=", Kind::Compare},
    Mark{"!", Kind::Not},       Mark{"<=", Kind::Compare}, Mark{"<", Kind::Compare},
    Mark{">=", Kind::Compare},  Mark{">", Kind::Compare},  Mark{".", Kind::Dot},
    Mark{",", Kind::Comma},     Mark{":", Kind::Colon},    Mark{"*", Kind::Star},
    Mark{"@", Kind::Current},   Mark{"?", Kind::Question}, Mark{"(", Kind::Paren},
    Mark{")", Kind::ParenEnd},  Mark{"[", Kind::Bracket},  Mark{"]", Kind::BracketEnd},
    Mark{"{", Kind::Brace},     Mark{"}", Kind::BraceEnd},
};

}  // namespace

Result<Token> Lexer::next() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    auto token = word();
    if (!token) return token;
    last_ = token->kind;
    token->end = at_;
    return token;
}

bool Lexer::is_next_a(char wanted) const {
    auto at = at_;
    while (at < text_.size() && is_space(text_[at])) ++at;
    return at < text_.size() && text_[at] == wanted;
}

Result<Token> Lexer::word() {
    const auto from = at_;
    if (from == text_.size()) return Token{Kind::End, from};
    const char c = text_[from];
    if (is_letter(c)) return name(from);
    if (is_digit(c)) return number(from);
    if (c == '-') {
        if (from + 1 < text_.size() && is_digit(text_[from + 1]) && last_ != Kind::Name) return number(from);
        return error(from, "'-' is no operator; a name that has one is quoted: steps.\"my-step\".result");
    }
    if (c == '"') return quoted(from);
    if (c == '\'') return raw(from);
    if (c == '`') return literal(from);
    return punctuation(from);
}

Token Lexer::name(std::size_t from) {
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
    return Token{Kind::Name, from, std::string(text_.substr(from, at_ - from))};
}

Result<Token> Lexer::number(std::size_t from) {
    Token token{Kind::Number, from};
    const auto [end, failed] =
        std::from_chars(text_.data() + from, text_.data() + text_.size(), token.number);
    if (failed != std::errc{} || token.number > kIndexMax || token.number < -kIndexMax)
        return error(from, fmt::format("an index lies between -{0} and {0}", kIndexMax));
    if (last_ != Kind::Bracket && last_ != Kind::Colon)
        return error(from, "a number is written as a literal: `3`");
    at_ = static_cast<std::size_t>(end - text_.data());
    return token;
}

std::size_t Lexer::closing(std::size_t from, char quote) const {
    for (auto at = from; at < text_.size(); ++at) {
        if (text_[at] == '\\')
            ++at;
        else if (text_[at] == quote)
            return at;
    }
    return std::string_view::npos;
}

Result<Token> Lexer::quoted(std::size_t from) {
    const auto end = closing(from + 1, '"');
    if (end == std::string_view::npos) return error(from, "a quoted name has no end");
    const auto value = parse_json(text_.substr(from, end + 1 - from));
    if (!value || !value->is_string()) return error(from, "this quoted name is no JSON string");
    at_ = end + 1;
    return Token{Kind::Quoted, from, std::string(value->get_string())};
}

Result<Token> Lexer::raw(std::size_t from) {
    const auto end = closing(from + 1, '\'');
    if (end == std::string_view::npos) return error(from, "a string has no end; it is written '…'");
    at_ = end + 1;
    return Token{Kind::Literal, from, std::string(text_.substr(from, at_ - from))};
}

Result<Token> Lexer::literal(std::size_t from) {
    const auto end = closing(from + 1, '`');
    if (end == std::string_view::npos) return error(from, "a literal has no end; it is written `…`");
    std::string json;
    for (auto at = from + 1; at < end; ++at) {
        if (text_[at] == '\\' && text_[at + 1] == '`') ++at;
        json += text_[at];
    }
    if (!parse_json(json, kLiteralDepthMax))
        return error(from, "this literal is no JSON; a text is written 'text' or `\"text\"`");
    at_ = end + 1;
    return Token{Kind::Literal, from, std::string(text_.substr(from, at_ - from))};
}

Result<Token> Lexer::punctuation(std::size_t from) {
    for (const auto& mark : kMarks) {
        if (!text_.substr(from).starts_with(mark.text)) continue;
        at_ += mark.text.size();
        return Token{mark.kind, from, std::string(mark.text)};
    }
    if (text_[from] == '=') return error(from, "'=' is no operator; equality is '=='");
    return error(from, "this character has no meaning here");
}

Error Lexer::error(std::size_t at, std::string_view what) const {
    const auto shown = valid_utf8(text_);
    const bool is_long = shown.size() > kQuotedBytesMax;
    return Error{Code::InvalidArgument, fmt::format("{}, at byte {} of '{}{}'", what, at,
                                                    utf8_prefix(shown, kQuotedBytesMax), is_long ? "…" : "")};
}

std::size_t end_of_hole(std::string_view text, std::size_t from) {
    std::size_t open = 0;
    char quote = 0;
    for (auto at = from; at < text.size(); ++at) {
        const char c = text[at];
        if (quote != 0) {
            if (c == '\\')
                ++at;
            else if (c == quote)
                quote = 0;
        } else if (c == '"' || c == '\'' || c == '`') {
            quote = c;
        } else if (c == '{') {
            ++open;
        } else if (c == '}') {
            if (open == 0) return at;
            --open;
        }
    }
    return std::string_view::npos;
}

}  // namespace meshai::workflow::detail
