// mesh/conductor/pinned.h
//
// A workflow with every workflow that it calls, as they were when it was
// submitted: what stands in Request::workflow. A running one keeps its versions
// that way, whatever happens to the definitions meanwhile. The called ones stand
// beside the members of the definition, as {"called": {"name@3": {…}}}. Pure.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "task/event.h"
#include "workflow/definition.h"

namespace meshai::mesh {

inline constexpr std::size_t kCalledBytesMax = 2U << 20U;  ///< of all called definitions, as JSON

/// By what the steps call them.
using Called = std::map<std::string, workflow::Definition, std::less<>>;

struct Pinned {
    workflow::Definition definition{};
    Called called{};
};

/// Looks up all that is called, directly or not. What is not found is left out.
Pinned pin(const workflow::Definition& definition,
           const std::function<std::optional<workflow::Definition>(std::string_view)>& find);

/// What Request::workflow holds. InvalidArgument over kCalledBytesMax.
Result<json::object> to_json(const Pinned& pinned);
Result<Pinned> read_pinned(const json::value& value);

/// The budget, the time and the disconnect policy of a definition become those of the request: of two bounds
/// the smaller one counts.
void take_over(const workflow::Definition& definition, task::Request& request);

}  // namespace meshai::mesh
