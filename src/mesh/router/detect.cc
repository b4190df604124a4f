#include <algorithm>
#include <array>
#include <limits>

#include "agents/spec.h"
#include "mesh/router/router.h"

namespace meshai::mesh {
namespace {

struct Patterns {
    std::string_view capability;
    std::array<std::string_view, 16> phrases;
};

// The words of wire section 4.5. The words of text_generation are not here: it
// is what remains when nothing special is asked for, so they decide nothing.
constexpr std::array kSpecial = {
    Patterns{"code_generation",
             {"write code", "implement", "function", "class", "algorithm", "debug", "fix code", "refactor",
              "optimize code", "script", "api", "endpoint", "database query", "sql"}},
    Patterns{"data_analysis",
             {"analyze", "calculate", "compute", "statistics", "average", "sum", "count", "graph", "chart",
              "visualize", "report", "csv", "excel", "dataset", "metrics"}},
    Patterns{"reasoning",
             {"solve", "reason", "logic", "puzzle", "problem", "deduce", "infer", "conclude", "prove",
              "theorem", "mathematical", "equation", "formula"}},
    Patterns{"image_generation",
             {"image", "picture", "photo", "visual", "draw", "sketch", "diagram", "illustration",
              "generate image", "dall-e"}},
};

constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

/// Lower case, with every run of white space as one space, so that a phrase of
/// two words is found across a line end.
std::string plain(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
        if (!is_space)
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    return out;
}

/// Bytes of a longer UTF-8 sequence count as letters: a word of another script
/// does not end in the middle.
bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (static_cast<unsigned>(c) & 0x80U);
}

/// Where `phrase` stands as whole words for the first time.
std::size_t first_place(std::string_view text, std::string_view phrase) {
    for (auto at = text.find(phrase); at != std::string_view::npos; at = text.find(phrase, at + 1)) {
        const auto end = at + phrase.size();
        const bool begins = at == 0 || !is_word(text[at - 1]);
        const bool ends = end == text.size() || !is_word(text[end]);
        if (begins && ends) return at;
    }
    return kNowhere;
}

std::size_t first_place(std::string_view text, const Patterns& patterns) {
    auto first = kNowhere;
    for (const auto phrase : patterns.phrases)
        if (!phrase.empty()) first = std::min(first, first_place(text, phrase));
    return first;
}

/// What the client's word for the kind of task suggests; empty for any other word.
std::string_view hinted(std::string_view task_type) {
    const auto word = plain(task_type);
    if (word == "code") return "code_generation";
    if (word == "analysis") return "data_analysis";
    if (word == "creative" || word == "chat") return "text_generation";
    return {};
}

}  // namespace

Detected detect_capabilities(std::string_view text, std::string_view task_type) {
    const auto searched = plain(text.substr(0, kDetectedBytesMax));
    std::vector<std::pair<std::size_t, std::string_view>> found;
    for (const auto& patterns : kSpecial) {
        const auto at = first_place(searched, patterns);
        if (at != kNowhere) found.emplace_back(at, patterns.capability);
    }
    std::ranges::sort(found);

    Detected detected;
    const auto hint = hinted(task_type);
    if (found.empty()) {
        detected.primary = hint.empty() ? "text_generation" : hint;
        return detected;
    }
    detected.primary = found.front().second;
    for (std::size_t i = 1; i < found.size(); ++i) detected.optional.emplace_back(found[i].second);
    const bool is_new = !hint.empty() && hint != detected.primary &&
                        std::ranges::find(detected.optional, hint) == detected.optional.end();
    if (is_new) detected.optional.emplace_back(hint);
    return detected;
}

}  // namespace meshai::mesh
