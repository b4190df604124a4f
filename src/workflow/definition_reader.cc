#include <fmt/format.h>

#include <limits>

#include "workflow/definition.h"
#include "workflow/step_reader.h"
#include "workflow/words.h"

namespace meshai::workflow {
namespace {

constexpr std::int64_t kAnyNumberMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kVersionMax = 999'999'999;
constexpr std::int64_t kBudgetDepthMax = 64;
constexpr std::size_t kTagBytesMax = 64;

std::optional<Budget> budget(Members& members, Problems& problems) {
    const auto* value = members.take("budget");
    if (!value) return std::nullopt;
    Members inner(*value, members.place("budget"), problems);
    Budget budget;
    budget.tokens = inner.integer("tokens", 1, kAnyNumberMax);
    budget.cost = inner.number("cost", 0);
    budget.calls = inner.integer("calls", 1, kAnyNumberMax);
    if (const auto depth = inner.integer("depth", 0, kBudgetDepthMax))
        budget.depth = static_cast<int>(*depth);
    budget.wall_time = inner.duration("wall_time", Millis{1}, kTimeoutMax);
    if (value->is_object()) inner.finish();
    return budget;
}

Definition definition(const json::value& value, Problems& problems) {
    Definition read;
    Members members(value, {}, problems);
    if (!value.is_object()) return read;
    read.name = members.text("name", kIdBytesMax);
    if (members.is_text("name") && !is_id(read.name))
        members.problem("name", fmt::format("must be 1 to {} of a-z, 0-9, '_' and '-'", kIdBytesMax));
    read.description = members.text("description", kDescriptionBytesMax);
    read.category = members.text("category", kTitleBytesMax);
    read.tags = members.names("tags", kTagsMax, kTagBytesMax);
    if (const auto version = members.integer("version", 1, kVersionMax))
        read.version = static_cast<int>(*version);
    if (const auto* schema = members.take("input_schema")) {
        read.input_schema = *schema;
        if (!schema->is_object()) members.problem("input_schema", "must be a JSON Schema");
    }
    read.timeout = members.duration("timeout", Millis{1}, kTimeoutMax);
    read.budget = budget(members, problems);
    read.on_disconnect = members.word<OnDisconnect>("on_disconnect", kOnDisconnects);
    if (const auto* result = members.take("result")) read.result = *result;
    members.needed("steps");
    if (const auto* steps = members.take("steps"))
        read.steps = StepReader(problems).steps(*steps, "steps", 1);
    members.finish();
    return read;
}

}  // namespace

Read read(const json::value& value) {
    Problems problems;
    const auto bytes = to_text(value).size();
    if (bytes > kDefinitionBytesMax) {
        problems.add({}, fmt::format("the definition has {} bytes of JSON, {} are the most", bytes,
                                     kDefinitionBytesMax));
        return std::unexpected(problems.take());
    }
    auto definition = workflow::definition(value, problems);
    if (!problems.empty()) return std::unexpected(problems.take());
    return definition;
}

Result<Definition> parse(const json::value& value) {
    auto definition = read(value);
    if (!definition) return to_error(definition.error());
    return std::move(*definition);
}

}  // namespace meshai::workflow
