#include "app/house/house.h"

#include <fmt/format.h>

#include <atomic>

#include "agents/adapter.h"
#include "app/house/delegate_access.h"
#include "app/house/sealing_key.h"
#include "app/house/settings.h"
#include "app/process/across.h"
#include "app/telemetry/exporter.h"
#include "app/workflows/workflow_files.h"
#include "auth/gate.h"
#include "base/scope.h"
#include "doors/front/front.h"
#include "doors/live/live.h"
#include "doors/mcp/desk.h"
#include "doors/mcp/sessions/sessions.h"
#include "doors/tools/product_toolbox.h"
#include "mesh/conductor/conductor.h"
#include "mesh/registry/prober.h"
#include "net/client/client.h"
#include "net/http/server.h"
#include "task/retention.h"

namespace meshai::app {
namespace {

/// What lives on one thread: everything that has connections or processes.
struct Floor {
    Floor(Executor the_ex, const Parts& parts)
        : ex(the_ex),
          http(the_ex, parts.network, parts.clock, parts.log),
          launcher(parts.make_launcher ? parts.make_launcher(the_ex) : nullptr) {}

    Executor ex;
    net::client::Client http;
    std::unique_ptr<agents::ProcessLauncher> launcher;
    std::unique_ptr<net::http::Server> server{};  // built last, when there are doors for it
};

std::vector<std::unique_ptr<Floor>> make_floors(const Parts& parts) {
    std::vector<std::unique_ptr<Floor>> floors;
    for (const auto& ex : parts.threads) floors.push_back(std::make_unique<Floor>(ex, parts));
    return floors;
}

using DelegateAccess = decltype(agents::Tools::delegate_access);

agents::Tools tools_of(Floor& floor, const Config& config, const Parts& parts,
                       DelegateAccess delegate_access = {}) {
    return {.http = floor.http,
            .processes = floor.launcher.get(),
            .clock = parts.clock,
            .random = parts.random,
            .log = parts.log,
            .limits = agent_limits(config),
            .tracing = tracing_of(config),
            .delegate_access = std::move(delegate_access)};
}

std::vector<mesh::Place> places_of(const std::vector<std::unique_ptr<Floor>>& floors, const Config& config,
                                   const Parts& parts, const DelegateAccess& delegate_access) {
    std::vector<mesh::Place> places;
    for (const auto& floor : floors)
        places.push_back({floor->ex, tools_of(*floor, config, parts, delegate_access)});
    return places;
}

mesh::AdapterFactory factory_of(const Parts& parts) {
    if (parts.make_adapter) return parts.make_adapter;
    return [](const agents::Spec& spec, agents::Tools tools) { return agents::make_adapter(spec, tools); };
}

doors::Identity identity_of(const Config& config) {
    return {.version = MESHAI_VERSION, .public_url = config.server.public_url};
}

auth::Gate make_gate(const Config& config, const Parts& parts) {
    if (parts.everybody) return auth::Gate(*parts.everybody);
    return auth::Gate(parts.engine, parts.clock, parts.log,
                      static_cast<unsigned>(config.limits.requests_per_minute));
}

}  // namespace

struct House::State {
    State(const Config& the_config, Parts the_parts);

    std::unique_ptr<doors::Toolbox> make_toolbox();
    std::unique_ptr<TraceExporter> make_traces();
    Async<Status> take_in();
    Result<net::Endpoint> listen();
    doors::Readiness readiness() const;
    DelegateAccess delegate_access();

    // Built in this order, torn down in reverse: what stands below uses what stands above.
    Config config;
    Parts parts;
    std::atomic<const char*> waiting_for{"starting"};  // null: ready

    std::vector<std::unique_ptr<Floor>> floors;
    DelegateDoor delegate_door;
    task::TaskLog tasks;
    mesh::Registry registry;
    mesh::Router router;
    mesh::WorkflowLibrary library;
    std::unique_ptr<WorkflowFiles> workflow_files;  // null: the operator has none
    std::unique_ptr<TraceExporter> traces;          // null: nobody wants them
    mesh::TaskExecutor executor;
    auth::Gate gate;
    task::Retention retention;
    mesh::Prober prober;
    std::unique_ptr<doors::Toolbox> toolbox;
    doors::mcp::Desk desk;
    doors::mcp::Sessions sessions;
    doors::live::Live live;
    doors::House doors;
    doors::RouteTable routes;
    Scope loops;
};

House::State::State(const Config& the_config, Parts the_parts)
    : config(the_config),
      parts(std::move(the_parts)),
      floors(make_floors(parts)),
      delegate_door(config, parts.clock),
      tasks(parts.engine, parts.clock, parts.random, parts.log),
      registry(parts.engine, parts.clock, parts.random, parts.log, parts.metrics, private_agents(config)),
      router(registry, parts.clock),
      library(parts.engine, parts.clock, parts.log),
      workflow_files(config.workflows.folder.value.empty()
                         ? nullptr
                         : std::make_unique<WorkflowFiles>(config.workflows.folder.value, library,
                                                           parts.clock, parts.log)),
      traces(make_traces()),
      executor(tasks, registry, router, places_of(floors, config, parts, delegate_access()),
               factory_of(parts), executor_limits(config), parts.clock, parts.random, parts.log,
               parts.metrics),
      gate(make_gate(config, parts)),
      retention(parts.engine, parts.clock, parts.log, retention_rules(config)),
      prober(registry, factory_of(parts), tools_of(*floors.front(), config, parts)),
      toolbox(make_toolbox()),
      desk(*toolbox, parts.random, parts.metrics),
      sessions({.threads = parts.threads,
                .clock = parts.clock,
                .random = parts.random,
                .log = parts.log,
                .metrics = parts.metrics}),
      live({.tasks = tasks,
            .registry = registry,
            .ex = parts.threads.front(),
            .clock = parts.clock,
            .log = parts.log,
            .metrics = parts.metrics}),
      doors{.tasks = tasks,
            .executor = executor,
            .registry = registry,
            .library = library,
            .gate = gate,
            .clock = parts.clock,
            .random = parts.random,
            .metrics = parts.metrics,
            .log = parts.log,
            .toolbox = *toolbox,
            .mcp = desk,
            .identity = identity_of(config),
            .readiness = [this] { return readiness(); },
            .started_at = parts.clock.now(),
            .sessions = &sessions,
            .streams_answers = config.server.stream_answers,
            .tasks_kept = std::chrono::duration_cast<Millis>(retention_rules(config).age_max),
            .takes_shorthands = config.compat.legacy_methods,
            .live = &live},
      routes(doors::all_routes()),
      loops(parts.threads.front(), parts.clock, parts.log) {
    executor.set_conductor(mesh::make_conductor(
        registry,
        [this](const TenantId& tenant, std::string_view call) -> std::optional<workflow::Definition> {
            const auto kept = library.find(tenant, call);
            return kept ? std::optional(kept->definition) : std::nullopt;
        }));
    if (traces)
        executor.on_ended(
            [to = traces.get()](const TenantId& tenant, const TaskId& task) { to->ended(tenant, task); });
    for (auto& floor : floors)
        floor->server = std::make_unique<net::http::Server>(floor->ex, parts.clock, parts.log, parts.metrics,
                                                            http_limits(config, floors.size()),
                                                            allow_list(config), make_front(doors, routes));
}

std::unique_ptr<doors::Toolbox> House::State::make_toolbox() {
    const doors::ToolboxNeeds needs{.tasks = tasks,
                                    .executor = executor,
                                    .registry = registry,
                                    .library = library,
                                    .clock = parts.clock,
                                    .random = parts.random,
                                    .metrics = parts.metrics,
                                    .log = parts.log,
                                    .identity = identity_of(config),
                                    .started_at = parts.clock.now()};
    if (parts.make_toolbox) return parts.make_toolbox(needs);
    return std::make_unique<doors::ProductToolbox>(needs);
}

std::unique_ptr<TraceExporter> House::State::make_traces() {
    auto settings = export_settings(config);
    if (!settings) return nullptr;
    return std::make_unique<TraceExporter>(std::move(*settings), parts.threads.front(),
                                           ExportTools{.tasks = tasks,
                                                       .registry = registry,
                                                       .http = floors.front()->http,
                                                       .clock = parts.clock,
                                                       .random = parts.random,
                                                       .log = parts.log,
                                                       .metrics = parts.metrics});
}

House::House(const Config& config, Parts parts) : state_(std::make_unique<State>(config, std::move(parts))) {}

House::~House() {
    // The servers hold handlers that refer to the doors, which are torn down before the floors.
    for (auto& floor : state_->floors) floor->server.reset();
}

Async<Result<net::Endpoint>> House::open() {
    auto& state = *state_;
    if (auto taken = co_await state.take_in(); !taken) co_return taken.error();
    auto at = state.listen();
    if (!at) co_return at.error();
    state.loops.spawn("retention", state.retention.run());
    state.loops.spawn("prober", state.prober.run());
    if (state.workflow_files) state.loops.spawn("files of workflows", state.workflow_files->run());
    if (state.traces) state.traces->start();
    state.waiting_for = nullptr;
    co_return at;
}

Async<Status> House::State::take_in() {
    auto key = co_await sealing_key(parts.engine, parts.clock, parts.random);
    if (!key) co_return key.error();
    if (auto good = desk.open(*key); !good) co_return good.error();
    if (auto good = registry.configure(config.agents); !good) co_return good.error();
    if (auto good = co_await registry.load(); !good) co_return good.error();
    if (auto good = co_await library.load(); !good) co_return good.error();
    if (workflow_files) workflow_files->look();
    // What an earlier run accepted goes first: its tasks are running again
    // before the first new one comes in.
    co_return co_await executor.recover();
}

Result<net::Endpoint> House::State::listen() {
    auto wanted = net::parse_endpoint(config.server.listen);
    if (!wanted) return wanted.error();
    for (auto& floor : floors) {
        auto listener = parts.network.listen(floor->ex, *wanted);
        if (!listener) return listener.error();
        // The first decides where port 0 is; the others join it there.
        wanted = (*listener)->local();
        asio::post(floor->ex, [server = floor->server.get(),
                               held = std::make_shared<std::unique_ptr<net::Listener>>(
                                   std::move(*listener))] { server->serve(std::move(*held)); });
    }
    delegate_door.is_at(*wanted);
    return wanted;
}

// Asked for while a task runs, when the desk has long been opened.
DelegateAccess House::State::delegate_access() {
    if (!parts.has_address) return {};
    return [this](const agents::Call& call) { return delegate_door.access(desk.seal(), call); };
}

doors::Readiness House::State::readiness() const {
    const char* reason = waiting_for;
    return {reason == nullptr, reason == nullptr ? "" : reason};
}

Async<void> House::close(Duration grace) {
    auto& state = *state_;
    state.waiting_for = "draining";
    state.loops.cancel();
    Scope ends(state.parts.threads.front(), state.parts.clock, state.parts.log);
    for (auto& floor : state.floors) ends.spawn("drain a server", on(floor->ex, floor->server->drain(grace)));
    ends.spawn("drain the tasks", state.executor.drain(grace));
    co_await ends.drained();
    // What sessions of MCP still run, runs on the threads where it was asked for.
    Scope rests(state.parts.threads.front(), state.parts.clock, state.parts.log);
    for (const auto& ex : state.parts.threads)
        rests.spawn("end the sessions of MCP", on(ex, state.sessions.close()));
    co_await rests.drained();
    // The last task has ended: what is known of it may still be told.
    if (state.traces) co_await state.traces->close();
    co_await state.live.close();
    co_await state.loops.close();
}

task::TaskLog& House::tasks() {
    return state_->tasks;
}

mesh::Registry& House::registry() {
    return state_->registry;
}

mesh::TaskExecutor& House::executor() {
    return state_->executor;
}

}  // namespace meshai::app
