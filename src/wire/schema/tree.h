// wire/schema/tree.h
//
// Our JSON as a tree of jsoncons, for the few files that call the library: the
// validator here, and the evaluator of expressions in the room of workflows.
// Each has a tree type of its own, because each specialises parts of the
// library for it. To be included by those .cc files alone.
#pragma once

#include <algorithm>
#include <jsoncons/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace meshai::wire::schema {

template <class Tree>
Tree tree_of(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null:
            return Tree::null();
        case json::kind::bool_:
            return Tree(value.get_bool());
        case json::kind::int64:
            return Tree(value.get_int64());
        case json::kind::uint64:
            return Tree(value.get_uint64());
        case json::kind::double_:
            return Tree(value.get_double());
        case json::kind::string:
            return Tree(std::string_view(value.get_string()));
        case json::kind::array: {
            Tree array(jsoncons::json_array_arg);
            array.reserve(value.get_array().size());
            for (const auto& element : value.get_array()) array.push_back(tree_of<Tree>(element));
            return array;
        }
        case json::kind::object:
            break;
    }
    // The tree keeps its members sorted; in any other order each would be moved into its place.
    std::vector<const json::key_value_pair*> members;
    for (const auto& member : value.get_object()) members.push_back(&member);
    std::ranges::sort(members, {}, [](const auto* member) { return std::string_view(member->key()); });
    Tree object(jsoncons::json_object_arg);
    object.reserve(members.size());
    for (const auto* member : members)
        object.try_emplace(std::string(member->key()), tree_of<Tree>(member->value()));
    return object;
}

}  // namespace meshai::wire::schema
