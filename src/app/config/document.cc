#include "app/config/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace meshai::app {
namespace {

int line_of(const toml::source_region& region) {
    return static_cast<int>(region.begin.line);
}

json::value to_json(const toml::node& node) {
    if (const auto* text = node.as_string()) return json::value(text->get());
    if (const auto* number = node.as_integer()) return json::value(number->get());
    if (const auto* number = node.as_floating_point()) return json::value(number->get());
    if (const auto* flag = node.as_boolean()) return json::value(flag->get());
    if (const auto* array = node.as_array()) {
        json::array list;
        for (const auto& item : *array) list.push_back(to_json(item));
        return list;
    }
    if (const auto* table = node.as_table()) {
        json::object object;
        for (const auto& [key, item] : *table) object[key.str()] = to_json(item);
        return object;
    }
    std::ostringstream date;
    if (const auto* day = node.as_date()) date << *day;
    if (const auto* time = node.as_time()) date << *time;
    if (const auto* moment = node.as_date_time()) date << *moment;
    return json::value(date.str());
}

DocumentTable to_table(std::string name, const toml::table& source, int line, bool is_entry) {
    DocumentTable table{std::move(name), line, is_entry, {}};
    for (const auto& [key, node] : source)
        table.members.push_back({std::string(key.str()), line_of(key.source()), to_json(node)});
    std::ranges::sort(table.members, {}, &Member::line);
    return table;
}

bool is_list_of_tables(const toml::node& node) {
    const auto* array = node.as_array();
    return array != nullptr && !array->empty() &&
           std::ranges::all_of(*array, [](const toml::node& item) { return item.is_table(); });
}

}  // namespace

std::string describe(const Problem& problem, std::string_view file_name) {
    std::string text;
    if (problem.line > 0) text = fmt::format("{}:{}: ", file_name, problem.line);
    if (!problem.where.empty()) text += problem.where + ": ";
    return text + problem.what;
}

Document parse_document(std::string_view text) {
    Document document;
    const auto parsed = toml::parse(text);
    if (!parsed) {
        const auto& error = parsed.error();
        document.problems.push_back({std::max(1, line_of(error.source())), "",
                                     fmt::format("not valid TOML: {}", error.description())});
        return document;
    }
    DocumentTable loose;
    for (const auto& [key, node] : parsed.table()) {
        const std::string name(key.str());
        if (const auto* table = node.as_table()) {
            document.tables.push_back(to_table(name, *table, line_of(key.source()), false));
        } else if (is_list_of_tables(node)) {
            for (const auto& item : *node.as_array())
                document.tables.push_back(to_table(name, *item.as_table(), line_of(item.source()), true));
        } else {
            loose.members.push_back({name, line_of(key.source()), to_json(node)});
        }
    }
    if (!loose.members.empty()) document.tables.push_back(std::move(loose));
    std::ranges::sort(document.tables, {}, &DocumentTable::line);
    return document;
}

}  // namespace meshai::app
