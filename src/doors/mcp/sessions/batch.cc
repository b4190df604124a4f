#include "doors/mcp/sessions/batch.h"

#include <algorithm>

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

/// What the workers of one batch share; one executor.
struct Work {
    std::vector<rpc::Request> requests{};
    std::size_t next = 0;
};

bool wants_answer(const std::expected<rpc::Message, rpc::Fault>& message) {
    return !message || std::holds_alternative<rpc::Request>(*message);
}

Async<void> work_on(const Origin& origin, Work& work, std::shared_ptr<Outbox> outbox) {
    while (work.next < work.requests.size()) {
        auto request = std::move(work.requests[work.next++]);
        // MCP 2025-03-26, lifecycle: "The initialize request MUST NOT be part of a JSON-RPC batch".
        if (request.method == "initialize") {
            const rpc::Fault fault{rpc::kInvalidRequest, "initialize must not be part of a batch.",
                                   request.id.as_json()};
            outbox->put_answer(to_text(rpc::error_message(fault)));
            continue;
        }
        auto running = std::make_shared<Running>(std::move(request), outbox, co_await this_executor());
        if (auto fault = origin.session->requests().add(running)) {
            running->answer(to_text(rpc::error_message(*fault)));
            continue;
        }
        co_await run_request(origin, running);
    }
}

}  // namespace

std::size_t answers_due(const BatchMessages& messages) {
    return static_cast<std::size_t>(std::ranges::count_if(messages, wants_answer));
}

Async<void> run_batch(Origin origin, BatchMessages messages, std::shared_ptr<Outbox> outbox) {
    Work work;
    for (auto& message : messages) {
        if (!message) {
            outbox->put_answer(to_text(rpc::error_message(message.error())));
        } else if (auto* request = std::get_if<rpc::Request>(&*message)) {
            work.requests.push_back(std::move(*request));
        } else if (auto* notification = std::get_if<rpc::Notification>(&*message)) {
            co_await take_notification(origin, std::move(*notification));
        } else {
            take_response(*origin.session, std::get<rpc::Response>(*message));
        }
    }
    Scope workers(co_await this_executor(), origin.house.clock, origin.house.log);
    for (std::size_t i = 0; i < std::min(kBatchAtOnce, work.requests.size()); ++i)
        workers.spawn("a worker of a batch", work_on(origin, work, outbox));
    co_await workers.drained();
}

}  // namespace meshai::doors::mcp
