#include "mesh/registry/registry.h"

#include <gtest/gtest.h>

#include "base/test_loop.h"
#include "store/memory/engine.h"

namespace meshai::mesh {
namespace {

const TenantId kAcme{"acme"};
const TenantId kOther{"other"};

agents::Spec spec(const std::string& name, std::vector<std::string> capabilities = {"text_generation"}) {
    agents::Spec made;
    made.id = AgentId{name};
    made.name = name;
    made.url = "https://" + name + ".example";
    made.capabilities = std::move(capabilities);
    return made;
}

/// One server's registry on a disk that outlives it.
struct Server {
    TestLoop loop;
    Metrics metrics;
    store::MemoryEngine engine;
    Registry registry{engine, loop.clock, loop.random, loop.log, metrics};

    explicit Server(std::shared_ptr<store::MemoryDisk> disk = std::make_shared<store::MemoryDisk>())
        : engine(loop.clock, std::move(disk)) {}

    Agent adds(const std::string& name, const TenantId& tenant = kAcme) {
        return loop.run(registry.add(tenant, spec(name))).value();
    }
    Agent agent(const std::string& name, const TenantId& tenant = kAcme) {
        return registry.get(tenant, name).value();
    }
    Code code_of_add(const TenantId& tenant, agents::Spec wanted) {
        auto done = loop.run(registry.add(tenant, std::move(wanted)));
        return done ? Code::Internal : done.error().code;
    }
    std::string names(const AgentQuery& query, const TenantId& tenant = kAcme) {
        std::string all;
        for (const auto& one : registry.list(tenant, query)) all += one.spec.name + " ";
        return all;
    }
};

TEST(Registry, ARegisteredAgentIsThereAfterARestartWithItsKey) {
    auto disk = std::make_shared<store::MemoryDisk>();
    auto full = spec("writer", {"Code-Generation", "general"});
    full.kind = agents::Kind::OpenAi;
    full.model = "small";
    full.api_key = agents::Secret("sk-secret");
    full.instructions = json::value{{"guidelines", {"be brief"}}};
    full.metadata = {{"team", "red"}};
    full.tags = {"a", "b"};
    full.cost = {0.1, 0.2, 0.3};
    full.idempotent = false;
    full.delegates = true;
    full.max_concurrent_tasks = 3;
    {
        Server before(disk);
        ASSERT_TRUE(before.loop.run(before.registry.add(kAcme, full)));
    }
    Server after(disk);
    ASSERT_TRUE(after.loop.run(after.registry.load()));
    const auto found = after.agent("writer");
    EXPECT_EQ(found.spec.kind, agents::Kind::OpenAi);
    EXPECT_EQ(found.spec.capabilities, (std::vector<std::string>{"code_generation", "text_generation"}));
    EXPECT_EQ(found.spec.api_key, full.api_key);
    EXPECT_EQ(found.spec.instructions, full.instructions);
    EXPECT_EQ(found.spec.metadata, full.metadata);
    EXPECT_EQ(found.spec.tags, full.tags);
    EXPECT_EQ(found.spec.cost, full.cost);
    EXPECT_EQ(found.spec.idempotent, false);
    EXPECT_TRUE(found.spec.delegates);
    EXPECT_EQ(found.spec.max_concurrent_tasks, 3);
    EXPECT_EQ(found.health, Health::Unknown);
    EXPECT_EQ(found.version, 1U);
    EXPECT_FALSE(found.is_configured);
}

TEST(Registry, AnIdIsMadeWhereNoneIsGiven) {
    Server server;
    auto wanted = spec("writer");
    wanted.id = AgentId{};
    const auto made = server.loop.run(server.registry.add(kAcme, wanted)).value();
    EXPECT_TRUE(is_id(made.spec.id.value, "a_"));
    EXPECT_EQ(server.agent("writer").spec.id, made.spec.id) << "an agent is found by name too";
}

TEST(Registry, ATakenIdOrNameIsAConflict) {
    Server server;
    ASSERT_TRUE(server.registry.configure({spec("boss")}));
    server.adds("writer");
    EXPECT_EQ(server.code_of_add(kAcme, spec("writer")), Code::Conflict);
    EXPECT_EQ(server.code_of_add(kAcme, spec("boss")), Code::Conflict);
    auto namesake = spec("writer");
    namesake.id = AgentId{"another-id"};
    EXPECT_EQ(server.code_of_add(kAcme, namesake), Code::Conflict);
    server.adds("writer", kOther);  // another tenant's names do not matter
}

TEST(Registry, TwoAgentsOfOneNameInTheFileAreAMistake) {
    Server server;
    const auto done = server.registry.configure({spec("boss"), spec("boss")});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Configuration);
}

TEST(Registry, NobodySeesAnotherTenantsAgents) {
    Server server;
    ASSERT_TRUE(server.registry.configure({spec("boss")}));
    server.adds("writer");
    EXPECT_EQ(server.names({}), "boss writer ");
    EXPECT_EQ(server.names({}, kOther), "boss ");
    EXPECT_EQ(server.registry.get(kOther, "writer").error().code, Code::AgentNotFound);
    EXPECT_FALSE(server.loop.run(server.registry.remove(kOther, AgentId{"writer"})));
    EXPECT_FALSE(server.registry.heartbeat(kOther, AgentId{"writer"}));
}

TEST(Registry, TheOperatorsAgentsCannotBeChangedOrRemoved) {
    Server server;
    ASSERT_TRUE(server.registry.configure({spec("boss")}));
    Patch patch;
    patch.name = "slave";
    EXPECT_EQ(server.loop.run(server.registry.update(kAcme, AgentId{"boss"}, patch)).error().code,
              Code::PermissionDenied);
    EXPECT_EQ(server.loop.run(server.registry.remove(kAcme, AgentId{"boss"})).error().code,
              Code::PermissionDenied);
}

TEST(Registry, APatchChangesWhatItNamesAndLasts) {
    auto disk = std::make_shared<store::MemoryDisk>();
    {
        Server server(disk);
        server.adds("writer");
        Patch patch;
        patch.capabilities = {"Data-Analysis"};
        patch.health_score = 0.25;
        patch.current_load = 0.5;
        const auto changed = server.loop.run(server.registry.update(kAcme, AgentId{"writer"}, patch)).value();
        EXPECT_EQ(changed.spec.name, "writer");
        EXPECT_EQ(changed.version, 2U);
    }
    Server after(disk);
    ASSERT_TRUE(after.loop.run(after.registry.load()));
    const auto found = after.agent("writer");
    EXPECT_EQ(found.spec.capabilities, std::vector<std::string>{"data_analysis"});
    EXPECT_EQ(found.health_score, 0.25);
    EXPECT_EQ(found.current_load, 0.5);
    EXPECT_EQ(found.version, 2U);
}

TEST(Registry, APatchThatCannotBeRightIsRefused) {
    Server server;
    server.adds("writer");
    server.adds("reader");
    Patch share;
    share.success_rate = 1.5;
    EXPECT_EQ(server.loop.run(server.registry.update(kAcme, AgentId{"writer"}, share)).error().code,
              Code::InvalidArgument);
    Patch name;
    name.name = "reader";
    EXPECT_EQ(server.loop.run(server.registry.update(kAcme, AgentId{"writer"}, name)).error().code,
              Code::Conflict);
}

TEST(Registry, ChangesAtTheSameTimeBothHappen) {
    Server server;
    server.adds("writer");
    std::vector<Result<Agent>> done;
    const auto change = [](Server& at, Patch patch, std::vector<Result<Agent>>& into) -> Async<void> {
        into.push_back(co_await at.registry.update(kAcme, AgentId{"writer"}, std::move(patch)));
    };
    Patch tags;
    tags.tags = {"new"};
    Patch name;
    name.name = "author";
    server.loop.scope.spawn("tags", change(server, tags, done));
    server.loop.scope.spawn("name", change(server, name, done));
    server.loop.settle();
    ASSERT_EQ(done.size(), 2U);
    EXPECT_TRUE(done[0] && done[1]);
    EXPECT_EQ(server.agent("author").spec.tags, std::vector<std::string>{"new"});
    EXPECT_EQ(server.agent("author").version, 3U);
}

TEST(Registry, AWriteWithUnknownOutcomeIsReadBack) {
    auto disk = std::make_shared<store::MemoryDisk>();
    Server server(disk);
    disk->fail(store::Fault::UnknownHappened);
    server.adds("writer");
    disk->fail(store::Fault::UnknownLost);
    EXPECT_EQ(server.code_of_add(kAcme, spec("reader")), Code::OutcomeUnknown);
    EXPECT_FALSE(server.registry.get(kAcme, "reader"));
    server.adds("reader");
}

TEST(Registry, HeartbeatsThatStopMakeAnAgentUnhealthyThenOffline) {
    Server server;
    server.adds("writer");
    EXPECT_EQ(server.registry.heartbeat(kAcme, AgentId{"writer"}).value(), Duration(30s));
    EXPECT_EQ(server.agent("writer").health, Health::Healthy);
    server.loop.passes(89s);
    EXPECT_EQ(server.agent("writer").health, Health::Healthy);
    server.loop.passes(1s);
    EXPECT_EQ(server.agent("writer").health, Health::Unhealthy);
    EXPECT_EQ(server.agent("writer").lifecycle, Lifecycle::Active);
    EXPECT_FALSE(server.agent("writer").is_available());
    server.loop.passes(60s);
    EXPECT_EQ(server.agent("writer").lifecycle, Lifecycle::Offline);
    EXPECT_EQ(server.names({}), "");
    EXPECT_EQ(server.names({.status = "offline"}), "writer ");
    EXPECT_EQ(server.names({.include_offline = true}), "writer ");
    EXPECT_TRUE(server.registry.heartbeat(kAcme, AgentId{"writer"}));
    EXPECT_EQ(server.agent("writer").health, Health::Healthy);
    EXPECT_EQ(server.agent("writer").lifecycle, Lifecycle::Active);
}

TEST(Registry, AnAgentThatNeverSentHeartbeatsIsNotMissed) {
    Server server;
    server.adds("writer");
    server.loop.passes(24h);
    EXPECT_EQ(server.agent("writer").lifecycle, Lifecycle::Active);
    EXPECT_TRUE(server.agent("writer").is_available());
}

TEST(Registry, PlacesAreCountedPerAgent) {
    Server server;
    auto narrow = spec("narrow");
    narrow.max_concurrent_tasks = 2;
    ASSERT_TRUE(server.registry.configure({narrow}));
    const AgentId id{"narrow"};
    EXPECT_TRUE(server.registry.try_take_place(kAcme, id));
    EXPECT_TRUE(server.registry.try_take_place(kOther, id));
    EXPECT_FALSE(server.registry.try_take_place(kAcme, id)) << "the operator's agents are shared by all";
    EXPECT_EQ(server.agent("narrow").running, 2);
    EXPECT_EQ(server.agent("narrow").current_load, 1.0);
    server.registry.give_place_back(kOther, id);
    EXPECT_TRUE(server.registry.try_take_place(kAcme, id));
    EXPECT_FALSE(server.registry.try_take_place(kAcme, AgentId{"nobody"}));
}

TEST(Registry, AnOpenBreakerRefusesPlacesAndACancelledCallSaysNothing) {
    Server server;
    ASSERT_TRUE(server.registry.configure({spec("shaky")}));
    const AgentId id{"shaky"};
    for (int i = 0; i < 10; ++i) server.registry.report(kAcme, id, {false, false, 1ms});
    EXPECT_EQ(server.agent("shaky").breaker, Breaker::Closed);
    for (int i = 0; i < 5; ++i) server.registry.report(kAcme, id, {false, true, 1ms});
    EXPECT_EQ(server.agent("shaky").breaker, Breaker::Open);
    EXPECT_FALSE(server.registry.try_take_place(kAcme, id));
    server.loop.passes(30s);
    EXPECT_EQ(server.agent("shaky").breaker, Breaker::HalfOpen);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(server.registry.try_take_place(kAcme, id));
    EXPECT_FALSE(server.registry.try_take_place(kAcme, id));
}

TEST(Registry, SlowCallsDegradeTheHealthAndNothingElse) {
    Server server;
    ASSERT_TRUE(server.registry.configure({spec("thinker")}));
    for (int i = 0; i < 100; ++i)
        server.registry.report(kAcme, AgentId{"thinker"}, {true, true, std::chrono::minutes(2)});
    EXPECT_EQ(server.agent("thinker").breaker, Breaker::Closed);
    EXPECT_EQ(server.agent("thinker").health, Health::Degraded);
    EXPECT_TRUE(server.agent("thinker").is_available());
}

TEST(Registry, AQueryMatchesAnyCapabilityAndUnknownMetricsPass) {
    Server server;
    auto coder = spec("coder", {"code_generation"});
    coder.tags = {"gpu"};
    coder.framework = "langchain";
    ASSERT_TRUE(server.registry.configure({coder, spec("writer"), spec("painter", {"image_generation"})}));
    EXPECT_EQ(server.names({.capabilities = {"Code-Generation", "image_generation"}}), "coder painter ");
    EXPECT_EQ(server.names({.framework = "langchain"}), "coder ");
    EXPECT_EQ(server.names({.tags = {"gpu", "tpu"}}), "coder ");
    EXPECT_EQ(server.names({.min_success_rate = 0.9, .max_response_time_ms = 10}), "coder painter writer ");
    EXPECT_EQ(server.names({.exclude_agents = {"coder"}}), "painter writer ");
    EXPECT_EQ(server.names({.skip = 1, .limit = 1}), "painter ");
    EXPECT_EQ(server.registry.capabilities(kAcme),
              (std::vector<std::string>{"code_generation", "image_generation", "text_generation"}));
}

TEST(Registry, ATenantHasABoundedNumberOfAgents) {
    Server server;
    for (std::size_t i = 0; i < kAgentsPerTenantMax; ++i) server.adds("agent" + std::to_string(i));
    EXPECT_EQ(server.code_of_add(kAcme, spec("one-more")), Code::ResourceExhausted);
}

TEST(Registry, ARemovedAgentIsGoneForGood) {
    auto disk = std::make_shared<store::MemoryDisk>();
    {
        Server server(disk);
        server.adds("writer");
        ASSERT_TRUE(server.registry.try_take_place(kAcme, AgentId{"writer"}));
        ASSERT_TRUE(server.loop.run(server.registry.remove(kAcme, AgentId{"writer"})));
        server.registry.give_place_back(kAcme, AgentId{"writer"});
        EXPECT_EQ(server.registry.get(kAcme, "writer").error().code, Code::AgentNotFound);
    }
    Server after(disk);
    ASSERT_TRUE(after.loop.run(after.registry.load()));
    EXPECT_EQ(after.names({}), "");
}

}  // namespace
}  // namespace meshai::mesh
