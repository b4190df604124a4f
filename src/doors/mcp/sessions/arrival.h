// doors/mcp/sessions/arrival.h
//
// What every call of the sessions era is asked first: which session, of whom,
// in which revision, and what kinds of answer the client takes.
#pragma once

#include "doors/front/call.h"
#include "doors/mcp/sessions/context.h"

namespace meshai::doors::mcp {

Sessions& sessions_of(const Call& call);

/// The session that the header names. InvalidArgument (400) without the header
/// or with a bad MCP-Protocol-Version (H8); NotFound (404) for a session that is
/// unknown, has ended, or belongs to somebody else (H7).
Result<std::shared_ptr<Session>> session_of(const Call& call);

/// What the client can read (H6).
struct Takes {
    bool json = false;
    bool stream = false;
};
Takes takes_of(const Call& call);

/// What a handler may say to this client before its answer.
inline Hears hears_of(Takes takes) {
    return takes.stream ? Hears::Stream : Hears::AnswerAlone;
}

/// A message that cannot be served, as a JSON-RPC error with this status.
Async<void> answer_fault(Call& call, wire::jsonrpc::Fault fault, int status);

/// The same for an error that is about the session or the call as a whole.
Async<void> answer_refusal(Call& call, const Error& error, json::value id);

/// 202 without a body, as notifications and answers get it (H5).
Async<void> answer_accepted(Call& call);

}  // namespace meshai::doors::mcp
