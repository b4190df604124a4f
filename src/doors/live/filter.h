// doors/live/filter.h
//
// Which of a tenant's events a watcher wants: by kind, task, agent and workflow.
// What is named twice is wanted if either fits; different names must all fit.
// Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "task/feed.h"

namespace meshai::doors::live {

/// Values of one name; more are refused.
inline constexpr std::size_t kFilterValuesMax = 64;
inline constexpr std::size_t kFilterValueBytesMax = 256;

/// What a filter asks about an event.
struct Facts {
    TaskId task;
    TaskId root;  ///< of the tree of tasks it is part of
    Subject subject;
    std::string workflow;
    std::string_view kind;
    AgentId named{};    ///< the agent that the event names; may be empty
    AgentId working{};  ///< the agent that has the task; may be empty
};

struct Filter {
    std::set<std::string, std::less<>> kinds{};  ///< empty: all but the bulky ones
    std::set<TaskId> tasks{};                    ///< these, and all tasks below them
    std::set<AgentId> agents{};
    std::set<std::string> workflows{};  ///< tasks of these, and the tasks below them

    bool wants(const Facts& facts) const;
    bool wants_kind(std::string_view kind) const;
    bool wants_bulk() const;
};

/// Kinds of which there are very many, or which tell again what another task's
/// log says itself: "output" and "relayed". Only who names them gets them.
bool is_bulky(std::string_view kind);

/// The kinds of event there are.
const std::vector<std::string_view>& kinds();

/// The facts of an event, but for the agent that has its task.
Facts facts_of(const task::FeedItem& item);

/// Checks what a client wrote. InvalidArgument says which value of which name is wrong.
Result<Filter> make_filter(const std::vector<std::string>& kinds, const std::vector<std::string>& tasks,
                           const std::vector<std::string>& agents, const std::vector<std::string>& workflows);

}  // namespace meshai::doors::live
