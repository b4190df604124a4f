#include "mesh/router/router.h"

#include <gtest/gtest.h>

#include "base/test_loop.h"
#include "mesh/router/rank.h"
#include "store/memory/engine.h"

namespace meshai::mesh {
namespace {

const TenantId kAcme{"acme"};

struct Mesh {
    TestLoop loop;
    Metrics metrics;
    store::MemoryEngine engine{loop.clock};
    Registry registry{engine, loop.clock, loop.random, loop.log, metrics};
    Router router{registry, loop.clock};

    void has(const std::string& name, std::vector<std::string> capabilities, agents::Cost cost = {},
             std::string framework = "custom") {
        agents::Spec spec;
        spec.name = name;
        spec.url = "https://" + name + ".example";
        spec.capabilities = std::move(capabilities);
        spec.cost = cost;
        spec.framework = std::move(framework);
        spec.max_concurrent_tasks = 4;
        const auto done = registry.configure({spec});
        if (!done) throw std::runtime_error(done.error().message);
    }

    Result<task::Routed> choose(const task::Request& request, const std::set<AgentId>& tried = {}) {
        return router.choose(kAcme, request, tried);
    }

    std::string chosen(const task::Request& request, const std::set<AgentId>& tried = {}) {
        const auto routed = choose(request, tried);
        return routed ? routed->agent.value : routed.error().message;
    }

    void call(const std::string& agent, bool succeeded, int ms) {
        registry.report(kAcme, AgentId{agent}, {succeeded, true, Millis(ms)});
    }

    void fails_until_its_breaker_opens(const std::string& agent) {
        for (int i = 0; i < kBreakerFailuresMax; ++i) call(agent, false, 10);
    }
};

task::Request task(std::string_view text, std::string_view strategy = "capability_match") {
    task::Request request;
    request.input = json::string(text);
    request.routing_strategy = strategy;
    return request;
}

TEST(Router, WhoWaitsForATaskIsTakenByNameOnly) {
    Mesh mesh;
    mesh.has("writer", {"text_generation"});
    mesh.has("editor", {"text_generation"});
    auto request = task("Tell me a story");
    request.avoided = {"editor"};
    EXPECT_EQ(mesh.chosen(request), "writer");
    request.avoided = {"editor", "writer"};
    EXPECT_EQ(mesh.chosen(request),
              "No suitable agent found for task: every other agent that fits waits for this task's result.");
    request.agents = {"editor"};
    EXPECT_EQ(mesh.chosen(request), "editor");
}

TEST(Router, TheAgentThatOffersWhatTheTextAsksForIsChosen) {
    Mesh mesh;
    mesh.has("writer", {"text_generation"});
    mesh.has("coder", {"code_generation"});
    const auto routed = mesh.choose(task("Implement a binary search"));
    ASSERT_TRUE(routed);
    EXPECT_EQ(routed->agent, AgentId{"coder"});
    EXPECT_EQ(routed->strategy, "capability_match");
    EXPECT_EQ(routed->capabilities, std::vector<std::string>{"code_generation"});
    EXPECT_FALSE(routed->fallback);
    EXPECT_FALSE(routed->reason.empty());
    ASSERT_EQ(routed->candidates.size(), 1U);
    EXPECT_EQ(routed->candidates[0].agent, AgentId{"coder"});
}

TEST(Router, EveryRequiredCapabilityMustBeOffered) {
    Mesh mesh;
    mesh.has("coder", {"code_generation"});
    mesh.has("both", {"code_generation", "data_analysis"});
    auto request = task("anything");
    request.capabilities = {"Code-Generation", "data_analysis"};
    EXPECT_EQ(mesh.chosen(request), "both");
    request.capabilities = {"code-generation", "telepathy"};
    EXPECT_EQ(mesh.chosen(request),
              "No suitable agent found for task: no agent offers 'code_generation' and 'telepathy'.");
}

TEST(Router, WithoutAnAgentTheMessageSaysWhatIsMissing) {
    Mesh mesh;
    mesh.has("writer", {"text_generation"});
    const auto routed = mesh.choose(task("Draw a diagram of the water cycle"));
    ASSERT_FALSE(routed);
    EXPECT_EQ(routed.error().code, Code::NoAgent);
    EXPECT_EQ(routed.error().message,
              "No suitable agent found for task: no agent offers 'image_generation'.");
}

TEST(Router, AWriterServesWhereOnlyTheTextSuggestsMoreAndNobodyOffersIt) {
    Mesh mesh;
    mesh.has("writer", {"text_generation"});
    const auto routed = mesh.choose(task("Analyze this large dataset"));
    ASSERT_TRUE(routed);
    EXPECT_EQ(routed->agent, AgentId{"writer"});
    EXPECT_NE(routed->reason.find("nobody offers data_analysis"), std::string::npos) << routed->reason;
    auto asked = task("Analyze this large dataset");
    asked.capabilities = {"data_analysis"};
    EXPECT_FALSE(mesh.choose(asked));
}

TEST(Router, FurtherWishesOfTheTextOnlyRank) {
    Mesh mesh;
    mesh.has("a-plain", {"data_analysis"});
    mesh.has("b-both", {"data_analysis", "code_generation"});
    EXPECT_EQ(mesh.chosen(task("Analyze this dataset and write a script")), "b-both");
    EXPECT_EQ(mesh.chosen(task("Analyze this dataset")), "a-plain");
}

TEST(Router, AWantedAgentComesFirstWhateverTheTextSuggests) {
    Mesh mesh;
    mesh.has("writer", {"text_generation"});
    mesh.has("coder", {"code_generation"});
    auto request = task("Implement a binary search");
    request.agents = {"writer"};
    const auto routed = mesh.choose(request);
    ASSERT_TRUE(routed);
    EXPECT_EQ(routed->agent, AgentId{"writer"});
    EXPECT_FALSE(routed->fallback);
}

TEST(Router, AnUnknownWantedAgentFallsBackAndSaysSo) {
    Mesh mesh;
    mesh.has("coder", {"code_generation"});
    auto request = task("Implement a binary search");
    request.agents = {"nobody"};
    const auto routed = mesh.choose(request);
    ASSERT_TRUE(routed);
    EXPECT_EQ(routed->agent, AgentId{"coder"});
    EXPECT_TRUE(routed->fallback);
    EXPECT_NE(routed->reason.find("there is no agent 'nobody'"), std::string::npos) << routed->reason;
}

TEST(Router, AnAgentWhoseBreakerIsOpenIsLeftOutAndListedWithTheReason) {
    Mesh mesh;
    mesh.has("good", {"text_generation"});
    mesh.has("broken", {"text_generation"});
    mesh.fails_until_its_breaker_opens("broken");
    const auto routed = mesh.choose(task("Tell me about Rome"));
    ASSERT_TRUE(routed);
    EXPECT_EQ(routed->agent, AgentId{"good"});
    ASSERT_EQ(routed->candidates.size(), 2U);
    EXPECT_EQ(routed->candidates[1].reason, "left out: has its circuit breaker open after failures");

    auto request = task("Tell me about Rome");
    request.agents = {"broken"};
    EXPECT_TRUE(mesh.choose(request)->fallback);
    EXPECT_EQ(
        mesh.chosen(task("Tell me about Rome"), {AgentId{"good"}}),
        "No suitable agent found for task: agent 'broken' has its circuit breaker open after failures.");
}

TEST(Router, AnAgentThatFailedOverIsUsedOnlyWhereNoOtherFits) {
    Mesh mesh;
    mesh.has("a-shaky", {"text_generation"});
    mesh.has("b-steady", {"text_generation"});
    for (int i = 0; i < kFailoverFailures; ++i) mesh.call("a-shaky", false, 10);
    EXPECT_EQ(mesh.chosen(task("Tell me about Rome")), "b-steady");
    EXPECT_EQ(mesh.chosen(task("Tell me about Rome"), {AgentId{"b-steady"}}), "a-shaky");
}

TEST(Router, AnAgentWithAFreePlaceComesBeforeAFullOne) {
    Mesh mesh;
    mesh.has("a", {"text_generation"});
    mesh.has("b", {"text_generation"});
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(mesh.registry.try_take_place(kAcme, AgentId{"a"}));
    EXPECT_EQ(mesh.chosen(task("Tell me about Rome")), "b");
}

TEST(Router, ThePreferredFrameworkRanks) {
    Mesh mesh;
    mesh.has("a", {"text_generation"});
    mesh.has("b", {"text_generation"}, {}, "langchain");
    auto request = task("Tell me about Rome");
    EXPECT_EQ(mesh.chosen(request), "a");
    request.preferred_framework = "langchain";
    EXPECT_EQ(mesh.chosen(request), "b");
    request.preferred_framework = "crewai";
    EXPECT_EQ(mesh.chosen(request), "a");
}

struct ThreeAgents : Mesh {
    ThreeAgents() {
        has("fast", {"text_generation"}, {0.5, 0, 0});
        has("cheap", {"text_generation"}, {0, 0.01, 0.02});
        has("idle", {"text_generation"}, {0, 1, 2});
        for (int i = 0; i < 4; ++i) {
            call("fast", true, 100);
            call("cheap", true, 900);
            call("idle", i % 2 == 0, 500);
        }
        for (const auto* busy : {"fast", "cheap"}) (void)registry.try_take_place(kAcme, AgentId{busy});
    }
};

struct StrategyCase {
    std::string_view name;
    std::string_view strategy;
    std::string_view expected;
};

class StrategyTest : public testing::TestWithParam<StrategyCase> {};

TEST_P(StrategyTest, ChoosesAmongThree) {
    ThreeAgents mesh;
    const auto& [name, strategy, expected] = GetParam();
    const auto routed = mesh.choose(task("Tell me about Rome", strategy));
    ASSERT_TRUE(routed);
    EXPECT_EQ(routed->agent.value, expected);
    EXPECT_EQ(routed->strategy, strategy_name(*strategy_of(strategy)));
    EXPECT_EQ(routed->candidates.size(), 3U);
}

constexpr StrategyCase kStrategyCases[] = {
    {"Performance", "performance", "fast"},
    {"PerformanceBased", "performance_based", "fast"},
    {"Cost", "cost_optimized", "cheap"},
    {"LeastLoaded", "least_loaded", "idle"},
    {"LeastLoadedWithDash", "least-loaded", "idle"},
    {"CapabilityMatchTakesTheIdleOneAmongEquals", "capability_match", "idle"},
    {"RoundRobinBeginsWithTheFirstId", "round_robin", "cheap"},
};

INSTANTIATE_TEST_SUITE_P(Strategies, StrategyTest, testing::ValuesIn(kStrategyCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Router, PerformanceIsAWeightedSumAndUnknownCountsAsBest) {
    ThreeAgents mesh;
    mesh.has("newcomer", {"text_generation"});
    const auto routed = mesh.choose(task("Tell me about Rome", "performance"));
    ASSERT_TRUE(routed);
    std::map<std::string, double> scores;
    for (const auto& one : routed->candidates) scores[one.agent.value] = one.score;
    EXPECT_NEAR(scores["newcomer"], 1.0, 1e-9);
    EXPECT_NEAR(scores["fast"], 0.3 + 0.3 + 0.0 + 0.2, 1e-9);
    EXPECT_NEAR(scores["cheap"], 0.0 + 0.3 + 0.0 + 0.2, 1e-9);
    EXPECT_NEAR(scores["idle"], 0.3 * 0.5 + 0.0 + 0.2 + 0.2, 1e-9);
}

TEST(Router, RoundRobinGivesEachItsTurn) {
    Mesh mesh;
    for (const auto* name : {"a", "b", "c"}) mesh.has(name, {"text_generation"});
    std::string turns;
    for (int i = 0; i < 7; ++i) turns += mesh.chosen(task("Tell me about Rome", "round_robin"));
    EXPECT_EQ(turns, "abcabca");
}

TEST(Router, ASessionSticksToItsAgentForAnHour) {
    Mesh mesh;
    mesh.has("a", {"text_generation"});
    mesh.has("b", {"text_generation"});
    auto request = task("Tell me about Rome", "sticky_session");
    request.affinity = "user-7";
    EXPECT_TRUE(mesh.registry.try_take_place(kAcme, AgentId{"a"}));
    EXPECT_EQ(mesh.chosen(request), "b");
    mesh.registry.give_place_back(kAcme, AgentId{"a"});
    EXPECT_TRUE(mesh.registry.try_take_place(kAcme, AgentId{"b"}));
    mesh.loop.passes(59min);
    EXPECT_EQ(mesh.chosen(request), "b") << "although a is less loaded now";
    auto other = request;
    other.affinity = "user-8";
    EXPECT_EQ(mesh.chosen(other), "a");
    mesh.loop.passes(60min);
    EXPECT_EQ(mesh.chosen(request), "a");
}

TEST(Router, TheSameSituationGivesTheSameChoice) {
    Mesh mesh;
    for (const auto* name : {"c", "a", "b"}) mesh.has(name, {"text_generation"});
    for (int i = 0; i < 5; ++i) EXPECT_EQ(mesh.chosen(task("Tell me about Rome")), "a");
}

TEST(Router, TheTextOfAnObjectIsItsPrompt) {
    EXPECT_EQ(text_of_input(json::value{{"prompt", "Draw a cat"}, {"size", 3}}), "Draw a cat");
    EXPECT_EQ(text_of_input(json::value("hello")), "hello");
    EXPECT_EQ(text_of_input(json::value{{"rows", 3}}), R"({"rows":3})");
}

}  // namespace
}  // namespace meshai::mesh
