// base/result.h
//
// Errors are values. Every function that can fail for a reason outside the
// program returns Result<T>; Status is a Result of nothing. An Error has three
// parts: `code` is one of a closed enumeration and part of our API, `message`
// is one sentence for the caller (what happened, what to do), `cause` is for
// our own log and never leaves the server.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace meshai {

/// Every way in which a request or a task can fail. The names that clients see
/// stand in `code_name`; a name, once released, never changes its meaning.
enum class Code {
    InvalidArgument,    ///< the caller sent something that cannot be right
    Unauthenticated,    ///< no key, or a key nobody knows
    PermissionDenied,   ///< a known caller without the scope
    NotFound,           ///< no such thing, or not the caller's
    AgentNotFound,      ///< no such agent, or not the caller's
    Conflict,           ///< exists already, or changed meanwhile
    AlreadyFinished,    ///< the task has its terminal event
    Gone,               ///< was here, is past its retention
    TooLarge,           ///< over a bound that has a name
    RateLimited,        ///< too many requests of one key
    ResourceExhausted,  ///< a queue or a budget of the server is full
    BudgetExhausted,    ///< the task, or one it belongs to, has used what it may
    NoAgent,            ///< routing found no agent for the task
    AgentUnavailable,   ///< the agent could not be reached; nothing was sent
    AgentFailed,        ///< the agent answered that it failed
    AgentProtocol,      ///< the agent broke its contract (half a frame, wrong type, two endings)
    Timeout,            ///< a deadline passed
    Cancelled,          ///< asked for, by the client or by closing a scope
    Interrupted,        ///< the server ended while the task ran and may not run it again
    StorageFull,        ///< the disk or the store's size bound is reached
    OutcomeUnknown,     ///< a commit may or may not have happened; read back and decide
    Corrupt,            ///< stored bytes are not what was written
    Unavailable,        ///< draining or starting; try again later
    Configuration,      ///< the operator's file is wrong
    Internal,           ///< our bug
};

/// The stable name of a code as clients see it, e.g. "TIMEOUT".
std::string_view code_name(Code code);

/// The code of a stable name; Code::Internal for a name nobody knows.
Code code_of(std::string_view name);

struct Error {
    Code code = Code::Internal;
    std::string message;
    std::string cause{};

    friend bool operator==(const Error&, const Error&) = default;
};

/// A value or an Error. Made from either without ceremony:
///     if (!found) return Error{Code::NotFound, "No such task."};
///     return task;
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
    using Base = std::expected<T, Error>;

  public:
    using Base::Base;
    Result(Error error) : Base(std::unexpect, std::move(error)) {}  // NOLINT(google-explicit-constructor)
};

using Status = Result<void>;

}  // namespace meshai
