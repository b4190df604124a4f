#include "app/config/agent_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "app/config/assign.h"
#include "app/config/schema.h"
#include "base/spelling.h"

namespace meshai::app {
namespace {

constexpr std::size_t kSecretBytesMax = 4U << 10U;

const Key<AgentEntry>* key_of(std::string_view name) {
    for (const auto& key : agent_keys())
        if (key.name == name) return &key;
    return nullptr;
}

std::string advice(const std::string& word) {
    if (word == "api_key") return "; a secret does not belong in this file: use api_key_file or api_key_env";
    if (word == "endpoint") return "; did you mean \"url\"?";
    std::vector<std::string> names;
    for (const auto& key : agent_keys()) names.emplace_back(key.name);
    if (const auto near = nearest(word, names)) return fmt::format("; did you mean \"{}\"?", *near);
    return fmt::format("; an agent has {}", fmt::join(names, ", "));
}

std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    text.erase(0, text.find_first_not_of(" \t\r\n"));
    return text;
}

/// Reads one entry; knows the lines of its members to say where something is wrong.
class EntryReader {
  public:
    EntryReader(const DocumentTable& table, std::size_t index, const Source& source,
                std::vector<Problem>& problems)
        : table_(table), source_(source), problems_(problems), problems_before_(problems.size()) {
        label_ = fmt::format("agents[{}]", index);
        for (const auto& member : table_.members)
            if (member.key == "name" && member.value.is_string() && !member.value.get_string().empty())
                label_ = fmt::format("agents.{}", std::string_view(member.value.get_string()));
    }

    std::optional<agents::Spec> read() {
        for (const auto& member : table_.members) read_member(member);
        if (!has_problem()) put_together();
        if (!has_problem()) check_whole();
        if (has_problem()) return std::nullopt;
        return std::move(entry_.spec);
    }

    void complain(std::string_view key, std::string what) {
        int line = table_.line;
        for (const auto& member : table_.members)
            if (member.key == key) line = member.line;
        problems_.push_back(
            {line, key.empty() ? label_ : fmt::format("{}.{}", label_, key), std::move(what)});
    }

  private:
    bool has_problem() const { return problems_.size() > problems_before_; }

    void read_member(const Member& member) {
        const auto* key = key_of(member.key);
        if (key == nullptr) return complain(member.key, "there is no such key" + advice(member.key));
        auto good = assign(key->slot(entry_), rules_of(*key), member.value, source_.folder);
        if (!good) complain(member.key, good.error().message);
    }

    void put_together() {
        auto& spec = entry_.spec;
        if (spec.name.empty()) complain("name", "is missing; every agent needs one");
        const auto kind = agents::kind_of(entry_.kind);
        if (!kind) return complain("kind", "is missing; use one of openai, http, mesh, command");
        spec.kind = *kind;
        spec.max_concurrent_tasks = static_cast<int>(entry_.max_concurrent_tasks);
        for (auto& capability : spec.capabilities) capability = agents::normal_capability(capability);
        if (spec.capabilities.empty()) spec.capabilities = {"text_generation"};
        read_secret();
    }

    void read_secret() {
        if (!entry_.api_key_file.value.empty() && !entry_.api_key_env.empty())
            return complain("api_key_env", "stands beside api_key_file; use one of them");
        if (!entry_.api_key_file.value.empty() && source_.read_file) {
            auto text = source_.read_file(entry_.api_key_file.value);
            if (!text) return complain("api_key_file", text.error().message);
            take_secret("api_key_file", std::move(*text));
        }
        if (!entry_.api_key_env.empty() && source_.variable) {
            auto text = source_.variable(entry_.api_key_env);
            if (!text)
                return complain("api_key_env", fmt::format("the variable {} is not set", entry_.api_key_env));
            take_secret("api_key_env", std::move(*text));
        }
    }

    void take_secret(std::string_view key, std::string text) {
        text = trimmed(std::move(text));
        const bool good = !text.empty() && text.size() <= kSecretBytesMax &&
                          text.find_first_of("\r\n") == std::string::npos;
        if (!good) return complain(key, "does not hold one line with a key");
        entry_.spec.api_key = agents::Secret(std::move(text));
    }

    /// The rules that hold for agents of every source. They speak as "member: sentence."
    void check_whole() {
        const auto good = agents::check(entry_.spec);
        if (good) return;
        const std::string& message = good.error().message;
        const auto colon = message.find(": ");
        const bool names_a_key = colon != std::string::npos && key_of(message.substr(0, colon)) != nullptr;
        if (names_a_key)
            complain(message.substr(0, colon), message.substr(colon + 2));
        else
            complain("", message);
    }

    const DocumentTable& table_;
    const Source& source_;
    std::vector<Problem>& problems_;
    std::size_t problems_before_;
    std::string label_{};
    AgentEntry entry_{};
};

}  // namespace

void read_agents(const std::vector<const DocumentTable*>& tables, const Source& source, Reading& reading) {
    std::map<std::string, int> lines;
    for (std::size_t i = 0; i < tables.size(); ++i) {
        if (i == kConfiguredAgentsMax) {
            reading.problems.push_back({tables[i]->line, "agents",
                                        fmt::format("there are more than {} agents", kConfiguredAgentsMax)});
            return;
        }
        EntryReader reader(*tables[i], i + 1, source, reading.problems);
        auto spec = reader.read();
        if (!spec) continue;
        const auto [first, is_new] = lines.emplace(spec->name, tables[i]->line);
        if (!is_new)
            reader.complain(
                "name", fmt::format("\"{}\" is taken by the agent of line {}", spec->name, first->second));
        else
            reading.config.agents.push_back(std::move(*spec));
    }
}

}  // namespace meshai::app
