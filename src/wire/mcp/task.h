// wire/mcp/task.h
//
// A task as MCP shows it: the core form of 2025-11-25 and the flat form of the
// extension io.modelcontextprotocol/tasks are two writings of this value. Pure.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "base/clock.h"
#include "wire/jsonrpc/message.h"
#include "wire/mcp/offers.h"
#include "wire/mcp/questions.h"

namespace meshai::wire::mcp {

inline constexpr std::string_view kTasksExtension = "io.modelcontextprotocol/tasks";

enum class TaskStatus { Working, InputRequired, Completed, Failed, Cancelled };
std::string_view name_of(TaskStatus status);

struct Task {
    std::string id;
    TaskStatus status = TaskStatus::Working;
    std::string status_message{};
    WallTime created_at{};
    WallTime updated_at{};
    std::optional<Millis> ttl{};  ///< absent: kept without end
    Millis poll_interval{1000};
    Questions questions{};  ///< unanswered, while InputRequired
    /// How it ended, once Completed (or Failed in the core form with an isError result), or the fault of
    /// Failed.
    std::optional<std::expected<ToolResult, jsonrpc::Fault>> ending{};
};

}  // namespace meshai::wire::mcp
