#include "workflow/references.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/spelling.h"

namespace meshai::workflow {
namespace {

using Root = Reference::Root;

constexpr std::size_t kShownBytesMax = 64;

void gather(const std::vector<const Step*>& steps, const std::vector<std::string>& within, Index& index) {
    for (const auto* step : steps) {
        index.emplace(step->id, Located{step, within});
        auto inner = within;
        inner.push_back(step->id);
        gather(children(*step), inner, index);
    }
}

std::string maybe(std::string_view word, const std::vector<std::string>& words) {
    const auto near = nearest(word, words);
    return near ? fmt::format("; did you mean '{}'?", *near) : std::string();
}

/// What is surely known of the result of a step of this type, by its members; empty where nothing is.
std::vector<std::string> members_of_result(const Step& step) {
    std::vector<std::string> members;
    if (const auto* parallel = std::get_if<Parallel>(&step.work))
        for (const auto& inner : parallel->steps) members.push_back(inner.id);
    if (std::holds_alternative<Approval>(step.work)) members = {"approved", "content", "by"};
    return members;
}

bool is_one_of(std::string_view word, const std::vector<std::string>& words) {
    return std::ranges::find(words, word) != words.end();
}

std::optional<std::string> complaint_of_path(const Reference& reference, const Step& step) {
    static const std::vector<std::string> kMembers = {"result", "status"};
    const auto& path = reference.path;
    const auto text = path_text(reference);
    if (!path.empty() && !is_one_of(path[0], kMembers))
        return fmt::format("'{}': a step has 'result' and 'status'{}", text, maybe(path[0], kMembers));
    if (path.size() < 2 || path[0] != "result") return std::nullopt;
    const auto members = members_of_result(step);
    if (members.empty() || is_one_of(path[1], members)) return std::nullopt;
    return fmt::format("'{}': the result of '{}' has {}", text, step.id, fmt::join(members, ", "));
}

std::optional<std::string> complaint_of_step(const Reference& reference, const Surroundings& here,
                                             const Index& index) {
    const auto found = index.find(reference.step);
    if (found == index.end()) {
        std::vector<std::string> ids;
        for (const auto& [id, located] : index) ids.push_back(id);
        return fmt::format("there is no step '{}'{}", utf8_prefix(reference.step, kShownBytesMax),
                           maybe(reference.step, ids));
    }
    if (here.steps.contains(reference.step)) return complaint_of_path(reference, *found->second.step);
    for (const auto& outer : found->second.within)
        if (here.steps.contains(outer))
            return fmt::format("'{}' is within '{}', whose result is steps.{}.result", reference.step, outer,
                               outer);
    return fmt::format("steps.{} is not before this step; name it in 'after'", reference.step);
}

/// Whether an object of this schema can have the members `path` names, as far as `properties` says.
std::optional<std::string> complaint_of_input(const Reference& reference, const json::value& schema) {
    const auto* object = schema.if_object();
    std::string at = "input";
    for (const auto& name : reference.path) {
        if (!object) return std::nullopt;
        const auto* properties = find_object(*object, "properties");
        const auto* property = properties ? properties->if_contains(name) : nullptr;
        const bool is_closed =
            find_bool(*object, "additionalProperties") == false && !object->contains("patternProperties");
        const auto type = find_string(*object, "type");
        if (type && *type != "object")
            return fmt::format("'{}': {} is of the type \"{}\" and has no members", path_text(reference), at,
                               *type);
        if (!property && is_closed) {
            std::vector<std::string> names;
            if (properties)
                for (const auto& member : *properties) names.emplace_back(member.key());
            return fmt::format("'{}': input_schema has no '{}' there{}", path_text(reference),
                               utf8_prefix(name, kShownBytesMax), maybe(name, names));
        }
        at += "." + name;
        object = property ? property->if_object() : nullptr;
    }
    return std::nullopt;
}

}  // namespace

Index index_of(const Definition& definition) {
    std::vector<const Step*> steps;
    for (const auto& step : definition.steps) steps.push_back(&step);
    Index index;
    gather(steps, {}, index);
    return index;
}

std::optional<std::string> complaint(const Reference& reference, const Surroundings& here, const Index& index,
                                     const json::value& input_schema) {
    static const std::vector<std::string> kRoots = {"input", "steps", "item", "index"};
    switch (reference.root) {
        case Root::Document:
        case Root::Steps:
            return std::nullopt;
        case Root::Input:
            return complaint_of_input(reference, input_schema);
        case Root::Step:
            return complaint_of_step(reference, here, index);
        case Root::Item:
        case Root::Index:
            if (here.in_map) return std::nullopt;
            return fmt::format("'{}' is there within a map only", path_text(reference));
        case Root::Unknown:
            break;
    }
    return fmt::format("there is no '{}'; an expression reads input, steps, item and index{}",
                       utf8_prefix(reference.step, kShownBytesMax), maybe(reference.step, kRoots));
}

}  // namespace meshai::workflow
