#include "workflow/predefined.h"

#include <fmt/format.h>

#include <algorithm>

#include "workflow/collaboration.h"
#include "workflow/graph.h"
#include "workflow/step_ids.h"

namespace meshai::workflow {
namespace {

constexpr Millis kTimeout{300'000};
/// Whoever can write a text does the work of a specialist that does not exist.
constexpr std::string_view kFallbackCapability = "text_generation";

struct Parameter {
    std::string_view name;
    std::string_view description;
    std::string_view if_absent;  ///< what the agents are told then; empty: it is required
};

struct Specialist {
    std::string_view agent;
    std::string_view duty;
};

struct Template {
    std::string_view name;
    std::string_view description;
    std::vector<std::string_view> tags;
    std::vector<Parameter> parameters;
    std::vector<Specialist> specialists;
};

std::vector<Template> templates() {
    return {
        {"code-review",
         "Reviews code for faults, security and good practice.",
         {"code", "review"},
         {{"files", "The code to review, or the paths of its files.", ""},
          {"depth", "How thorough the review is.", "standard"},
          {"focus_areas", "What the review looks at first.", "whatever matters most"}},
         {{"code-reviewer",
           "Review this code: find what is wrong or hard to understand, and say where and why."},
          {"security-analyzer",
           "Review the security of this code: find what an attacker could use, and how to fix it."},
          {"best-practices-advisor",
           "Compare this code with good practice, and name the changes that are worth it."}}},
        {"refactor-optimize",
         "Refactors code and makes it faster.",
         {"code", "refactoring"},
         {{"files", "The code to refactor, or the paths of its files.", ""},
          {"goals", "What the refactoring is for.", "clarity first, then speed"},
          {"preserve_api", "Whether the interface must stay as it is.", "yes"}},
         {{"code-optimizer", "Refactor this code and show the new one."},
          {"performance-analyzer", "Find where this code loses time or memory, and what to do about it."},
          {"test-generator",
           "Write the tests that show that a refactoring of this code has broken nothing."}}},
        {"debug-fix",
         "Finds the cause of a fault and a fix for it.",
         {"code", "debugging"},
         {{"issue_description", "What goes wrong.", ""},
          {"error_logs", "What the logs say.", "none at hand"},
          {"affected_files", "Where it goes wrong.", "not known"}},
         {{"debugger-expert", "Find the most likely cause of this fault, and a fix for it."},
          {"log-analyzer", "Read the logs of this fault, and say what they prove and what they rule out."},
          {"test-generator", "Write a test that fails because of this fault and passes once it is fixed."}}},
        {"document-explain",
         "Documents and explains code.",
         {"code", "documentation"},
         {{"files", "The code to document, or the paths of its files.", ""},
          {"audience", "For whom it is written.", "developers who are new to it"},
          {"style", "How it is written.", "short and plain"}},
         {{"doc-writer", "Write the documentation of this code."},
          {"code-explainer", "Explain how this code works, and why it is the way it is."},
          {"example-generator", "Write examples of how this code is used."}}},
        {"architecture-review",
         "Reviews the architecture of a system.",
         {"architecture", "review"},
         {{"scope", "The system or the part of it to review.", ""},
          {"focus", "What the review looks at first.", "whatever matters most"},
          {"constraints", "What cannot be changed.", "none named"}},
         {{"system-architect",
           "Review this architecture: its parts, what they depend on, and where it will not hold."},
          {"performance-analyst", "Say where this architecture will be slow or costly as its load grows."},
          {"security-auditor",
           "Audit the security of this architecture: what is trusted, and what if that is wrong."}}},
        {"feature-development",
         "Plans and writes a feature.",
         {"code", "feature"},
         {{"feature_description", "What the feature does.", ""},
          {"requirements", "What it must fulfil.", "none named"},
          {"include_tests", "Whether tests belong to it.", "yes"},
          {"include_docs", "Whether documentation belongs to it.", "yes"}},
         {{"product-designer",
           "Describe how this feature behaves for those who use it, with its limits and its errors."},
          {"senior-developer", "Design and write this feature."},
          {"test-engineer", "Write the tests of this feature."},
          {"doc-writer", "Write the documentation of this feature."}}},
    };
}

/// "issue_description" -> "Issue description".
std::string heading(std::string_view name) {
    std::string text(name);
    for (auto& c : text)
        if (c == '_' || c == '-') c = ' ';
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text;
}

json::value schema_of(const std::vector<Parameter>& parameters) {
    json::object properties;
    json::array required;
    for (const auto& parameter : parameters) {
        properties[parameter.name] = {{"type", "string"}, {"description", parameter.description}};
        if (parameter.if_absent.empty()) required.emplace_back(parameter.name);
    }
    properties["context"] = {{"type", "object"},
                             {"description", "Anything else that the agents should know."}};
    return {{"type", "object"}, {"properties", properties}, {"required", required}};
}

/// What is said to every agent of the workflow, as a template.
std::string given(const std::vector<Parameter>& parameters) {
    std::string text;
    for (const auto& parameter : parameters) {
        const auto hole = parameter.if_absent.empty()
                              ? fmt::format("${{input.{}}}", parameter.name)
                              : fmt::format("${{input.{} || '{}'}}", parameter.name, parameter.if_absent);
        text += fmt::format("{}{}: {}", text.empty() ? "" : "\n", heading(parameter.name), hole);
    }
    return text;
}

Definition definition_of(const Template& from) {
    const std::vector<std::string> fallback = {std::string(kFallbackCapability)};
    const auto words = given(from.parameters);
    const json::value context = "${input.context || `{}`}";
    Definition definition;
    definition.name = from.name;
    definition.description = from.description;
    definition.category = "development";
    definition.tags.assign(from.tags.begin(), from.tags.end());
    definition.input_schema = schema_of(from.parameters);
    definition.timeout = kTimeout;
    for (const auto& specialist : from.specialists) {
        AgentWork work;
        work.task = fmt::format("{}\n\n{}", specialist.duty, words);
        work.agents = {std::string(specialist.agent)};
        work.capabilities = fallback;
        work.context = context;
        Step step;
        step.id = specialist.agent;
        step.title = heading(specialist.agent);
        step.work = std::move(work);
        definition.steps.push_back(std::move(step));
    }
    const auto task = fmt::format("{}\n{}", from.description, words);
    auto last = synthesis(definition.steps, std::string("synthesis"), task, {}, fallback);
    definition.steps.push_back(std::move(last));
    return definition;
}

}  // namespace

std::vector<Definition> predefined() {
    std::vector<Definition> all;
    for (const auto& one : templates()) all.push_back(definition_of(one));
    return all;
}

std::optional<Definition> predefined(std::string_view name) {
    for (const auto& one : templates())
        if (one.name == name) return definition_of(one);
    return std::nullopt;
}

std::string tool_name(std::string_view workflow) {
    auto name = fmt::format("mesh_{}", workflow);
    std::ranges::replace(name, '-', '_');
    return name;
}

std::vector<std::string> agents_of(const Definition& definition) {
    std::vector<std::string> agents;
    const auto add = [&agents](const std::string& name) {
        if (!name.empty() && std::ranges::find(agents, name) == agents.end()) agents.push_back(name);
    };
    for (const auto& place : flattened(definition)) {
        if (const auto* work = std::get_if<AgentWork>(&place.step->work))
            std::ranges::for_each(work->agents, add);
        if (const auto* together = std::get_if<Collaboration>(&place.step->work)) {
            std::ranges::for_each(together->agents, add);
            add(together->manager);
        }
    }
    return agents;
}

}  // namespace meshai::workflow
