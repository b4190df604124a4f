// tests/stories/tools_user.h
//
// A client of MCP that uses the product's tools as client libraries do: it
// reads tools/list first, and holds every result against the output schema it
// found there, that of a failure too. What is wrong fails the test. One thread.
#pragma once

#include <map>

#include "tests/world/mcp_client.h"
#include "wire/schema/schema.h"

namespace meshai::tests {

class ToolsUser {
  public:
    explicit ToolsUser(World& world, std::string key = {}, std::string revision = "2025-11-25");

    /// The result of a call that is answered at once.
    json::object call(const std::string& tool, json::object arguments = {});

    /// A call whose answer comes later; `result` has it then. Without a progress token
    /// it comes within 50 s.
    Stream& start(const std::string& tool, json::object arguments = {});
    Stream& start_with_progress(const std::string& tool, json::object arguments = {});
    json::object result(const Stream& stream) const;

    McpClient& client() { return client_; }

  private:
    Stream& note(const std::string& tool, Stream& stream);
    void check(const std::string& tool, const json::object& result) const;

    McpClient client_;
    std::map<std::string, wire::schema::Schema> outputs_{};
    std::map<const Stream*, std::string> calls_{};  ///< the tool of each call
};

/// structuredContent.
json::object data_of(const json::object& result);

/// The stable code of a failure; empty for a result that is none.
std::string code_of_failure(const json::object& result);

/// The text a person reads.
std::string text_of(const json::object& result);

}  // namespace meshai::tests
