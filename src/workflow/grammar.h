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
#include "workflow/cost.h"
#include "workflow/expression.h"

namespace meshai::workflow::detail {

struct Grammar {
    Cost cost;
    std::vector<Reference> references;
    /// The members, if the expression is nothing but `a.b.c`: then no library is needed.
    std::vector<std::string> chain;
    /// The same expression for the library: without spaces, and with every part of a list, an object or a
    /// call in parentheses, because the library does not take operators there.
    std::string normal;
};

/// `text` without `${…}`, valid UTF-8 or not.
Result<Grammar> read_grammar(std::string_view text);

}  // namespace meshai::workflow::detail
