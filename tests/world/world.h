// tests/world/world.h
//
// The whole server in a test: the real house on one thread, with network, disk,
// clock, randomness and agents replaced. Nothing here takes real time, and the
// same seed gives the same run. A story says who acts and what the others see.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "app/config/config.h"
#include "app/house/house.h"
#include "auth/keys/keys.h"
#include "base/test_loop.h"
#include "net/http/message.h"
#include "net/memory/network.h"
#include "store/memory/engine.h"
#include "task/event.h"
#include "tests/world/fake_agent.h"
#include "tests/world/stream.h"

namespace meshai::tests {

class World {
  public:
    using ToolboxFactory = decltype(app::Parts::make_toolbox);

    /// Without a toolbox of the test's own the product's is served.
    explicit World(std::uint64_t seed = 1, app::Config config = {}, ToolboxFactory make_toolbox = {});
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    // The agents. "writer" is there from the start; its deeds have short words.
    FakeAgent& agent(const std::string& name = "writer");
    void agent_says(std::string message) {
        deed([&] { agent().says(std::move(message)); });
    }
    void agent_writes(std::string text) {
        deed([&] { agent().writes(std::move(text)); });
    }
    void agent_finishes(json::value result) {
        deed([&] { agent().finishes(std::move(result)); });
    }
    void agent_asks(const std::vector<std::string>& keys) {
        deed([&] { agent().asks(keys); });
    }
    void agent_fails(agents::Failure failure) {
        deed([&] { agent().fails(std::move(failure)); });
    }

    // A client of the guide's endpoint; `arguments` beside the task, `headers` beside the usual ones.
    Stream& mesh_execute(std::string task, json::object arguments = {}, net::http::Headers headers = {});

    /// Comes back after the last event that `stream` has seen.
    Stream& resume(const Stream& stream);
    Stream& open_stream(const std::string& target, net::http::Headers headers = {});

    // A client of the REST doors, with the key of the first tenant unless `key` says another.
    net::http::Response get(const std::string& target, const std::string& key = {});
    net::http::Response post(const std::string& target, const json::value& body,
                             net::http::Headers headers = {});
    net::http::Response remove(const std::string& target);

    /// Any request, word for word; without a key if the headers say "Authorization: none".
    Stream& send(std::string method, const std::string& target, net::http::Headers headers, std::string body);

    /// A new key; "acme" / "ann" has `key()` from the start.
    std::string make_key(const std::string& tenant, const std::string& name,
                         std::vector<std::string> scopes = {});
    const std::string& key() const { return key_; }
    void revoke_key(const std::string& key);

    /// Time passes, for everybody.
    void passes(Duration span) { loop.passes(span); }

    /// The process is killed: no byte reaches the disk any more, connections break, agents forget.
    void crash();
    /// SIGTERM.
    void drains(Duration grace);
    /// The next process on the same disk.
    void starts();

    /// Every connection is reset, and the server lives on: a tunnel, a proxy that gives up.
    void breaks_connections();
    net::Network& network() { return network_; }

    /// The log of a task as it stands on the disk.
    std::vector<task::Event> log_of(const std::string& task_id);

    TestLoop loop;
    std::shared_ptr<store::MemoryDisk> disk = std::make_shared<store::MemoryDisk>();

  private:
    struct Process;

    template <class Act>
    void deed(Act act) {
        act();
        loop.settle();
    }
    net::client::Request request(std::string method, const std::string& target, net::http::Headers headers);
    net::http::Response fetch(net::client::Request request);

    app::Config config_;
    ToolboxFactory make_toolbox_;
    net::MemoryNetwork network_;
    std::map<std::string, std::unique_ptr<FakeAgent>> agents_;
    std::unique_ptr<Process> process_;
    std::string key_;
    std::deque<Stream> streams_;
};

}  // namespace meshai::tests
