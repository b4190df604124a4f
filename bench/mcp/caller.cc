#include "bench/mcp/caller.h"

#include <fmt/format.h>

#include <array>

namespace meshai::bench {
namespace {

constexpr std::size_t kReadBytes = 16U << 10U;

constexpr std::string_view kInitialize =
    R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",)"
    R"("capabilities":{},"clientInfo":{"name":"bench","version":"1"}}})";
constexpr std::string_view kInitialized = R"({"jsonrpc":"2.0","method":"notifications/initialized"})";

constexpr std::string_view kCallInSession =
    R"({{"jsonrpc":"2.0","id":{},"method":"tools/call","params":{{"name":"{}","arguments":{{}}}}}})";
constexpr std::string_view kCallStateless =
    R"({{"jsonrpc":"2.0","id":{},"method":"tools/call","params":{{"name":"{}","arguments":{{}},)"
    R"("_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
    R"("io.modelcontextprotocol/clientInfo":{{"name":"bench","version":"1"}},)"
    R"("io.modelcontextprotocol/clientCapabilities":{{}}}}}}}})";

constexpr std::string_view kStatelessHeaders =
    "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: test_simple_text\r\n";

}  // namespace

Caller::Caller(net::Network& network, Clock& clock, net::http::Url url, Era era)
    : network_(network),
      clock_(clock),
      url_(std::move(url)),
      era_(era),
      parser_(net::http::Parser::Kind::Responses, net::http::ParserLimits{}) {}

Async<Status> Caller::open() {
    net::Endpoint server{.host = url_.host, .port = url_.port};
    auto connection = co_await network_.connect(std::move(server), net::Security::Plain, net::Reach::Anywhere,
                                                clock_.in(kAnswerMax));
    if (!connection) co_return connection.error();
    connection_ = std::move(*connection);
    if (era_ == Era::Stateless) co_return Status{};

    auto opened = co_await exchange(post("", kInitialize));
    if (!opened) co_return opened;
    const auto session = parser_.headers().get("Mcp-Session-Id");
    if (parser_.status() != 200 || !session) co_return failed("initialize");
    session_header_ = fmt::format("MCP-Protocol-Version: 2025-11-25\r\nMcp-Session-Id: {}\r\n", *session);

    auto told = co_await exchange(post(session_header_, kInitialized));
    if (!told) co_return told;
    co_return parser_.status() == 202 ? Status{} : failed("notifications/initialized");
}

Async<Status> Caller::call() {
    const auto id = ++id_;
    auto request = era_ == Era::Sessions ? post(session_header_, fmt::format(kCallInSession, id, kTool))
                                         : post(kStatelessHeaders, fmt::format(kCallStateless, id, kTool));
    auto answered = co_await exchange(std::move(request));
    if (!answered) co_return answered;
    if (content_type_.empty()) content_type_ = parser_.headers().get("Content-Type").value_or("none");
    const bool is_right =
        parser_.status() == 200 && body_.contains(kToolText) && body_.contains(fmt::format("\"id\":{}", id));
    co_return is_right ? Status{} : failed("tools/call");
}

Async<Status> Caller::close() {
    if (era_ == Era::Stateless) co_return Status{};
    auto closed = co_await exchange(fmt::format("DELETE {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", url_.target,
                                                url_.authority(), session_header_));
    if (!closed) co_return closed;
    co_return parser_.status() / 100 == 2 ? Status{} : failed("DELETE");
}

std::string Caller::post(std::string_view headers, std::string_view body) const {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n"
        "Accept: application/json, text/event-stream\r\n{}Content-Length: {}\r\n\r\n{}",
        url_.target, url_.authority(), headers, body.size(), body);
}

/// Sends a request and reads its answer to the end.
Async<Status> Caller::exchange(std::string request) {
    using Step = net::http::Parser::Step;
    const auto deadline = clock_.in(kAnswerMax);
    parser_.begin();
    body_.clear();
    auto sent = co_await connection_->write(request, deadline);
    if (!sent) co_return sent;
    std::array<char, kReadBytes> buffer;
    for (;;) {
        auto count = co_await connection_->read_some(buffer, deadline);
        if (!count) co_return count.error();
        if (*count == 0) co_return Error{Code::Unavailable, "The server closed the connection."};
        const auto step = feed({buffer.data(), *count});
        if (step == Step::Failed) co_return Error{Code::AgentProtocol, parser_.refusal().detail};
        if (step == Step::End) co_return Status{};
    }
}

// Up to the end of the answer, or of the bytes. An answer without a body ends
// with its head, and the parser says so when it is asked once more.
net::http::Parser::Step Caller::feed(std::string_view bytes) {
    using Step = net::http::Parser::Step;
    for (;;) {
        const auto fed = parser_.feed(bytes, body_);
        bytes.remove_prefix(fed.taken);
        if (fed.step != Step::Head && (fed.step != Step::More || bytes.empty())) return fed.step;
    }
}

Status Caller::failed(std::string_view what) const {
    return Error{Code::AgentProtocol, fmt::format("{} was answered {}: {}", what, parser_.status(), body_)};
}

}  // namespace meshai::bench
