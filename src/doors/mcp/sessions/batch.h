// doors/mcp/sessions/batch.h
//
// A batch of 2025-03-26 (B3): many messages in one body, each served for itself,
// a few requests at a time. Nothing waits for a handler here.
#pragma once

#include "doors/mcp/sessions/serve.h"

namespace meshai::doors::mcp {

/// Requests of one batch that are served at once.
inline constexpr std::size_t kBatchAtOnce = 8;

using BatchMessages = std::vector<std::expected<wire::jsonrpc::Message, wire::jsonrpc::Fault>>;

/// How many answers the batch will get: one for each request, one for what cannot be read.
std::size_t answers_due(const BatchMessages& messages);

/// Takes in notifications and answers, and serves the requests; their answers
/// go to `outbox`, each when it is there. Run it in a scope of the table.
Async<void> run_batch(Origin origin, BatchMessages messages, std::shared_ptr<Outbox> outbox);

}  // namespace meshai::doors::mcp
