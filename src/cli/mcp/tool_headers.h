// cli/mcp/tool_headers.h
//
// The header fields that repeat what a message of 2026-07-28 says in its body
// (H16 to H18): its version, method and name, and the arguments that a tool
// wants repeated, which is learned from the lists of tools that pass by. One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/mcp/inbound.h"
#include "net/http/message.h"
#include "wire/mcp/headers.h"

namespace meshai::cli::mcp {

/// Of tools that want headers; a server with more is asked again by nobody.
inline constexpr std::size_t kToolsMax = 10'000;

class ToolHeaders {
  public:
    /// From a result of tools/list, one page of it.
    void learn(const json::object& result);

    /// For a message of the stateless era.
    net::http::Headers headers_of(const Inbound& message) const;

  private:
    void add_arguments(net::http::Headers& headers, const json::object& params) const;

    std::map<std::string, std::vector<wire::mcp::HeaderParam>> tools_{};
};

}  // namespace meshai::cli::mcp
