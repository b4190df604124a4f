#include "doors/mcp/guide/context.h"

#include "doors/stream/encoder.h"
#include "doors/toolbox/trace.h"

namespace meshai::doors::mcp {

GuideContext::GuideContext(const Call& call, const wire::jsonrpc::Request& request,
                           std::optional<std::string> key)
    : call_(call),
      request_(request),
      key_(std::move(key)),
      trace_(trace_of(request.params, call.http.head().headers)) {}

Async<std::expected<wire::mcp::Answers, std::variant<Paused, Error>>> GuideContext::ask(
    wire::mcp::Questions) {
    Error error{Code::InvalidArgument, "This client cannot be asked anything; use a session of MCP."};
    co_return std::unexpected(std::variant<Paused, Error>(std::move(error)));
}

std::string GuideContext::correlation_id() const {
    return correlation_of(request_.id);
}

}  // namespace meshai::doors::mcp
