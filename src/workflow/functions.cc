#include "workflow/functions.h"

#include <fmt/format.h>

#include <array>

#include "base/json.h"
#include "base/spelling.h"

namespace meshai::workflow::detail {
namespace {

constexpr std::size_t kNameShownBytesMax = 64;

// A character becomes at most six in JSON (\u0001), and a unit of size has up to 64 bytes of text and of a
// name.
constexpr std::array kFunctions = {
    Function{"abs"},
    Function{"avg"},
    Function{"ceil"},
    Function{"contains", 2},
    Function{"ends_with", 2},
    Function{"floor"},
    Function{.name = "join", .arguments = 2, .repeats_first = true},
    Function{"keys"},
    Function{"length"},
    Function{.name = "map", .arguments = 2, .expression_at = 0, .growth = 2},
    Function{"max"},
    Function{.name = "max_by", .arguments = 2, .expression_at = 1},
    Function{"merge", kAnyNumber},
    Function{"min"},
    Function{.name = "min_by", .arguments = 2, .expression_at = 1},
    Function{"not_null", kAnyNumber},
    Function{"reverse"},
    Function{.name = "sort", .sorts = true},
    Function{.name = "sort_by", .arguments = 2, .expression_at = 1, .sorts = true},
    Function{"starts_with", 2},
    Function{"sum"},
    Function{.name = "to_array", .growth = 2},
    Function{"to_number"},
    Function{.name = "to_string", .growth = 12},
    Function{"type"},
    Function{"values"},
};

}  // namespace

std::string Function::arity_text() const {
    if (arguments == kAnyNumber) return "at least one argument";
    return arguments == 1 ? "one argument" : fmt::format("{} arguments", arguments);
}

const Function* function_of(std::string_view name) {
    for (const auto& function : kFunctions)
        if (function.name == name) return &function;
    return nullptr;
}

std::string unknown_function(std::string_view name) {
    std::vector<std::string> names;
    for (const auto& function : kFunctions) names.emplace_back(function.name);
    const auto near = nearest(name, names);
    return fmt::format("there is no function '{}()'{}", utf8_prefix(name, kNameShownBytesMax),
                       near ? fmt::format("; did you mean '{}()'?", *near) : "");
}

}  // namespace meshai::workflow::detail
