#include "cli/mcp/upstream.h"

#include <fmt/format.h>

namespace meshai::cli::mcp {
namespace {

constexpr std::string_view kEndpoint = "/v1/mcp";
constexpr std::size_t kStreamBytesMax = 4ULL << 30U;
constexpr int kUnauthorized = 401;

}  // namespace

Upstream::Upstream(net::client::Client& http, Target server) : http_(http), server_(std::move(server)) {}

net::client::Request Upstream::request(std::string method) const {
    net::client::Request request{.method = std::move(method), .url = server_.at(std::string(kEndpoint))};
    // The person's own program goes where it is told to, loopback first of all.
    request.reach = net::Reach::Anywhere;
    if (!server_.key.empty()) request.headers.add("Authorization", "Bearer " + server_.key);
    request.limits.silence = kStreamSilence;
    request.limits.body_bytes = kStreamBytesMax;
    return request;
}

Async<Answered> Upstream::open(net::client::Request request) {
    auto answer = co_await http_.open(std::move(request));
    if (answer) co_return std::move(*answer);
    auto error = answer.error().error;
    if (!answer.error().was_sent && error.code != Code::InvalidArgument)
        error.message =
            fmt::format("The MeshAI server at {} does not answer: {}", to_text(server_.url), error.message);
    co_return std::unexpected(std::move(error));
}

Async<Answered> Upstream::post(std::string body, net::http::Headers headers, Duration patience) {
    auto wanted = request("POST");
    wanted.headers.add("Content-Type", "application/json");
    // MCP, transports: "The client MUST include an Accept header, listing both
    // application/json and text/event-stream as supported content types" (H6).
    wanted.headers.add("Accept", "application/json, text/event-stream");
    for (const auto& [name, value] : headers.fields()) wanted.headers.add(name, value);
    wanted.body = std::move(body);
    wanted.limits.first_byte = patience;
    co_return co_await open(std::move(wanted));
}

Async<Answered> Upstream::listen(Session session, std::string last_id) {
    auto wanted = request("GET");
    wanted.headers.add("Accept", "text/event-stream");
    session.add_to(wanted.headers);
    if (!last_id.empty()) wanted.headers.add("Last-Event-ID", last_id);
    co_return co_await open(std::move(wanted));
}

Async<Answered> Upstream::end(Session session) {
    auto wanted = request("DELETE");
    session.add_to(wanted.headers);
    wanted.limits.connect = kFarewellPatience;
    wanted.limits.first_byte = kFarewellPatience;
    co_return co_await open(std::move(wanted));
}

Error Upstream::refusal(int status, const net::http::Headers& headers, const std::string& body) const {
    if (status != kUnauthorized) return trouble_of(status, headers, body).error;
    const auto what = server_.key.empty() ? "There is no API key" : "The API key is not valid";
    return Error{Code::Unauthenticated,
                 fmt::format("{} for the MeshAI server at {}: set MESHAI_API_KEY in the environment of "
                             "\"meshai mcp\" (\"env\" in the client's configuration), or give --key. 'meshai "
                             "key create' makes a key.",
                             what, to_text(server_.url))};
}

bool is_event_stream(const net::client::Answer& answer) {
    const auto type = answer.headers().get("Content-Type");
    return type && net::http::has_token(*type, "text/event-stream");
}

}  // namespace meshai::cli::mcp
