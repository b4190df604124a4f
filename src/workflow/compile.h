// workflow/compile.h
//
// What becomes a workflow: the family's payload of submit_workflow
// (sequential, parallel, and our graph) and collaborations of several agents,
// both as definitions like any other. And what an agent's text becomes where a
// step wants a list or JSON. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workflow/definition.h"

namespace meshai::workflow {

/// {"workflow_type": "sequential" | "parallel" | "graph", "payload": {…}, "agents": […]?}. The first two take
/// {"steps": [{task | input | prompt, agent? | agent_id?, capabilities?, name? | id?}…]}, whose texts are no
/// templates; sequential hands the result of each step to the next. The payload of graph is a definition.
/// `agents` are those of steps that name none. Problems are named by their place in the body.
Read from_family(const json::object& body);

/// A collaboration as a definition, to be run with the input {"task": …}: the task itself does not stand in
/// it, so it is the same for every task.
///   sequential     each agent works on the task and on what the one before made of it; the last one's is the
///   result parallel       all at once; the result is {id: result} collaborative  all at once, then one
///   synthesis, whose result it is hierarchical   the manager splits the task into a list, the others do its
///   items, the manager joins
/// A member is an agent, or, where none is named, whoever offers one of the capabilities.
Read from_collaboration(const Collaboration& collaboration);

/// Ids of what is compiled.
inline constexpr std::string_view kSynthesisStep = "synthesis";
inline constexpr std::string_view kSplitStep = "split";
inline constexpr std::string_view kDelegateStep = "delegate";
inline constexpr std::string_view kDelegatedStep = "part";  ///< the step within the map
inline constexpr std::string_view kJoinStep = "join";

/// Output "list": a JSON array that stands in the text, alone, in a code fence or between words; else its
/// bullets or numbers; else its lines. At most kMapItemsMax items, or TooLarge. An answer that is no text is
/// an array already or a list of one.
Result<json::array> to_list(const json::value& answer);

/// Output "json": the text itself, or the first JSON in a code fence, or the first object or array in it.
/// InvalidArgument if there is none.
Result<json::value> to_json_value(const json::value& answer);

}  // namespace meshai::workflow
