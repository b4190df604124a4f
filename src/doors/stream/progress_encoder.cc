#include <algorithm>

#include "doors/stream/encoder.h"
#include "doors/stream/words.h"
#include "net/sse/writer.h"

namespace meshai::doors {
namespace {

// MCP 2025-11-25, progress: "The progress value MUST increase with each
// notification, even if the total is unknown." A line that brings no new
// percentage moves it by one step, a tenth of a percent.
constexpr std::int64_t kTotal = 1000;
constexpr double kStepsPerPercent = 10;

std::string message_text(const json::object& message) {
    std::string bytes;
    const auto data = to_text(message);
    net::sse::write_frame(bytes, net::sse::Frame{.data = data});
    return bytes;
}

}  // namespace

ProgressEncoder::ProgressEncoder(TaskId task, wire::jsonrpc::RequestId request, json::value progress_token)
    : task_(std::move(task)), request_(std::move(request)), token_(std::move(progress_token)) {}

std::vector<std::string> ProgressEncoder::encode(const task::Event& event) {
    context_.note(event);
    if (task::is_last(event.body)) {
        const auto outcome = context_.outcome(task_, event);
        return {message_text(wire::jsonrpc::result_message(request_, wire::guide::tool_result(outcome)))};
    }
    const auto progress = progress_of(event, context_);
    if (!progress) return {};
    const auto reached = static_cast<std::int64_t>(progress->percent * kStepsPerPercent);
    const auto value = std::max(reached, said_ + 1);
    if (value > kTotal) return {};
    said_ = value;

    json::object params;
    params["progressToken"] = token_;
    params["progress"] = value;
    params["total"] = kTotal;
    params["message"] = valid_utf8(utf8_prefix(progress->message, wire::guide::kDetailsBytesMax));
    return {message_text(wire::jsonrpc::notification_message("notifications/progress", std::move(params)))};
}

std::string ProgressEncoder::keepalive(WallTime) {
    // Only JSON-RPC may stand in `data:` here; a comment keeps proxies awake.
    return ": keepalive\n\n";
}

std::vector<std::string> ProgressEncoder::broken(const Error& error) {
    return {message_text(wire::jsonrpc::error_message(wire::jsonrpc::fault_of(error, request_.as_json())))};
}

}  // namespace meshai::doors
