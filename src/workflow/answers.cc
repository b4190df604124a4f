#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "workflow/compile.h"

namespace meshai::workflow {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kFence = "```";
/// Places of a text at which JSON is looked for.
constexpr int kAttemptsMax = 16;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

/// What stands in the code fences, without the name of a language.
std::vector<std::string_view> fenced(std::string_view text) {
    std::vector<std::string_view> blocks;
    for (auto open = text.find(kFence); open != std::string_view::npos && blocks.size() < kAttemptsMax;
         open = text.find(kFence, open)) {
        const auto line = text.find('\n', open);
        if (line == std::string_view::npos) break;
        const auto close = text.find(kFence, line);
        if (close == std::string_view::npos) break;
        blocks.push_back(trimmed(text.substr(line + 1, close - line - 1)));
        open = close + kFence.size();
    }
    return blocks;
}

/// The object or array that begins at the start of `text`, up to its last bracket; empty if it has no end.
std::string_view bracketed(std::string_view text) {
    std::size_t depth = 0;
    bool in_text = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (in_text) {
            if (c == '\\')
                ++at;
            else if (c == '"')
                in_text = false;
        } else if (c == '"') {
            in_text = true;
        } else if (c == '[' || c == '{') {
            ++depth;
        } else if ((c == ']' || c == '}') && --depth == 0) {
            return text.substr(0, at + 1);
        }
    }
    return {};
}

/// The next place of `text` from `at` on where JSON may begin: any bracket, or one that is the first of its
/// line.
std::size_t next_bracket(std::string_view text, std::string_view brackets, std::size_t at,
                         bool at_line_start) {
    at = text.find_first_of(brackets, at);
    while (at_line_start && at < text.size()) {
        const auto before = text.find_last_not_of(" \t", at == 0 ? 0 : at - 1);
        if (at == 0 || before == std::string_view::npos || text[before] == '\n') break;
        const auto line = text.find('\n', at);
        at = line == std::string_view::npos ? line : text.find_first_of(brackets, line);
    }
    return at;
}

/// The first JSON that begins with one of `brackets`, at the beginning of a line if that is asked for: within
/// a line
/// "[1]" is more likely a footnote than a list.
std::optional<json::value> embedded(std::string_view text, std::string_view brackets, bool at_line_start) {
    int attempts = 0;
    for (auto at = next_bracket(text, brackets, 0, at_line_start);
         at != std::string_view::npos && attempts < kAttemptsMax;
         at = next_bracket(text, brackets, at + 1, at_line_start), ++attempts)
        if (auto value = parse_json(bracketed(text.substr(at)))) return std::move(*value);
    return std::nullopt;
}

/// [..] itself, and {"tasks": [..]}: many models wrap a list so.
std::optional<json::array> list_in(const json::value& value) {
    if (const auto* array = value.if_array()) return *array;
    const auto* object = value.if_object();
    if (object && object->size() == 1)
        if (const auto* array = object->begin()->value().if_array()) return *array;
    return std::nullopt;
}

std::optional<json::array> list_as_json(std::string_view text) {
    if (const auto value = parse_json(text))
        if (auto list = list_in(*value)) return list;
    for (const auto block : fenced(text))
        if (const auto value = parse_json(block))
            if (auto list = list_in(*value)) return list;
    if (const auto value = embedded(text, "[{", true)) return list_in(*value);
    return std::nullopt;
}

struct Line {
    std::size_t indent = 0;
    bool is_bullet = false;
    std::string_view words;
};

/// "- a", "* a", "• a", "1. a", "2) a".
Line line_of(std::string_view text) {
    Line line;
    line.indent = std::min(text.find_first_not_of(" \t"), text.size());
    line.words = trimmed(text);
    auto rest = line.words;
    const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (digits > 0 && digits < rest.size() && (rest[digits] == '.' || rest[digits] == ')'))
        rest.remove_prefix(digits + 1);
    else if (rest.starts_with('-') || rest.starts_with('*'))
        rest.remove_prefix(1);
    else if (rest.starts_with("•"))
        rest.remove_prefix(std::string_view("•").size());
    else
        return line;
    if (!rest.starts_with(' ') && !rest.starts_with('\t')) return line;
    line.is_bullet = true;
    line.words = trimmed(rest);
    return line;
}

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (const auto line = line_of(text.substr(0, end)); !line.words.empty()) lines.push_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// Bullets with what is indented below them; without any bullet, the lines.
std::vector<std::string> items_of(std::string_view text) {
    const auto lines = lines_of(text);
    std::size_t indent = text.size();
    for (const auto& line : lines)
        if (line.is_bullet) indent = std::min(indent, line.indent);
    const bool has_bullets = std::ranges::any_of(lines, &Line::is_bullet);
    std::vector<std::string> items;
    for (const auto& line : lines) {
        const bool is_item = !has_bullets || (line.is_bullet && line.indent <= indent);
        if (is_item)
            items.emplace_back(line.words);
        else if (!items.empty() && line.indent > indent)
            items.back() += fmt::format("\n{}", line.words);
        if (items.size() > kMapItemsMax) break;
    }
    return items;
}

}  // namespace

Result<json::array> to_list(const json::value& answer) {
    auto list = list_in(answer);
    if (const auto* text = answer.if_string()) {
        const auto words = trimmed({text->data(), text->size()});
        list = list_as_json(words);
        if (!list) list = to_array(items_of(words));
    }
    if (!list) list = answer.is_null() ? json::array{} : json::array{answer};
    if (list->size() > kMapItemsMax)
        return Error{Code::TooLarge,
                     fmt::format("The answer is a list of more than {} items.", kMapItemsMax)};
    return std::move(*list);
}

Result<json::value> to_json_value(const json::value& answer) {
    const auto* string = answer.if_string();
    if (!string) return answer;
    const auto text = trimmed({string->data(), string->size()});
    if (auto value = parse_json(text)) return value;
    for (const auto block : fenced(text))
        if (auto value = parse_json(block)) return value;
    if (auto value = embedded(text, "{[", false)) return std::move(*value);
    return Error{Code::InvalidArgument, "The answer of the agent holds no JSON, and the step asks for it."};
}

}  // namespace meshai::workflow
