// The HTTP+SSE pair of 2024-11-05 (H3): one stream for everything the server
// says, and a second address for everything the client does. Which revision is
// spoken over it is agreed on by `initialize` as everywhere else.

#include <fmt/format.h>

#include "doors/mcp/sessions/arrival.h"
#include "doors/mcp/sessions/batch.h"
#include "doors/mcp/sessions/news.h"
#include "doors/mcp/sessions/serve.h"
#include "doors/mcp/sessions/writer.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

constexpr std::string_view kMessages = "/messages";

// 2024-11-05, transports: "When a client connects, the server MUST send an
// endpoint event containing a URI for the client to use for sending messages."
Async<void> get_sse(Call& call) {
    const auto ex = co_await this_executor();
    auto session = sessions_of(call).open(ex, call.caller, Transport::Pair);
    if (!session) co_return co_await answer_error(call, session.error());
    {
        Outbox::Reader reader((*session)->streams().unasked(), Signal(ex, call.house.clock), 0);
        tell_news(call.house, *session, ex);
        auto endpoint =
            fmt::format("event: endpoint\ndata: {}?session_id={}\n\n", kMessages, (*session)->id());
        co_await write_stream(call, reader, {.has_ids = false}, reader.take(kPortionBytesMax),
                              std::move(endpoint));
    }
    // Nobody can come back to this stream, so the session ends with it.
    sessions_of(call).end(**session);
}

Result<std::shared_ptr<Session>> session_in_query(const Call& call) {
    const auto id = call.query("session_id");
    if (!id)
        return Error{
            Code::InvalidArgument,
            "The parameter \"session_id\" is needed; the stream of GET /sse says it in its first event."};
    auto session = sessions_of(call).find(call.caller, *id);
    if (session && (*session)->transport() != Transport::Pair)
        return Error{Code::NotFound, "There is no such stream; open one with GET /sse."};
    return session;
}

Async<Status> serve_message(Call& call, std::shared_ptr<Session> session, rpc::Body body) {
    const auto ex = co_await this_executor();
    const auto origin = origin_of(call, session, Hears::Stream);
    const auto& outbox = session->streams().unasked();
    // Whoever posts and does not read is told, and memory does not pay.
    if (outbox->bytes() > sessions_of(call).limits().session_bytes)
        co_return Error{Code::ResourceExhausted,
                        "Too many answers wait on the stream of this session; read them first."};
    if (body.is_batch) {
        const auto agreement = session->agreement();
        if (!agreement || !agreement->codec.features().batches)
            co_return Error{Code::InvalidArgument,
                            "Batches are of 2025-03-26 alone; in this session send one message at a time."};
        sessions_of(call).scope_on(ex).spawn("a batch", run_batch(origin, std::move(body.messages), outbox));
        co_return Status{};
    }
    auto& message = *body.messages.front();
    if (auto* request = std::get_if<rpc::Request>(&message))
        start_request(origin, std::move(*request), outbox, ex);
    else if (auto* notification = std::get_if<rpc::Notification>(&message))
        co_await take_notification(origin, std::move(*notification));
    else
        take_response(*session, std::get<rpc::Response>(message));
    co_return Status{};
}

Async<void> post_messages(Call& call) {
    if (!co_await check_content_type(call)) co_return;
    auto session = session_in_query(call);
    if (!session) co_return co_await answer_error(call, session.error());
    auto bytes = co_await call.http.body();
    if (!bytes) co_return co_await answer_error(call, bytes.error());
    auto body = rpc::parse_body(*bytes, rpc::Version::Required);
    if (!body) co_return co_await answer_fault(call, std::move(body.error()), 400);
    if (!body->is_batch && !body->messages.front())
        co_return co_await answer_fault(call, std::move(body->messages.front().error()), 400);
    auto served = co_await serve_message(call, *session, std::move(*body));
    if (!served) co_return co_await answer_refusal(call, served.error(), nullptr);
    co_await answer_accepted(call);
}

}  // namespace

std::vector<Route> sse_pair_routes() {
    const About stream = {.name = "mcpSse",
                          .tag = "mcp",
                          .summary =
                              "The stream of the HTTP+SSE transport of MCP 2024-11-05; its first event says "
                              "where to post messages",
                          .media = "text/event-stream",
                          .failures = {503}};
    const About messages = {
        .name = "mcpMessages",
        .tag = "mcp",
        .summary = "A message of a client of GET /sse; its answer comes on that stream",
        .takes = "JsonRpcRequest",
        .status = 202,
        .parameters = {{"session_id", "query", "string", "From the first event of the stream"}},
        .failures = {400, 404, 413}};
    return {{"GET", "/sse", kAnyKey, get_sse, stream}, {"POST", kMessages, kAnyKey, post_messages, messages}};
}

}  // namespace meshai::doors::mcp
