#include "base/result.h"

#include <array>

namespace meshai {
namespace {

struct Row {
    Code code;
    std::string_view name;
};

constexpr std::array kRows = {
    Row{Code::InvalidArgument, "VALIDATION_FAILED"},
    Row{Code::Unauthenticated, "AUTHENTICATION_FAILED"},
    Row{Code::PermissionDenied, "ACCESS_DENIED"},
    Row{Code::NotFound, "NOT_FOUND"},
    Row{Code::AgentNotFound, "AGENT_NOT_FOUND"},
    Row{Code::Conflict, "CONFLICT"},
    Row{Code::AlreadyFinished, "ALREADY_FINISHED"},
    Row{Code::Gone, "GONE"},
    Row{Code::TooLarge, "TOO_LARGE"},
    Row{Code::RateLimited, "RATE_LIMITED"},
    Row{Code::ResourceExhausted, "RESOURCE_ERROR"},
    Row{Code::BudgetExhausted, "BUDGET_EXHAUSTED"},
    Row{Code::NoAgent, "ROUTING_FAILED"},
    Row{Code::AgentUnavailable, "AGENT_UNAVAILABLE"},
    Row{Code::AgentFailed, "TASK_EXECUTION_FAILED"},
    Row{Code::AgentProtocol, "AGENT_PROTOCOL_ERROR"},
    Row{Code::Timeout, "TIMEOUT"},
    Row{Code::Cancelled, "CANCELLED"},
    Row{Code::Interrupted, "INTERRUPTED"},
    Row{Code::StorageFull, "STORAGE_FULL"},
    Row{Code::OutcomeUnknown, "OUTCOME_UNKNOWN"},
    Row{Code::Corrupt, "CORRUPT"},
    Row{Code::Unavailable, "UNAVAILABLE"},
    Row{Code::Configuration, "CONFIGURATION_ERROR"},
    Row{Code::Internal, "TASK_ERROR"},
};

}  // namespace

std::string_view code_name(Code code) {
    for (const auto& row : kRows)
        if (row.code == code) return row.name;
    return "TASK_ERROR";
}

Code code_of(std::string_view name) {
    for (const auto& row : kRows)
        if (row.name == name) return row.code;
    return Code::Internal;
}

}  // namespace meshai
