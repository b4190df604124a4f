#include "doors/mcp/guide/answers.h"

#include "net/sse/writer.h"
#include "wire/meshai/frames.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

std::string frame(std::string_view event, std::string_view data) {
    std::string bytes;
    net::sse::write_frame(bytes, net::sse::Frame{.event = event, .data = data});
    return bytes;
}

// A whole stream in one write: what stands in it is known already.
Async<void> answer_short_stream(Call& call, std::string frames) {
    frames += frame("", wire::guide::kDone);
    co_await answer_event_stream(call, std::move(frames));
}

}  // namespace

Async<void> refuse(Call& call, Dialect dialect, rpc::Fault fault) {
    if (dialect != Dialect::Guide) co_return co_await answer_json(call, 200, rpc::error_message(fault));
    auto frames = frame("error", wire::guide::error_frame(fault.code, fault.message, {}));
    frames += frame("", to_text(rpc::error_message(fault)));
    co_await answer_short_stream(call, std::move(frames));
}

Async<void> answer_result(Call& call, Dialect dialect, rpc::RequestId id, json::object result) {
    auto message = rpc::result_message(id, std::move(result));
    if (dialect != Dialect::Guide) co_return co_await answer_json(call, 200, std::move(message));
    co_await answer_short_stream(call, frame("", to_text(message)));
}

}  // namespace meshai::doors::mcp
