// net/client/scripted_world.h
//
// For the tests of the client: the other side in memory, which takes
// connections, keeps what it hears, and says what a test tells it to. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/test_loop.h"
#include "net/client/client.h"
#include "net/memory/network.h"

namespace meshai::net::client {

inline const Endpoint kThere{"agent.example", 80};
inline constexpr const char* kFine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// The other side: takes connections, keeps what it hears, and says what a test
/// tells it to after the head of each request.
struct ScriptedWorld {
    TestLoop loop;
    MemoryNetwork network{loop.clock};
    std::vector<std::string> heard{};                     // by connection
    std::vector<std::shared_ptr<Connection>> accepted{};  // by connection
    std::vector<std::string> script{};                    // answers, one per request
    bool closes_after_answer = false;
    std::unique_ptr<Client> client = std::make_unique<Client>(loop.ex(), network, loop.clock, loop.log);

    ScriptedWorld() {
        loop.scope.spawn("accept", accept(*network.listen(loop.ex(), kThere)));
        loop.settle();
    }

    ~ScriptedWorld() {
        // What runs in the scope uses the members, which end before the loop does.
        client.reset();
        loop.scope.cancel();
        loop.settle();
    }

    Async<void> accept(std::unique_ptr<Listener> listener) {
        while (auto connection = co_await listener->accept()) {
            accepted.push_back(std::move(*connection));
            heard.emplace_back();
            loop.scope.spawn("peer", serve(accepted.back(), heard.size() - 1));
        }
    }

    Async<void> serve(std::shared_ptr<Connection> connection, std::size_t index) {
        char piece[8192];
        std::size_t answered = 0;
        for (;;) {
            auto count = co_await connection->read_some(piece, kNever);
            if (!count || *count == 0) co_return heard[index].append("|gone"), void();
            heard[index].append(piece, *count);
            std::size_t heads = 0;
            for (auto at = heard[index].find("\r\n\r\n"); at != std::string::npos;
                 at = heard[index].find("\r\n\r\n", at + 1))
                ++heads;
            for (; answered < heads && !script.empty(); ++answered) {
                const auto answer = script.front();
                script.erase(script.begin());
                if (!co_await connection->write(answer, kNever)) co_return;
                if (closes_after_answer) co_return connection->finish_writing();
            }
        }
    }

    static Request request(std::string method = "POST") {
        Request made;
        made.method = std::move(method);
        made.url = *http::parse_url("http://agent.example/execute");
        return made;
    }

    auto fetch(Request made) { return loop.run(client->fetch(std::move(made))); }
    auto fetch(std::string method = "POST") { return fetch(request(std::move(method))); }
};

}  // namespace meshai::net::client
