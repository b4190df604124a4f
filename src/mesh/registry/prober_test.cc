#include "mesh/registry/prober.h"

#include <gtest/gtest.h>

#include "mesh/testing/no_network.h"
#include "store/memory/engine.h"

namespace meshai::mesh {
namespace {

agents::Spec remote() {
    agents::Spec spec;
    spec.name = "remote";
    spec.url = "https://remote.example";
    spec.capabilities = {"text_generation"};
    return spec;
}

/// Answers probes as the test says.
struct ProbedAdapter final : agents::Adapter {
    explicit ProbedAdapter(const bool& answers) : answers_(answers) {}
    Async<agents::Ending> run(agents::Call, agents::Sink&) override { co_return agents::Answer{}; }
    Async<Status> probe(MonoTime) override {
        if (!answers_) co_return Error{Code::AgentUnavailable, "Nobody there."};
        co_return Status{};
    }
    const bool& answers_;
};

TEST(Prober, AnAgentThatStopsAnsweringBecomesUnhealthyAndRecovers) {
    TestLoop loop;
    Metrics metrics;
    store::MemoryEngine engine(loop.clock);
    Registry registry(engine, loop.clock, loop.random, loop.log, metrics);
    NoNetwork network(loop);
    ASSERT_TRUE(registry.configure({remote()}));
    const auto health = [&registry] { return registry.get(TenantId{"acme"}, "remote")->health; };
    bool answers = false;
    Prober prober(
        registry,
        [&answers](const agents::Spec&, agents::Tools) -> Result<std::unique_ptr<agents::Adapter>> {
            return std::make_unique<ProbedAdapter>(answers);
        },
        network.tools());
    Scope scope(loop.ex(), loop.clock, loop.log);
    scope.spawn("prober", prober.run());
    loop.passes(10min);
    EXPECT_EQ(health(), Health::Unknown) << "it may not offer probes at all";
    answers = true;
    loop.passes(40s);
    EXPECT_EQ(health(), Health::Healthy);
    answers = false;
    loop.passes(2min);
    EXPECT_EQ(health(), Health::Unhealthy);
    EXPECT_EQ(registry.counts().unhealthy, 1U);
    answers = true;
    loop.passes(40s);
    EXPECT_EQ(health(), Health::Healthy);
    scope.cancel();
    loop.settle();
    EXPECT_EQ(scope.running(), 0U);
}

}  // namespace
}  // namespace meshai::mesh
