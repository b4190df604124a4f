// tests/world/stateless_client.h
//
// A client of the stateless era of MCP in a story: every request says all about
// itself, in `_meta` and in the header fields that repeat it. One thread.
#pragma once

#include "tests/world/mcp_client.h"
#include "tests/world/world.h"

namespace meshai::tests {

class StatelessClient {
  public:
    explicit StatelessClient(World& world, json::object capabilities = {}, std::string key = {});

    /// `params` may hold a `_meta` of its own, which is added to.
    Stream& request(const std::string& method, json::object params = {}, net::http::Headers headers = {});

    /// A call of a tool, with the progress token "p".
    Stream& call(const std::string& tool, json::object arguments = {});

    /// The same call again, with answers to the questions of `asked`.
    Stream& answer(const Stream& asked, const std::string& tool, json::object answers);

    /// Of the newest request; a number, or what the story says.
    json::value id = 0;

  private:
    World& world_;
    json::object capabilities_;
    std::string key_;
};

/// The result of a finished request; empty when it came to something else.
json::object result_of(const Stream& stream);

/// The number of the error a request came to; 0 when it came to something else.
std::int64_t error_of(const Stream& stream);

/// The keys that a result asks for, and the text of a whole one: "ask name color", "result …".
std::string outcome_of(const Stream& stream);

}  // namespace meshai::tests
