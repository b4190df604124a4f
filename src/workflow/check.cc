#include "workflow/check.h"

#include <fmt/format.h>

#include "wire/schema/schema.h"
#include "workflow/checker.h"

namespace meshai::workflow {
namespace {

std::vector<Problem> check_with(const Definition& definition, const Known& known, const json::value* input) {
    // A definition may also have been made by program: its shape and its bounds are those of a text.
    if (auto same = read(json::value(to_json(definition))); !same) return same.error();
    return Checker(definition, known, input).run();
}

}  // namespace

std::vector<Problem> check(const Definition& definition, const Known& known) {
    return check_with(definition, known, nullptr);
}

std::vector<Problem> check(const Definition& definition, const Known& known, const json::value& input) {
    return check_with(definition, known, &input);
}

Status check_input(const Definition& definition, const json::value& input) {
    if (definition.input_schema.is_null()) return {};
    const auto schema = wire::schema::Schema::compile(definition.input_schema);
    if (!schema) return schema.error();
    if (const auto fits = schema->check(input); !fits)
        return Error{fits.error().code,
                     fmt::format("The input of the workflow does not fit: {}", fits.error().message)};
    return {};
}

}  // namespace meshai::workflow
