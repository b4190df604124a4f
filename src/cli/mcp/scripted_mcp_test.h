// cli/mcp/scripted_mcp_test.h
//
// An MCP server as the bridge's tests need it, in memory: it answers each method
// as the test says and remembers what it was asked. For tests of this room.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/test_loop.h"
#include "cli/mcp/bridge.h"
#include "cli/mcp/memory_stdio.h"
#include "net/http/server.h"
#include "net/memory/network.h"
#include "net/sse/writer.h"

namespace meshai::cli::mcp {

/// One answer. "$id" in a body stands for the id of the request.
struct McpAnswer {
    enum class End { Finish, Hang };

    int status = 200;
    std::string body{};
    std::vector<std::pair<std::string, std::string>> headers{};
    bool is_stream = false;
    End end =
        End::Finish;  ///< of a stream: the server ends it, or says nothing more until somebody else does
};

inline McpAnswer json_answer(std::string result) {
    return {.body = R"({"jsonrpc":"2.0","id":$id,"result":)" + std::move(result) + "}", .headers = {}};
}

/// A stream of frames as (id, data); an empty id writes none.
inline McpAnswer stream_answer(const std::vector<std::pair<std::string, std::string>>& frames,
                               McpAnswer::End end = McpAnswer::End::Finish) {
    McpAnswer answer{.headers = {}, .is_stream = true, .end = end};
    for (const auto& [id, data] : frames)
        net::sse::write_frame(answer.body,
                              {.id = id.empty() ? std::nullopt : std::optional(id), .data = data});
    return answer;
}

struct McpAsked {
    std::string what;  ///< "POST tools/list", "GET", "DELETE"
    net::http::Headers headers;
    std::string body;

    std::string header(std::string_view name) const {
        return std::string(headers.get(name).value_or("(none)"));
    }
};

class McpServer {
  public:
    explicit McpServer(TestLoop& the_loop) : loop(the_loop) { open(); }
    ~McpServer() { close(); }

    void open() {
        server_ = std::make_unique<net::http::Server>(
            loop.ex(), loop.clock, loop.log, metrics_, net::http::Limits{}, net::http::AllowList{},
            [this](net::http::Exchange& exchange) { return answer(exchange); });
        server_->serve(*network.listen(loop.ex(), kAt));
        loop.settle();
    }

    void close() {
        if (server_) loop.run(server_->drain(0s));
        server_.reset();
    }

    /// As a dying machine: every connection is reset.
    void breaks() {
        network.break_connections(kAt);
        loop.settle();
    }

    /// The next call gets this; the last one given is given for ever.
    void on(const std::string& what, McpAnswer answer) { script_[what].answers.push_back(std::move(answer)); }

    std::vector<std::string> calls() const {
        std::vector<std::string> all;
        for (const auto& one : asked) all.push_back(one.what);
        return all;
    }
    const McpAsked& last(const std::string& what) const {
        for (auto at = asked.rbegin(); at != asked.rend(); ++at)
            if (at->what == what) return *at;
        throw std::runtime_error("nobody asked for " + what);
    }

    inline static const net::Endpoint kAt{"127.0.0.1", 80};
    TestLoop& loop;
    net::MemoryNetwork network{loop.clock};
    std::vector<McpAsked> asked{};
    std::size_t streams_open = 0;

  private:
    static std::string with_id(std::string body, const std::string& request) {
        const auto object = parse_json_object(request);
        const auto* id = object ? find(*object, "id") : nullptr;
        const auto text = id ? to_text(*id) : std::string("null");
        for (auto at = body.find("$id"); at != std::string::npos; at = body.find("$id"))
            body.replace(at, 3, text);
        return body;
    }

    static std::string what_of(const std::string& method, const std::string& body) {
        if (method != "POST") return method;
        const auto object = parse_json_object(body);
        if (!object) return "POST batch";
        return "POST " + find_string(*object, "method").value_or("response");
    }

    Async<void> answer(net::http::Exchange& exchange) {
        auto body = co_await exchange.body();
        const auto what = what_of(exchange.head().method, body.value_or(""));
        asked.push_back({what, exchange.head().headers, body.value_or("")});
        McpAnswer next{.status = 202, .headers = {}};
        if (exchange.head().method != "POST") next.status = 405;
        if (auto& script = script_[what]; !script.answers.empty()) {
            if (script.is_used && script.answers.size() > 1) script.answers.pop_front();
            next = script.answers.front();
            script.is_used = true;
        }
        next.body = with_id(std::move(next.body), body.value_or(""));
        if (next.is_stream) co_return co_await stream(exchange, std::move(next));
        net::http::Response response{next.status, {}, next.body};
        for (const auto& [name, value] : next.headers) response.headers.add(name, value);
        if (!next.body.empty() && response.headers.count("Content-Type") == 0)
            response.headers.add("Content-Type", "application/json");
        auto sent = co_await exchange.respond(std::move(response));
        if (!sent) co_return;
    }

    Async<void> stream(net::http::Exchange& exchange, McpAnswer next) {
        auto headers = net::sse::stream_headers();
        for (const auto& [name, value] : next.headers) headers.add(name, value);
        auto begun = co_await exchange.start_stream(200, std::move(headers), true);
        if (!begun) co_return;
        ++streams_open;
        auto sent = co_await exchange.write(next.body);
        Signal gone(loop.ex(), loop.clock);
        exchange.watch_peer(gone);
        while (sent && next.end == McpAnswer::End::Hang && !exchange.is_peer_gone() &&
               !exchange.is_draining())
            if (co_await gone.wait_until(kNever) != Wake::Notified) break;
        --streams_open;
        auto ended = co_await exchange.finish_stream();
        if (!ended) co_return;
    }

    struct Script {
        std::deque<McpAnswer> answers{};
        bool is_used = false;  ///< the first of them was given
    };

    std::map<std::string, Script> script_{};
    Metrics metrics_{};
    std::unique_ptr<net::http::Server> server_{};
};

/// A client, the bridge it started, and the server behind.
struct BridgeWorld {
    BridgeWorld() {
        loop.scope.spawn("bridge", run());
        loop.settle();
    }
    ~BridgeWorld() {
        client.leaves();
        if (!is_over) loop.passes(kEndGrace + 10s);
    }

    Async<void> run() {
        co_await bridge.run();
        is_over = true;
    }

    void says(const std::string& line) { client.says(line + "\n"); }
    auto heard() { return client.heard(); }

    /// The handshake of the sessions era, with what it says taken away.
    void begins_session(const std::string& id, const std::string& version = "2025-11-25") {
        auto answer = json_answer(R"({"protocolVersion":")" + version + R"(","capabilities":{}})");
        if (!id.empty()) answer.headers.emplace_back("Mcp-Session-Id", id);
        server.on("POST initialize", answer);
        says(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{}})");
        says(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
        heard();
    }

    TestLoop loop{};
    McpServer server{loop};
    MemoryStdio client{loop};
    net::client::Client http{loop.ex(), server.network, loop.clock, loop.log};
    Bridge bridge{{loop.ex(), http, loop.clock, loop.log,
                   Target{{.scheme = "http", .host = "127.0.0.1", .port = 80, .target = "/"}, "msk_test_key"},
                   client, client}};
    bool is_over = false;
};

}  // namespace meshai::cli::mcp
