// mesh/testing/mesh_world.h
//
// The mesh of a server in memory, for story tests of this room: a log on a
// memory disk, agents whose words the test speaks, a clock that the test
// moves. `crashes` ends the server as kill -9 would and starts another one on
// the same disk. One thread, no real time.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mesh/conductor/conductor.h"
#include "mesh/executor/executor.h"
#include "mesh/testing/no_network.h"
#include "store/memory/engine.h"

namespace meshai::mesh {

/// One call that an agent has been given, as the test sees it.
struct FakeCall {
    agents::Call call{};
    std::shared_ptr<Signal> bell{};
    std::deque<std::function<Async<Status>(agents::Sink&)>> to_say{};
    std::optional<agents::Ending> ending{};
    std::vector<Status> said{};
    std::vector<Result<agents::Answers>> answers{};  ///< to what the agent asked, in order
    bool was_cancelled = false;
    bool is_over = false;

    void says(std::string text) {
        to_say.push_back([text = std::move(text)](agents::Sink& sink) { return sink.output(text); });
        bell->notify();
    }
    void reports(std::string message, std::optional<double> percent = std::nullopt) {
        task::Progress progress;
        progress.message = std::move(message);
        progress.percent = percent;
        to_say.push_back([progress](agents::Sink& sink) { return sink.progress(progress); });
        bell->notify();
    }
    void asks(agents::Questions questions, std::optional<WallTime> expires_at = {}) {
        to_say.push_back([this, questions = std::move(questions), expires_at](agents::Sink& sink) {
            return ask(*this, sink, questions, expires_at);
        });
        bell->notify();
    }
    void is_alive() {
        to_say.push_back([](agents::Sink& sink) { return sink.alive(); });
        bell->notify();
    }
    static Async<Status> ask(FakeCall& call, agents::Sink& sink, agents::Questions questions,
                             std::optional<WallTime> expires_at) {
        auto answers = co_await sink.ask(std::move(questions), expires_at);
        call.answers.push_back(answers);
        if (!answers) co_return answers.error();
        co_return Status{};
    }
    void finishes(json::value result) {
        ending.emplace(agents::Answer{std::move(result), {}});
        bell->notify();
    }
    void fails(agents::Failure failure) {
        ending.emplace(std::unexpect, std::move(failure));
        bell->notify();
    }
};

/// A failure as an adapter reports it.
inline agents::Failure failure(Code code, bool was_sent, bool is_transient) {
    agents::Failure made;
    made.error = Error{code, "It went wrong."};
    made.was_sent = was_sent;
    made.is_transient = is_transient;
    return made;
}

/// The agents' side: every call of every agent, in order.
struct FakeAgents {
    std::vector<std::pair<std::string, std::shared_ptr<FakeCall>>> calls{};
    std::function<void(const std::string&, FakeCall&)> on_call{};  ///< for agents that act at once
};

class FakeAdapter final : public agents::Adapter {
  public:
    FakeAdapter(std::string name, FakeAgents& agents, Clock& clock)
        : name_(std::move(name)), agents_(agents), clock_(clock) {}

    Async<agents::Ending> run(agents::Call call, agents::Sink& sink) override {
        auto mine = std::make_shared<FakeCall>();
        mine->call = std::move(call);
        mine->bell = std::make_shared<Signal>(co_await this_executor(), clock_);
        agents_.calls.emplace_back(name_, mine);
        if (agents_.on_call) agents_.on_call(name_, *mine);
        for (;;) {
            while (!mine->to_say.empty()) {
                auto say = std::move(mine->to_say.front());
                mine->to_say.pop_front();
                mine->said.push_back(co_await say(sink));
            }
            if (mine->ending) break;
            if (co_await mine->bell->wait_until(kNever) != Wake::Cancelled) continue;
            mine->was_cancelled = true;
            mine->ending.emplace(std::unexpect, failure(Code::Cancelled, true, false));
        }
        mine->is_over = true;
        co_return *mine->ending;
    }

    Async<Status> probe(MonoTime) override { co_return Status{}; }

  private:
    std::string name_;
    FakeAgents& agents_;
    Clock& clock_;
};

inline const TenantId kAcme{"acme"};
inline const task::Caller kAlice{kAcme, Subject{"alice"}, false};

/// What one start of the server makes anew.
struct MeshServer {
    MeshServer(TestLoop& loop, std::shared_ptr<store::MemoryDisk> disk, agents::Tools tools,
               FakeAgents& agents, const std::vector<agents::Spec>& specs, ExecutorLimits limits,
               std::string name = std::string(kServerName), Library library = {})
        : engine(loop.clock, std::move(disk)),
          log(engine, loop.clock, loop.random, loop.log),
          registry(engine, loop.clock, loop.random, loop.log, metrics),
          router(registry, loop.clock) {
        if (auto done = registry.configure(specs); !done) throw std::runtime_error(done.error().message);
        auto make = [&agents, &clock = loop.clock](
                        const agents::Spec& spec, agents::Tools) -> Result<std::unique_ptr<agents::Adapter>> {
            return std::make_unique<FakeAdapter>(spec.name, agents, clock);
        };
        executor = std::make_unique<TaskExecutor>(
            log, registry, router, std::vector<Place>{{loop.ex(), tools}, {loop.ex(), tools}}, make, limits,
            loop.clock, loop.random, loop.log, metrics, std::move(name));
        executor->set_conductor(make_conductor(registry, std::move(library)));
    }

    Metrics metrics;
    store::MemoryEngine engine;
    task::TaskLog log;
    Registry registry;
    Router router;
    std::unique_ptr<TaskExecutor> executor;
};

class MeshWorld {
  public:
    MeshWorld() = default;
    explicit MeshWorld(ExecutorLimits limits) : limits_(limits) {}
    ~MeshWorld() { ends(); }

    /// An agent of the operator's file; before `opens`.
    void has_agent(const std::string& name, bool is_idempotent = true, int places = 10,
                   std::vector<std::string> capabilities = {"text_generation"}) {
        agents::Spec spec;
        spec.name = name;
        spec.id = AgentId{name};
        spec.url = "https://" + name + ".example";
        spec.capabilities = std::move(capabilities);
        spec.idempotent = is_idempotent;
        spec.max_concurrent_tasks = places;
        specs_.push_back(std::move(spec));
    }

    /// Starts the server, which goes on with what is on the disk.
    void opens() {
        server_ = std::make_unique<MeshServer>(loop, disk, network_.tools(), agents, specs_, limits_,
                                               std::string(kServerName), library());
        auto done = loop.run(server_->executor->recover());
        if (!done) throw std::runtime_error(done.error().message);
        loop.settle();
    }

    /// A workflow that others can call, by the name in its definition.
    void has_workflow(std::string_view text) {
        auto definition = workflow::parse(parse_json(text).value()).value();
        workflows[definition.name] = std::move(definition);
    }

    /// A request that runs the workflow of this text.
    static task::Request workflow_request(std::string_view text, json::value input = json::object()) {
        task::Request made;
        made.input = std::move(input);
        made.workflow = parse_json(text).value();
        return made;
    }

    /// Another server of the same store and the same agents, before it recovers anything.
    std::unique_ptr<MeshServer> another(std::string name) {
        return std::make_unique<MeshServer>(loop, disk, network_.tools(), agents, specs_, limits_,
                                            std::move(name));
    }

    /// kill -9 and a new start.
    void crashes() {
        disk->pull_plug();
        ends();
        opens();
    }

    /// An orderly end.
    void ends() {
        if (!server_) return;
        loop.run(server_->executor->drain(Duration::zero()));
        loop.settle();
        server_.reset();
    }

    MeshServer& server() { return *server_; }
    TaskExecutor& executor() { return *server_->executor; }

    static task::Request request(std::string_view text = "Tell me about Rome") {
        task::Request made;
        made.input = json::string(text);
        return made;
    }

    Result<task::Submission> tries_to_submit(task::Request request, std::optional<std::string> key = {},
                                             task::Caller caller = kAlice) {
        auto done = loop.run(executor().submit(std::move(caller), std::move(request), std::move(key)));
        loop.settle();
        return done;
    }
    TaskId submits(task::Request wanted = request(), task::Caller caller = kAlice) {
        return tries_to_submit(std::move(wanted), {}, std::move(caller)).value().id;
    }
    TaskId submits(std::string_view text) { return submits(request(text)); }

    Status cancels(const TaskId& id) {
        auto done = loop.run(executor().cancel(kAlice, id, "changed my mind"));
        loop.settle();
        if (!done) return done.error();
        return {};
    }

    Status answers(const TaskId& id, agents::Answers given, task::Caller caller = kAlice) {
        auto done = loop.run(executor().answer(std::move(caller), id, std::move(given)));
        loop.settle();
        return done;
    }

    /// Call number `i` over all agents, beginning with 0.
    FakeCall& call(std::size_t i) { return *agents.calls.at(i).second; }
    const std::string& called(std::size_t i) { return agents.calls.at(i).first; }

    std::vector<task::Event> events(const TaskId& id, const TenantId& tenant = kAcme) {
        std::vector<task::Event> all;
        for (;;) {
            auto page = loop.run(server_->log.read(tenant, id, all.empty() ? Seq{} : all.back().seq, 1000));
            if (!page || page->empty()) return all;
            all.insert(all.end(), page->begin(), page->end());
        }
    }

    /// The kinds of a task's events: "submitted routed started completed".
    std::string story(const TaskId& id, const TenantId& tenant = kAcme) {
        std::string kinds;
        for (const auto& event : events(id, tenant)) {
            if (!kinds.empty()) kinds += ' ';
            kinds += task::kind(event.body);
        }
        return kinds;
    }

    task::View view(const TaskId& id, const TenantId& tenant = kAcme) {
        return loop.run(server_->log.view(tenant, id)).value();
    }

    void passes(Duration span) { loop.passes(span); }

    TestLoop loop;
    std::shared_ptr<store::MemoryDisk> disk = std::make_shared<store::MemoryDisk>();
    FakeAgents agents;
    std::map<std::string, workflow::Definition, std::less<>> workflows{};

  private:
    Library library() {
        return [this](const TenantId&, std::string_view name) -> std::optional<workflow::Definition> {
            const auto found = workflows.find(name);
            if (found == workflows.end()) return std::nullopt;
            return found->second;
        };
    }

    ExecutorLimits limits_{};
    NoNetwork network_{loop};
    std::vector<agents::Spec> specs_{};
    std::unique_ptr<MeshServer> server_{};
};

}  // namespace meshai::mesh
