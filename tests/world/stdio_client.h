// tests/world/stdio_client.h
//
// A client of MCP over stdio in a story: the bridge of `meshai mcp` between its
// lines and the whole server. It numbers its requests and tells what it heard
// in words. One thread.
#pragma once

#include "cli/mcp/memory_stdio.h"
#include "tests/world/world.h"

namespace meshai::tests {

class StdioClient {
  public:
    explicit StdioClient(World& world);
    ~StdioClient();

    /// The handshake of the sessions era; gives the result of `initialize`.
    json::object initializes(const std::string& revision, json::object capabilities = {});

    /// A request, as the era has it; gives its id.
    int asks(const std::string& method, json::object params = {});
    int asks_stateless(const std::string& method, json::object params = {});
    /// A call of mesh_execute with a progress token.
    int executes(const std::string& task);
    int executes_stateless(const std::string& task);

    void notifies(const std::string& method, json::object params = {});
    void says(const json::value& message);
    void says_line(const std::string& line);
    void leaves();

    /// What came since the last look, word for word.
    std::vector<std::string> lines();
    /// The same in words: "progress 0.2", "result TEXT", "error 1410",
    /// "ask METHOD", "tell METHOD".
    Frames heard();
    /// The id of the newest question in it.
    const json::value& question() const { return question_; }
    bool has_ended() const { return has_ended_; }

  private:
    Async<void> run();
    std::string words_of(const json::object& message);

    World& world_;
    cli::mcp::MemoryStdio stdio_;
    net::client::Client http_;
    cli::mcp::Bridge bridge_;
    json::value question_ = nullptr;
    int requests_ = 0;
    bool has_ended_ = false;
};

}  // namespace meshai::tests
