#include "doors/tools/workflow_prompts.h"

#include <fmt/format.h>

#include "doors/workflows/workflow_json.h"
#include "workflow/predefined.h"

namespace meshai::doors {
namespace {

using Arguments = std::map<std::string, std::string>;

std::string words_of(const wire::mcp::Prompt& prompt, const std::string& tool, const Arguments& given) {
    auto text = fmt::format("Call the tool {} with these arguments and tell me what comes back:\n", tool);
    for (const auto& argument : prompt.arguments)
        if (const auto found = given.find(argument.name); found != given.end())
            text += fmt::format("- {}: {}\n", argument.name, found->second);
    return text;
}

Status check(const wire::mcp::Prompt& prompt, const Arguments& given) {
    for (const auto& argument : prompt.arguments)
        if (argument.required && !given.contains(argument.name))
            return Error{Code::InvalidArgument,
                         fmt::format("The prompt needs the argument \"{}\".", argument.name)};
    return {};
}

Async<PromptOutcome> get(wire::mcp::Prompt prompt, std::string tool, Arguments given) {
    if (auto fine = check(prompt, given); !fine) co_return fine.error();
    wire::mcp::PromptResult result;
    result.description = prompt.description;
    result.messages.push_back({"user", wire::mcp::Text{words_of(prompt, tool, given)}});
    co_return result;
}

PromptEntry entry_of(const workflow::Definition& definition) {
    PromptEntry entry;
    entry.prompt.name = definition.name;
    entry.prompt.title = definition.name;
    entry.prompt.description = definition.description;
    for (const auto& [name, about] : workflow_parameters(definition)) {
        const auto& parameter = about.as_object();
        entry.prompt.arguments.push_back({std::string(name),
                                          {},
                                          find_string(parameter, "description").value_or(""),
                                          find_bool(parameter, "required").value_or(false)});
    }
    entry.get = [prompt = entry.prompt, tool = workflow::tool_name(definition.name)](
                    Context&, Arguments given) { return get(prompt, tool, std::move(given)); };
    return entry;
}

}  // namespace

std::vector<PromptEntry> workflow_prompts() {
    std::vector<PromptEntry> prompts;
    for (const auto& definition : workflow::predefined()) prompts.push_back(entry_of(definition));
    return prompts;
}

}  // namespace meshai::doors
