// cli/scripted_server_test.h
//
// A MeshAI server as the commands' tests need it: in memory, answering each call
// as the test says, and remembering what it was asked. For tests of this room.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/test_loop.h"
#include "cli/commands.h"
#include "net/http/server.h"
#include "net/memory/network.h"
#include "net/sse/writer.h"

namespace meshai::cli {

/// One answer: a whole one, or a stream of frames after which the connection is cut or stays open.
struct ScriptedAnswer {
    int status = 200;
    std::string body = "{}";
    std::vector<std::pair<std::string, std::string>> headers{};
    bool is_stream = false;
    bool is_hanging = false;  ///< the stream says nothing more until the server ends it
};

/// Frames as (id, JSON); an empty id writes none.
inline ScriptedAnswer stream_of(const std::vector<std::pair<std::string, std::string>>& frames,
                                bool is_hanging = false) {
    ScriptedAnswer answer{.body = "", .is_stream = true, .is_hanging = is_hanging};
    for (const auto& [id, data] : frames)
        net::sse::write_frame(answer.body,
                              {.id = id.empty() ? std::nullopt : std::optional(id), .data = data});
    return answer;
}

class ScriptedServer {
  public:
    explicit ScriptedServer(std::uint16_t port = 80) {
        server_ = std::make_unique<net::http::Server>(
            loop.ex(), loop.clock, loop.log, metrics_, net::http::Limits{}, net::http::AllowList{},
            [this](net::http::Exchange& exchange) { return answer(exchange); });
        server_->serve(*network.listen(loop.ex(), {"127.0.0.1", port}));
        loop.settle();
    }

    ~ScriptedServer() { loop.run(server_->drain(0s)); }

    /// The next call of this method and path gets this; the last one given is given for ever.
    void on(const std::string& call, ScriptedAnswer answer) { script_[call].push_back(std::move(answer)); }
    void on(const std::string& call, int status, std::string body) {
        on(call, ScriptedAnswer{.status = status, .body = std::move(body)});
    }

    /// "GET /api/v1/tasks?limit=20 Last-Event-ID=7": what came, in order.
    std::vector<std::string> asked{};
    std::vector<std::string> bodies{};
    std::vector<std::string> idempotency_keys{};

    TestLoop loop{};
    net::MemoryNetwork network{loop.clock};

  private:
    Async<void> answer(net::http::Exchange& exchange) {
        const auto& head = exchange.head();
        const auto call = head.method + " " + head.path;
        auto line = head.method + " " + head.target;
        if (const auto id = head.headers.get("Last-Event-ID")) line += " Last-Event-ID=" + std::string(*id);
        asked.push_back(line);
        if (const auto key = head.headers.get("Idempotency-Key")) idempotency_keys.emplace_back(*key);
        auto body = co_await exchange.body();
        bodies.push_back(body.value_or(""));

        ScriptedAnswer next{.status = 404, .body = R"({"code":"NOT_FOUND","detail":"No such thing."})"};
        if (auto& script = script_[call]; !script.empty()) {
            next = script.front();
            if (script.size() > 1) script.pop_front();
        }
        net::http::Headers headers;
        for (const auto& [name, value] : next.headers) headers.add(name, value);
        if (!next.is_stream) {
            headers.add("Content-Type", "application/json");
            net::http::Response response{next.status, std::move(headers), next.body};
            auto sent = co_await exchange.respond(std::move(response));
            if (!sent) co_return;
            co_return;
        }
        auto begun = co_await exchange.start_stream(200, net::sse::stream_headers(), true);
        if (!begun) co_return;
        auto sent = co_await exchange.write(next.body);
        if (!sent) co_return;
        Signal gone(loop.ex(), loop.clock);
        exchange.watch_peer(gone);
        while (next.is_hanging && !exchange.is_peer_gone() && !exchange.is_draining())
            if (co_await gone.wait_until(kNever) != Wake::Notified) co_return;
        auto ended = co_await exchange.finish_stream();
        if (!ended) co_return;
    }

    std::map<std::string, std::deque<ScriptedAnswer>> script_{};
    Metrics metrics_{};
    std::unique_ptr<net::http::Server> server_{};
};

/// A command's surroundings: the server above, and a terminal that remembers.
struct Desk {
    explicit Desk(ScriptedServer& server, ScreenSettings settings = {}, std::uint16_t port = 80)
        : http(server.loop.ex(), server.network, server.loop.clock, server.loop.log),
          api(http, server.loop.clock,
              Target{{.scheme = "http", .host = "127.0.0.1", .port = port, .target = "/"}, "msk_test_key"}),
          screen(
              settings, [this](std::string_view bytes) { out += bytes; },
              [this](std::string_view bytes) { err += bytes; }),
          session{
              api, screen, server.loop.random, server.loop.log, interrupt, [this](const std::string& text) {
                  err += "meshai: " + text + "\n";
              }} {}

    std::string out{};
    std::string err{};
    net::client::Client http;
    Api api;
    Screen screen;
    Interrupt interrupt{};
    Session session;
};

}  // namespace meshai::cli
