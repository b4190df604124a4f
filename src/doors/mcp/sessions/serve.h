// doors/mcp/sessions/serve.h
//
// What a session says, on any transport: a request begins to run and puts its
// answer on a stream, a notification and an answer of the client's are taken
// in. Nothing here waits for a handler.
#pragma once

#include "doors/mcp/sessions/context.h"

namespace meshai::doors::mcp {

/// Copies what a handler needs of the call.
Origin origin_of(const Call& call, std::shared_ptr<Session> session, Hears hears);

/// Begins to serve `request` in a scope of the table; its answer goes to
/// `outbox`, also when it is refused at once. On the executor of the call.
std::shared_ptr<Running> start_request(const Origin& origin, wire::jsonrpc::Request request,
                                       std::shared_ptr<Outbox> outbox, Executor ex);

/// The request from its begin to its answer. Cannot be cancelled from outside; `Running::stop` ends it.
Async<void> run_request(Origin origin, std::shared_ptr<Running> running);

/// A notification of the client. Those that nobody knows are ignored (B4).
Async<void> take_notification(Origin origin, wire::jsonrpc::Notification notification);

/// The client's answer to a question of ours; nobody waiting for it is no mistake.
void take_response(Session& session, const wire::jsonrpc::Response& response);

}  // namespace meshai::doors::mcp
