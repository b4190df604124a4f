#include "tests/transcripts/play_lines.h"

#include <regex>
#include <stdexcept>

#include "tests/world/stdio_client.h"

namespace meshai::tests {
namespace {

/// Ids differ from run to run; the instructions are many words about other things.
std::string hide(const std::string& line) {
    static const std::regex kIds("\\b([tsre])_[0-9a-z]{26,48}");
    static const std::regex kInstructions(R"("instructions":"[^"]*")");
    return std::regex_replace(std::regex_replace(line, kIds, "<id>"), kInstructions, R"("instructions":"…")");
}

std::optional<std::string> words_after(const std::string& deed, std::string_view start) {
    if (!deed.starts_with(start)) return std::nullopt;
    return deed.substr(start.size());
}

void act(World& world, StdioClient& client, const std::string& deed) {
    if (const auto words = words_after(deed, "agent says ")) return world.agent_says(*words);
    if (const auto words = words_after(deed, "agent finishes "))
        return world.agent_finishes(json::value(*words));
    if (deed == "the connection breaks") return world.breaks_connections();
    if (deed == "client leaves") return client.leaves();
    if (deed == "the server is killed") {
        world.crash();
        return world.starts();
    }
    if (deed.ends_with(" s pass")) return world.passes(std::chrono::seconds(std::stoi(deed)));
    throw std::runtime_error("the transcript holds a deed that nobody can do: " + deed);
}

}  // namespace

std::string play_lines(std::string_view text) {
    World world;
    StdioClient client(world);
    std::string told;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string line(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.starts_with("< ")) continue;  // what was heard is told anew
        told += line + "\n";
        if (const auto said = words_after(line, "> ")) client.says_line(*said);
        if (const auto deed = words_after(line, "~ ")) act(world, client, *deed);
        for (const auto& heard : client.lines()) told += "< " + hide(heard) + "\n";
    }
    return told;
}

}  // namespace meshai::tests
