#include "wire/schema/ecma_pattern.h"

#include <fmt/format.h>
#include <fmt/xchar.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "wire/schema/characters.h"
#include "wire/schema/pattern.h"

namespace meshai::wire::schema {
namespace {

std::wstring written(char32_t point) {
    return fmt::format(L"\\x{{{:x}}}", static_cast<std::uint32_t>(point));
}

std::wstring written(const Ranges& ranges) {
    if (ranges.empty()) return L"(?!)";  // a class of nothing matches nothing
    std::wstring text = L"[";
    for (const auto [first, last] : ranges) {
        text += written(first);
        if (last != first) text += L"-" + written(last);
    }
    return text + L"]";
}

std::optional<char32_t> control_of(char32_t letter) {
    switch (letter) {
        case 'f':
            return 0x0C;
        case 'n':
            return 0x0A;
        case 'r':
            return 0x0D;
        case 't':
            return 0x09;
        case 'v':
            return 0x0B;
        case '0':
            return 0x00;
        default:
            return std::nullopt;
    }
}

bool is_ascii_letter(char32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char32_t c) {
    return c >= '0' && c <= '9';
}
bool is_lead_surrogate(char32_t c) {
    return c >= 0xD800 && c <= 0xDBFF;
}
bool is_trail_surrogate(char32_t c) {
    return c >= 0xDC00 && c <= 0xDFFF;
}

std::optional<char32_t> hex_digit(char32_t c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

/// Reads one pattern from left to right. The first thing that is wrong stays.
class Translator {
  public:
    explicit Translator(std::wstring pattern) : pattern_(std::move(pattern)) {}

    Result<std::wstring> translate() {
        while (!at_end() && problem_.empty()) term();
        if (problem_.empty() && groups_open_ > 0) refuse("has a ( without its )");
        if (!problem_.empty()) return Error{Code::InvalidArgument, problem_};
        return std::move(out_);
    }

  private:
    bool at_end() const { return at_ >= pattern_.size(); }
    char32_t peek() const { return at_end() ? 0 : static_cast<char32_t>(pattern_[at_]); }
    char32_t take() { return static_cast<char32_t>(pattern_[at_++]); }
    bool take_if(std::wstring_view text) {
        if (std::wstring_view(pattern_).substr(at_, text.size()) != text) return false;
        at_ += text.size();
        return true;
    }
    void refuse(std::string problem) {
        if (problem_.empty()) problem_ = std::move(problem);
    }

    void term();
    void group();
    void group_end();
    void quantifier(std::wstring text);
    void counted();
    void escape();
    void character_class();
    std::optional<Ranges> class_atom();
    std::optional<char32_t> character_escape(char32_t letter);
    std::optional<char32_t> hex(std::size_t digits);
    std::optional<char32_t> unicode_escape();
    std::optional<unsigned> number();
    void atom(std::wstring_view text) {
        out_ += text;
        may_repeat_ = true;
    }

    const std::wstring pattern_;
    std::size_t at_ = 0;
    std::wstring out_;
    std::string problem_;
    std::size_t groups_ = 0;  ///< capturing ones, which \1 counts
    std::size_t groups_open_ = 0;
    std::vector<bool> group_may_repeat_;
    bool may_repeat_ = false;  ///< what stands before may be followed by * + ? {n}
};

void Translator::term() {
    switch (const auto c = take()) {
        // Boost's ^ and $ also match at lines within the text; ECMA's match at its ends only.
        case '^':
            out_ += L"\\A", may_repeat_ = false;
            return;
        case '$':
            out_ += L"\\z", may_repeat_ = false;
            return;
        case '|':
            out_ += L"|", may_repeat_ = false;
            return;
        case '.':
            return atom(written(not_line_ends()));
        case '(':
            return group();
        case ')':
            return group_end();
        case '[':
            return character_class();
        case '\\':
            return escape();
        case '*':
            return quantifier(L"*");
        case '+':
            return quantifier(L"+");
        case '?':
            return quantifier(L"?");
        case '{':
            return counted();
        default:
            return atom(written(c));
    }
}

void Translator::group() {
    if (++groups_open_ > kPatternGroupsMax || groups_ > kPatternGroupsMax)
        return refuse(fmt::format("has more than {} groups", kPatternGroupsMax));
    bool looks = false;
    if (take_if(L"?:")) {
        out_ += L"(?:";
    } else if (take_if(L"?=")) {
        out_ += L"(?=", looks = true;
    } else if (take_if(L"?!")) {
        out_ += L"(?!", looks = true;
    } else if (take_if(L"?<=")) {
        out_ += L"(?<=", looks = true;
    } else if (take_if(L"?<!")) {
        out_ += L"(?<!", looks = true;
    } else if (take_if(L"?<")) {
        while (!at_end() && (is_ascii_letter(peek()) || is_digit(peek()) || peek() == '_')) take();
        if (!take_if(L">")) return refuse("has a group name without its >");
        out_ += L"(", ++groups_;
    } else if (peek() == '?') {
        return refuse("has a kind of group that ECMA-262 does not have");
    } else {
        out_ += L"(", ++groups_;
    }
    group_may_repeat_.push_back(!looks);
    may_repeat_ = false;
}

void Translator::group_end() {
    if (groups_open_ == 0) return refuse("has a ) without its (");
    --groups_open_;
    out_ += L")";
    may_repeat_ = group_may_repeat_.back();
    group_may_repeat_.pop_back();
}

void Translator::quantifier(std::wstring text) {
    if (!may_repeat_) return refuse("repeats nothing");
    out_ += text;
    if (take_if(L"?")) out_ += L"?";
    may_repeat_ = false;
}

/// {n}, {n,} or {n,m}; any other { stands for itself.
void Translator::counted() {
    const auto start = at_;
    const auto least = number();
    std::optional<unsigned> most = least;
    bool is_open = false;
    if (least && take_if(L",")) {
        most = number();
        is_open = !most;
    }
    if (!least || !take_if(L"}")) {
        at_ = start;
        return atom(written(U'{'));
    }
    if (*least > kPatternRepeatMax || (most && *most > kPatternRepeatMax))
        return refuse(fmt::format("repeats something more than {} times", kPatternRepeatMax));
    if (most && *most < *least) return refuse("repeats something at most fewer times than at least");
    quantifier(is_open ? fmt::format(L"{{{},}}", *least) : fmt::format(L"{{{},{}}}", *least, *most));
}

std::optional<unsigned> Translator::number() {
    if (!is_digit(peek())) return std::nullopt;
    unsigned value = 0;
    while (!at_end() && is_digit(peek()))
        value = std::min<unsigned>(value * 10 + (take() - '0'), kPatternRepeatMax + 1);
    return value;
}

void Translator::escape() {
    if (at_end()) return refuse("ends with a \\");
    const auto letter = take();
    if (letter == 'b' || letter == 'B') {
        out_ += letter == 'b' ? L"\\b" : L"\\B";
        may_repeat_ = false;
        return;
    }
    if (const auto ranges = class_of(letter)) return atom(written(*ranges));
    if (letter >= '1' && letter <= '9') {
        if (is_digit(peek()) || letter - '0' > groups_)
            return refuse("refers back to a group that is not before it");
        return atom(fmt::format(L"(?:\\{})", static_cast<unsigned>(letter - '0')));
    }
    if (const auto point = character_escape(letter)) atom(written(*point));
}

std::optional<char32_t> Translator::character_escape(char32_t letter) {
    if (const auto control = control_of(letter)) return control;
    switch (letter) {
        case 'x':
            return hex(2);
        case 'u':
            return unicode_escape();
        case 'c':
            if (is_ascii_letter(peek())) return take() % 32;
            refuse("has a \\c without its letter");
            return std::nullopt;
        default:
            break;
    }
    if (!is_ascii_letter(letter) && !is_digit(letter)) return letter;
    refuse(fmt::format("has \\{}, which is not understood here", static_cast<char>(letter)));
    return std::nullopt;
}

std::optional<char32_t> Translator::hex(std::size_t digits) {
    char32_t value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const auto digit = hex_digit(peek());
        if (at_end() || !digit) {
            refuse("has a \\x or \\u without its hexadecimal digits");
            return std::nullopt;
        }
        take();
        value = value * 16 + *digit;
    }
    return value;
}

/// \uXXXX, a pair of surrogates as one code point, or \u{X…}.
std::optional<char32_t> Translator::unicode_escape() {
    if (!take_if(L"{")) {
        const auto lead = hex(4);
        if (!lead || !is_lead_surrogate(*lead)) return lead;
        const auto start = at_;
        if (!take_if(L"\\u")) return lead;
        const auto trail = hex(4);
        if (trail && is_trail_surrogate(*trail))
            return 0x10000 + ((*lead - 0xD800) << 10) + (*trail - 0xDC00);
        at_ = start;
        return lead;
    }
    char32_t value = 0;
    std::size_t digits = 0;
    for (; !at_end() && hex_digit(peek()); ++digits)
        value = std::min<char32_t>(value * 16 + *hex_digit(take()), kLastCodePoint + 1);
    if (digits > 0 && value <= kLastCodePoint && take_if(L"}")) return value;
    refuse("has a \\u{ without its code point");
    return std::nullopt;
}

void Translator::character_class() {
    const bool is_negated = take_if(L"^");
    Ranges ranges;
    while (!take_if(L"]")) {
        const auto first = class_atom();
        if (!first) return;
        const bool is_range = peek() == '-' && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != L']';
        if (!is_range) {
            ranges.insert(ranges.end(), first->begin(), first->end());
            continue;
        }
        take();
        const auto last = class_atom();
        if (!last) return;
        const auto is_one = [](const Ranges& atom) {
            return atom.size() == 1 && atom[0].first == atom[0].last;
        };
        if (!is_one(*first) || !is_one(*last) || first->front().first > last->front().first)
            return refuse("has a range of characters that is out of order");
        ranges.push_back({first->front().first, last->front().first});
    }
    atom(written(is_negated ? other_than(std::move(ranges)) : ranges));
}

/// One character or one \d, \w, \s of a class.
std::optional<Ranges> Translator::class_atom() {
    if (at_end()) {
        refuse("has a [ without its ]");
        return std::nullopt;
    }
    const auto c = take();
    if (c != '\\') return Ranges{{c, c}};
    if (at_end()) {
        refuse("ends with a \\");
        return std::nullopt;
    }
    const auto letter = take();
    if (auto ranges = class_of(letter)) return ranges;
    if (letter == 'b') return Ranges{{0x08, 0x08}};
    const auto point = character_escape(letter);
    if (!point) return std::nullopt;
    return Ranges{{*point, *point}};
}

}  // namespace

Result<std::wstring> boost_syntax(std::string_view ecma) {
    return Translator(code_points(ecma)).translate();
}

}  // namespace meshai::wire::schema
