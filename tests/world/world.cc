#include "tests/world/world.h"

#include <stdexcept>

#include "base/metrics.h"

namespace meshai::tests {
namespace {

const net::Endpoint kAddress{"127.0.0.1", 8080};

agents::Spec spec_of(const std::string& name) {
    agents::Spec spec;
    spec.id = AgentId{name};
    spec.name = name;
    spec.kind = agents::Kind::OpenAi;
    spec.url = "http://" + name + ".test/v1";
    spec.model = "story";
    spec.capabilities = {"text_generation", "code_generation", "data_analysis", "reasoning"};
    return spec;
}

app::Config with_defaults(app::Config config) {
    if (config.agents.empty()) config.agents.push_back(spec_of("writer"));
    config.server.listen = net::to_text(kAddress);
    config.limits.requests_per_minute = 1'000'000;
    return config;
}

}  // namespace

/// What dies with kill -9: everything but the disk.
struct World::Process {
    Process(World& world, std::shared_ptr<store::MemoryDisk> disk)
        : engine(world.loop.clock, std::move(disk)),
          house(world.config_,
                {.engine = engine,
                 .network = world.network_,
                 .clock = world.loop.clock,
                 .random = world.loop.random,
                 .log = world.loop.log,
                 .metrics = metrics,
                 .threads = {world.loop.ex()},
                 .make_adapter = [&world](const agents::Spec& spec,
                                          agents::Tools tools) -> Result<std::unique_ptr<agents::Adapter>> {
                     return world.agent(spec.name).adapter(world.loop.clock,
                                                           std::move(tools.delegate_access));
                 },
                 .make_toolbox = world.make_toolbox_}) {}

    Metrics metrics{};
    store::MemoryEngine engine;
    app::House house;
};

World::World(std::uint64_t seed, app::Config config, ToolboxFactory make_toolbox)
    : loop(seed),
      config_(with_defaults(std::move(config))),
      make_toolbox_(std::move(make_toolbox)),
      network_(loop.clock) {
    starts();
    key_ = make_key("acme", "ann");
}

World::~World() {
    for (auto& stream : streams_) stream.close();
    if (process_) crash();
}

FakeAgent& World::agent(const std::string& name) {
    auto& agent = agents_[name];
    if (!agent) agent = std::make_unique<FakeAgent>(name);
    return *agent;
}

Stream& World::mesh_execute(std::string task, json::object arguments, net::http::Headers headers) {
    arguments["task"] = std::move(task);
    json::object body{{"jsonrpc", "2.0"},
                      {"id", "123"},
                      {"method", "tools/call"},
                      {"params", {{"name", "mesh_execute"}, {"arguments", std::move(arguments)}}}};
    auto asked = request("POST", "/v1/mcp/stream", std::move(headers));
    asked.headers.set("Accept", "text/event-stream");
    asked.headers.set("Content-Type", "application/json");
    asked.body = to_text(body);
    return streams_.emplace_back(loop, network_, std::move(asked));
}

Stream& World::resume(const Stream& stream) {
    net::http::Headers headers;
    if (!stream.last_id().empty()) headers.set("Last-Event-ID", stream.last_id());
    return open_stream("/api/v1/tasks/" + stream.task_id() + "/stream", std::move(headers));
}

Stream& World::open_stream(const std::string& target, net::http::Headers headers) {
    auto asked = request("GET", target, std::move(headers));
    asked.headers.set("Accept", "text/event-stream");
    return streams_.emplace_back(loop, network_, std::move(asked));
}

net::http::Response World::get(const std::string& target, const std::string& key) {
    auto asked = request("GET", target, {});
    if (!key.empty()) asked.headers.set("Authorization", "Bearer " + key);
    return fetch(std::move(asked));
}

net::http::Response World::post(const std::string& target, const json::value& body,
                                net::http::Headers headers) {
    auto asked = request("POST", target, std::move(headers));
    asked.headers.set("Content-Type", "application/json");
    asked.body = to_text(body);
    return fetch(std::move(asked));
}

net::http::Response World::remove(const std::string& target) {
    return fetch(request("DELETE", target, {}));
}

Stream& World::send(std::string method, const std::string& target, net::http::Headers headers,
                    std::string body) {
    auto asked = request(std::move(method), target, std::move(headers));
    if (asked.headers.get("Authorization") == "none") asked.headers.remove("Authorization");
    asked.body = std::move(body);
    return streams_.emplace_back(loop, network_, std::move(asked));
}

std::string World::make_key(const std::string& tenant, const std::string& name,
                            std::vector<std::string> scopes) {
    auth::Keys keys(process_->engine, loop.clock, loop.random);
    auto made =
        loop.run(keys.create({.tenant = {tenant}, .name = name, .subject = {}, .scopes = std::move(scopes)}));
    if (!made) throw std::runtime_error(made.error().message);
    return made->key;
}

void World::revoke_key(const std::string& key) {
    auth::Keys keys(process_->engine, loop.clock, loop.random);
    const auto record = loop.run(keys.look_up(key));
    if (!record) throw std::runtime_error(record.error().message);
    if (const auto done = loop.run(keys.revoke(record->id)); !done)
        throw std::runtime_error(done.error().message);
}

void World::crash() {
    // After this nothing the process does can reach the disk, so ending it in
    // good order is the same as ending it in none.
    disk->pull_plug();
    network_.break_connections(kAddress);
    drains(Duration::zero());
    for (auto& [name, agent] : agents_) agent->forgets();
}

void World::drains(Duration grace) {
    loop.run(process_->house.close(grace));
    process_->engine.close();
    loop.settle();
    process_.reset();
}

void World::starts() {
    process_ = std::make_unique<Process>(*this, disk);
    auto at = loop.run(process_->house.open());
    if (!at) throw std::runtime_error(at.error().message);
}

void World::breaks_connections() {
    network_.break_connections(kAddress);
    loop.settle();
}

std::vector<task::Event> World::log_of(const std::string& task_id) {
    std::vector<task::Event> events;
    for (;;) {
        const auto after = events.empty() ? Seq{0} : events.back().seq;
        auto more = loop.run(process_->house.tasks().read({"acme"}, {task_id}, after, 256));
        if (!more) throw std::runtime_error(more.error().message);
        if (more->empty()) return events;
        for (auto& event : *more) events.push_back(std::move(event));
    }
}

net::client::Request World::request(std::string method, const std::string& target,
                                    net::http::Headers headers) {
    net::client::Request asked;
    asked.method = std::move(method);
    asked.url = *net::http::parse_url("http://" + net::to_text(kAddress) + target);
    asked.headers = std::move(headers);
    if (asked.headers.count("Authorization") == 0) asked.headers.set("Authorization", "Bearer " + key_);
    asked.limits.first_byte = std::chrono::hours(24);  // the stories are about the server's patience
    asked.limits.silence = std::chrono::hours(24);
    asked.reach = net::Reach::Anywhere;
    return asked;
}

net::http::Response World::fetch(net::client::Request asked) {
    net::client::Client client(loop.ex(), network_, loop.clock, loop.log);
    auto got = loop.run(client.fetch(std::move(asked)));
    if (!got) throw std::runtime_error(got.error().error.message);
    return std::move(*got);
}

}  // namespace meshai::tests
