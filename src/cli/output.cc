#include "cli/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace meshai::cli {
namespace {

constexpr std::size_t kCellWidthMax = 60;

/// Columns on the screen: code points, which is right for all but the widest scripts.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string cell(const json::value* value) {
    auto text = value == nullptr ? "" : printable(plain(*value), false);
    if (width_of(text) <= kCellWidthMax) return text;
    // Cut by bytes: at most so many columns, whatever the script.
    return std::string(utf8_prefix(text, kCellWidthMax - 1)) + "…";
}

void add_line(std::string& out, const std::vector<std::string>& cells,
              const std::vector<std::size_t>& widths) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        line += cells[i];
        line.append(widths[i] - width_of(cells[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
}

}  // namespace

std::string table_text(const json::array& rows, const std::vector<Column>& columns) {
    std::vector<std::vector<std::string>> lines(1);
    for (const auto& column : columns) lines.front().emplace_back(column.title);
    for (const auto& row : rows) {
        auto& line = lines.emplace_back();
        for (const auto& column : columns)
            line.push_back(cell(row.is_object() ? find(row.get_object(), column.member) : nullptr));
    }
    std::vector<std::size_t> widths(columns.size());
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
    std::string out;
    for (const auto& line : lines) add_line(out, line, widths);
    return out;
}

std::string members_text(const json::object& object) {
    std::size_t width = 0;
    for (const auto& [name, value] : object) width = std::max(width, name.size());
    std::string out;
    for (const auto& [name, value] : object)
        out += fmt::format("{:<{}}  {}\n", std::string_view(name), width, printable(plain(value), true));
    return out;
}

std::string plain(const json::value& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return std::string(value.get_string());
    // JSON's own way of 0.5 is 5E-1.
    if (const auto* number = value.if_double()) return fmt::format("{:g}", *number);
    const auto* list = value.if_array();
    if (list == nullptr || std::ranges::any_of(*list, [](const auto& item) { return item.is_structured(); }))
        return to_text(value);
    std::string text;
    for (const auto& item : *list) text += (text.empty() ? "" : ", ") + plain(item);
    return text;
}

std::string printable(std::string_view text, bool lines) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const bool is_space = c == '\n' || c == '\t';
        const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        if (!is_control || (is_space && lines))
            out += c;
        else if (is_space)
            out += ' ';
    }
    return out;
}

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

void print_json(const json::value& value) {
    print(to_text(value) + "\n");
}

int complain(const Error& error) {
    std::fputs(fmt::format("meshai: {}\n", printable(error.message, true)).c_str(), stderr);
    return exit_code_of(error.code);
}

}  // namespace meshai::cli
