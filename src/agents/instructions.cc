// Instructions as the text of a system prompt.
#include <fmt/format.h>

#include <array>

#include "agents/spec.h"

namespace meshai::agents {
namespace {

struct Section {
    std::string_view member;
    std::string_view title;
};

// Of the agent, then of the task, in the order in which a reader wants them.
constexpr std::array kSections = {
    Section{"guidelines", "Guidelines"},      Section{"taskBoundaries", "Boundaries"},
    Section{"outputFormat", "Output format"}, Section{"edgeCaseHandling", "Edge cases"},
    Section{"guardrails", "Guardrails"},      Section{"taskGuidelines", "Guidelines for this task"},
    Section{"constraints", "Constraints"},    Section{"outputRequirements", "Output requirements"},
    Section{"prioritization", "Priorities"},
};

std::string_view title_of(std::string_view member) {
    for (const auto& section : kSections)
        if (section.member == member) return section.title;
    return member;
}

std::string item_text(const json::value& item) {
    return item.is_string() ? std::string(item.get_string()) : to_text(item);
}

void add_section(std::string& text, std::string_view member, const json::value& value) {
    if (value.is_null()) return;
    if (const auto* items = value.if_array()) {
        if (items->empty()) return;
        text += fmt::format("{}:\n", title_of(member));
        for (const auto& item : *items) text += fmt::format("- {}\n", item_text(item));
        return;
    }
    const auto only = item_text(value);
    if (!only.empty()) text += fmt::format("{}: {}\n", title_of(member), only);
}

std::string text_of(const json::value& instructions) {
    if (const auto* text = instructions.if_string()) return std::string(*text);
    const auto* object = instructions.if_object();
    if (!object) return {};
    std::string text;
    for (const auto& section : kSections)
        if (const auto* value = find(*object, section.member)) add_section(text, section.member, *value);
    for (const auto& member : *object)
        if (title_of(member.key()) == member.key()) add_section(text, member.key(), member.value());
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

}  // namespace

std::string instructions_text(const json::value& of_agent, const json::value& of_task) {
    auto agent = text_of(of_agent);
    auto task = text_of(of_task);
    if (task.empty()) return agent;
    if (agent.empty()) return task;
    return agent + "\n\nFor this task the following applies, and overrides what is said above:\n" + task;
}

}  // namespace meshai::agents
