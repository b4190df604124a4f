// workflow/grammar.h
//
// The grammar of JMESPath, read strictly before the library sees an expression:
// what is not of the grammar is refused here, with the byte at which it stops
// making sense, and the library is spared what it was not made for. On the way
// it is noted what of the document is read, and how much work the expression
// can be. Private to this room; pure.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "workflow/expression.h"

namespace meshai::workflow::detail {

/// Costs per unit of the size of the value that an expression is applied to (jmespath.h: size_of): an
/// expression over a value of size s takes at most work·s steps and gives at most growth·s. That holds for
/// the parts as for the whole, because nothing in JMESPath sees two values at once except where it names
/// both; so the costs of parts add up side by side and multiply one behind the other.
struct Cost {
    std::uint64_t growth = 1;
    std::uint64_t work = 1;
};
inline constexpr std::uint64_t kCostMax = 1'000'000'000;

struct Grammar {
    Cost cost;
    std::vector<Reference> references;
    /// The members, if the expression is nothing but `a.b.c`: then no library is needed.
    std::vector<std::string> chain;
};

/// `text` without `${…}`, valid UTF-8 or not.
Result<Grammar> read_grammar(std::string_view text);

}  // namespace meshai::workflow::detail
