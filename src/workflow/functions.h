// workflow/functions.h
//
// The functions of JMESPath: their names, what they take, and how much they can
// make of it. Others do not exist here. Private to this room; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meshai::workflow::detail {

inline constexpr std::size_t kAnyNumber = static_cast<std::size_t>(-1);

struct Function {
    std::string_view name;
    std::size_t arguments = 1;               ///< kAnyNumber: one or more
    std::size_t expression_at = kAnyNumber;  ///< which argument is `&expression`
    std::uint64_t growth = 1;                ///< what it gives is at most so many times its arguments
    bool sorts = false;
    bool repeats_first = false;  ///< the first argument stands in the result once for each item of the second

    bool takes_expression(std::size_t argument) const { return argument == expression_at; }
    bool is_arity(std::size_t given) const {
        return arguments == kAnyNumber ? given > 0 : given == arguments;
    }
    std::string arity_text() const;
};

/// Nothing if there is none of this name.
const Function* function_of(std::string_view name);

/// "there is no function 'lenght()'; did you mean 'length()'?"
std::string unknown_function(std::string_view name);

}  // namespace meshai::workflow::detail
