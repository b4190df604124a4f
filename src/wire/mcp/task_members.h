// wire/mcp/task_members.h
//
// What both forms of a task have in common: the same members under slightly
// different names. Private to this folder. Pure.
#pragma once

#include <string_view>

#include "wire/mcp/task.h"

namespace meshai::wire::mcp {

/// How a form calls its numbers of milliseconds.
struct TaskWords {
    std::string_view ttl;
    std::string_view poll_interval;
};

/// taskId, status, statusMessage where there is one, the two times (ISO 8601),
/// how long it is kept (null: without end), how often to ask.
json::object task_members(const Task& task, TaskStatus status, TaskWords words);

}  // namespace meshai::wire::mcp
