#include "app/config/reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "app/config/agent_reader.h"
#include "app/config/assign.h"
#include "app/config/schema.h"
#include "app/config/telemetry_reader.h"
#include "base/spelling.h"

namespace meshai::app {
namespace {

const Section* section_of(std::string_view name) {
    for (const auto& section : sections())
        if (section.name == name) return &section;
    return nullptr;
}

const Key<Config>* key_of(const Section& section, std::string_view name) {
    for (const auto& key : section.keys)
        if (key.name == name) return &key;
    return nullptr;
}

std::vector<std::string> section_names() {
    std::vector<std::string> names{"agents"};
    for (const auto& section : sections()) names.emplace_back(section.name);
    return names;
}

/// The end of "there is no such key": a word near it, or the section where it is at home.
std::string advice(const Section& section, const std::string& word) {
    std::vector<std::string> names;
    for (const auto& key : section.keys) names.emplace_back(key.name);
    if (const auto near = nearest(word, names)) return fmt::format("; did you mean \"{}\"?", *near);
    for (const auto& other : sections())
        if (key_of(other, word) != nullptr) return fmt::format("; \"{}\" belongs to [{}]", word, other.name);
    return fmt::format("; [{}] has {}", section.name, fmt::join(names, ", "));
}

void read_section(const DocumentTable& table, const Section& section, const std::string& folder,
                  Reading& reading) {
    for (const auto& member : table.members) {
        const auto where = fmt::format("{}.{}", table.name, member.key);
        const auto* key = key_of(section, member.key);
        if (key == nullptr) {
            reading.problems.push_back(
                {member.line, where, "there is no such key" + advice(section, member.key)});
            continue;
        }
        auto good = assign(key->slot(reading.config), rules_of(*key), member.value, folder);
        if (!good) reading.problems.push_back({member.line, where, good.error().message});
    }
}

std::string unknown_table(const std::string& name) {
    const auto near = nearest(name, section_names());
    return near ? fmt::format("there is no such table; did you mean \"{}\"?", *near)
                : fmt::format("there is no such table; there are {}", fmt::join(section_names(), ", "));
}

void read_loose(const DocumentTable& table, Reading& reading) {
    for (const auto& member : table.members) {
        std::string what = unknown_table(member.key);
        if (member.key == "agents") what = "write each agent as a table that begins with [[agents]]";
        for (const auto& section : sections()) {
            if (section.name == member.key) what = fmt::format("must be a table; write [{}]", section.name);
            if (key_of(section, member.key) != nullptr)
                what = fmt::format("belongs to a table; write it below [{}]", section.name);
        }
        reading.problems.push_back({member.line, member.key, what});
    }
}

void read_document(const Document& document, const Source& source, Reading& reading) {
    std::vector<const DocumentTable*> agents;
    for (const auto& table : document.tables) {
        const auto* section = section_of(table.name);
        if (table.name.empty())
            read_loose(table, reading);
        else if (table.name == "agents" && table.is_entry)
            agents.push_back(&table);
        else if (table.name == "agents")
            reading.problems.push_back(
                {table.line, "agents", "write each agent as a table that begins with [[agents]]"});
        else if (section != nullptr && table.is_entry)
            reading.problems.push_back(
                {table.line, table.name, fmt::format("is one table; write [{}]", table.name)});
        else if (section != nullptr)
            read_section(table, *section, source.folder, reading);
        else
            reading.problems.push_back({table.line, table.name, unknown_table(table.name)});
    }
    read_agents(agents, source, reading);
}

void put(const Section& section, const Key<Config>& key, const std::string& text, const std::string& origin,
         Reading& reading) {
    const auto slot = key.slot(reading.config);
    // A relative path of a variable or flag belongs to the working directory, like every other path there.
    auto good = assign(slot, rules_of(key), value_of_text(slot, text), "");
    if (!good)
        reading.problems.push_back(
            {0, origin, fmt::format("{}.{}: {}", section.name, key.name, good.error().message)});
}

std::string variable_name(std::string_view section, std::string_view key) {
    auto name = fmt::format("MESHAI_{}_{}", section, key);
    std::ranges::transform(name, name.begin(), [](char letter) {
        return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    });
    return name;
}

void read_variables(const Source& source, Reading& reading) {
    if (!source.variable) return;
    for (const auto& section : sections()) {
        for (const auto& key : section.keys) {
            const auto name = variable_name(section.name, key.name);
            if (const auto text = source.variable(name)) put(section, key, *text, name, reading);
        }
    }
}

void read_flags(const Source& source, Reading& reading) {
    for (const auto& flag : source.flags) {
        const auto dot = flag.key.find('.');
        const auto* section = section_of(flag.key.substr(0, dot));
        const auto* key = section != nullptr && dot != std::string::npos
                              ? key_of(*section, flag.key.substr(dot + 1))
                              : nullptr;
        if (key == nullptr)
            reading.problems.push_back({0, flag.origin, fmt::format("there is no key \"{}\"", flag.key)});
        else
            put(*section, *key, flag.text, flag.origin, reading);
    }
}

/// What no single key can tell. `line` is where the reader of the message should look first.
void check_together(const Document& document, Reading& reading) {
    const auto line = [&](std::string_view table, std::string_view key) {
        for (const auto& candidate : document.tables)
            for (const auto& member : candidate.members)
                if (candidate.name == table && member.key == key) return member.line;
        return 0;
    };
    const auto& config = reading.config;
    if (config.server.tls_cert.value.empty() != config.server.tls_key.value.empty()) {
        const bool has_cert = !config.server.tls_cert.value.empty();
        const std::string_view there = has_cert ? "tls_cert" : "tls_key";
        reading.problems.push_back(
            {line("server", there), fmt::format("server.{}", there),
             fmt::format("{} is missing; TLS needs both", has_cert ? "tls_key" : "tls_cert")});
    }
    if (config.limits.task_timeout > config.limits.task_timeout_max)
        reading.problems.push_back({line("limits", "task_timeout"), "limits.task_timeout",
                                    "is longer than limits.task_timeout_max"});
    if (config.store.path.value.empty())
        reading.problems.push_back(
            {line("store", "path"), "store.path", "is empty; write a file, or \":memory:\" to keep nothing"});
    if (config.server.listen.empty())
        reading.problems.push_back(
            {line("server", "listen"), "server.listen", "is empty; write for example \"127.0.0.1:8080\""});
}

/// What stands nowhere in the file (variables, flags) comes first, in the order it was found.
std::vector<Problem> in_order_of_lines(std::vector<Problem> problems) {
    std::multimap<int, Problem> sorted;
    for (auto& problem : problems) sorted.emplace(problem.line, std::move(problem));
    problems.clear();
    for (auto& [line, problem] : sorted) problems.push_back(std::move(problem));
    return problems;
}

}  // namespace

Reading read_config(const Source& source) {
    Reading reading;
    const auto document = parse_document(source.text);
    reading.problems = document.problems;
    if (reading.problems.empty()) {
        read_standard_variables(source, reading);
        read_document(document, source, reading);
        read_variables(source, reading);
        read_flags(source, reading);
        read_otlp_headers(source, reading);
        check_together(document, reading);
    }
    reading.problems = in_order_of_lines(std::move(reading.problems));
    return reading;
}

std::string describe(const std::vector<Problem>& problems, std::string_view file_name) {
    std::string text;
    for (const auto& problem : problems) {
        if (!text.empty()) text += '\n';
        text += describe(problem, file_name);
    }
    return text;
}

}  // namespace meshai::app
