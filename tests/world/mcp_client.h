// tests/world/mcp_client.h
//
// A client of the sessions era of MCP in a story: it says `initialize`, keeps
// its session, numbers its requests, and reads what comes on its streams in
// words. One thread.
#pragma once

#include "doors/toolbox/toolbox.h"
#include "tests/world/world.h"

namespace meshai::tests {

/// A server whose tools are toys (toy_toolbox.h).
World::ToolboxFactory toys();

class McpClient {
  public:
    /// Has a session of this revision afterwards.
    McpClient(World& world, std::string revision, json::object capabilities = {}, std::string key = {});

    const std::string& session() const { return session_; }
    /// The result of `initialize`.
    const json::object& agreed() const { return agreed_; }

    /// The id of the newest request.
    int last_request() const { return requests_; }

    Stream& request(const std::string& method, json::object params = {});
    /// A call of a tool, with the progress token "p".
    Stream& call(const std::string& tool, json::object arguments = {});
    Stream& post(const json::value& body, net::http::Headers headers = {});

    /// The statuses of messages that get no answer.
    int notify(const std::string& method, json::object params = {});
    int answer(const json::value& question, json::value result);

    /// The unasked stream, or what is behind `last_id`.
    Stream& listen(const std::string& last_id = {});
    int ends();

    net::http::Headers headers() const;

  private:
    World& world_;
    std::string revision_;
    std::string key_;
    std::string session_{};
    json::object agreed_{};
    int requests_ = 0;
};

/// Every JSON-RPC message that has come, from a JSON body or from a stream.
std::vector<json::object> messages_of(const Stream& stream);

/// In words: "progress 1/3 step 1", "log info", "ask elicitation/create", "changed tools",
/// "updated toy://watched", "result walked", "error -32602", "cancelled", "tell METHOD".
Frames said(const Stream& stream);

/// The id of the newest question on the stream.
json::value question_on(const Stream& stream);

/// Every id of an event, in order; the last is what Last-Event-ID takes.
std::vector<std::string> event_ids(const Stream& stream);

}  // namespace meshai::tests
