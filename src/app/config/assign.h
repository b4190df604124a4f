// app/config/assign.h
//
// One value into one slot, checked against its key: the type, the bounds, the
// form of a text. Used for the file, for variables and for flags alike. Pure.
#pragma once

#include "app/config/schema.h"

namespace meshai::app {

/// The rules of a key without the type of its target.
struct Rules {
    std::int64_t min;
    std::int64_t max;
    TextCheck check;
};

template <class Target>
Rules rules_of(const Key<Target>& key) {
    return {key.min, key.max, key.check};
}

/// Puts `value` into `slot`, or says in one clause what is wrong and what to
/// write instead. Relative paths are put behind `folder` where that is not empty.
Status assign(const Slot& slot, const Rules& rules, const json::value& value, const std::string& folder);

/// The text of a variable or flag as the value its slot wants: "true", "12", "a,b".
json::value value_of_text(const Slot& slot, const std::string& text);

}  // namespace meshai::app
