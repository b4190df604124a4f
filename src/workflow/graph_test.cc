#include "workflow/graph.h"

#include <gtest/gtest.h>

#include <random>

#include "workflow/samples_test.h"

namespace meshai::workflow {
namespace {

Definition diamond() {
    return defined(R"({"steps":[{"id":"a","task":"t"},{"id":"b","task":"t","after":["a"]},
        {"id":"c","task":"t","after":["a"]},{"id":"d","task":"t","after":["b","c"]}]})");
}

std::string ids(const std::vector<const Step*>& steps) {
    std::string text;
    for (const auto* step : steps) text += (text.empty() ? "" : " ") + step->id;
    return text;
}

TEST(Graph, AStepIsReadyWhenAllBeforeItAreSettled) {
    const auto definition = diamond();
    EXPECT_EQ(ids(ready(definition.steps, {}, {})), "a");
    EXPECT_EQ(ids(ready(definition.steps, {}, {"a"})), "");
    EXPECT_EQ(ids(ready(definition.steps, {"a"}, {"a"})), "b c");
    EXPECT_EQ(ids(ready(definition.steps, {"a", "b"}, {"c"})), "");
    EXPECT_EQ(ids(ready(definition.steps, {"a", "b", "c"}, {})), "d");
    EXPECT_EQ(ids(ready(definition.steps, {"a", "b", "c", "d"}, {})), "");
}

TEST(Graph, ItsSinksAreWhatNothingWaitsFor) {
    const auto definition = diamond();
    EXPECT_EQ(ids(sinks(definition.steps)), "d");
    EXPECT_EQ(ancestors(definition.steps, "d"), (std::set<std::string>{"a", "b", "c"}));
    EXPECT_EQ(ancestors(definition.steps, "a"), (std::set<std::string>{}));
    EXPECT_EQ(cycle(definition.steps), std::vector<std::string>{});
}

TEST(Graph, ItsResultIsThatOfItsSinkOrOfAllOfThemById) {
    EXPECT_EQ(result_of(diamond().steps, {{"a", 1}, {"d", "end"}}), json::value("end"));
    const auto two = defined(R"({"steps":[{"id":"a","task":"t"},{"id":"b","task":"t"}]})");
    EXPECT_EQ(result_of(two.steps, {{"a", 1}}), (json::value{{"a", 1}, {"b", nullptr}}));
    EXPECT_EQ(results_by_id(diamond().steps, {{"a", 1}}),
              (json::object{{"a", 1}, {"b", nullptr}, {"c", nullptr}, {"d", nullptr}}));
}

TEST(Graph, AnIdTenTimesOverIsNoReasonToWalkForEver) {
    auto definition = diamond();
    for (auto& step : definition.steps) step.after = {"a", "b", "c", "d"};
    EXPECT_FALSE(cycle(definition.steps).empty());
    EXPECT_EQ(ancestors(definition.steps, "a").size(), 4U);
}

constexpr std::string_view kNested = R"({"steps":[{"id":"plan","task":"t"},
    {"id":"each","type":"map","after":["plan"],"over":"input.x","step":{"id":"work","type":"parallel","steps":
        [{"id":"one","task":"t"},{"id":"two","task":"t"}]}},
    {"id":"if","type":"condition","after":["each"],"if":"input.y","then":[{"id":"yes","task":"t"}],
        "else":[{"id":"no","task":"t"},{"id":"never","task":"t"}]}]})";

TEST(Graph, ListsAllStepsWithTheirPathsAndWeights) {
    const auto definition = defined(kNested);
    std::string text;
    for (const auto& place : flattened(definition))
        text += place.path + "=" + std::to_string(place.weight) + " ";
    EXPECT_EQ(text,
              "plan=1 each=2 each/work=2 each/work/one=1 each/work/two=1 if=2 if/yes=1 if/no=1 if/never=1 ");
    EXPECT_EQ(path_of_item("each", "work", 3), "each/work[3]");
}

TEST(Graph, TheItemsOfAMapTakeTurnsAmongTheAgents) {
    AgentWork work;
    work.agents = {"x", "y", "z"};
    EXPECT_EQ(agents_of(work, 0), (std::vector<std::string>{"x", "y", "z"}));
    EXPECT_EQ(agents_of(work, 4), (std::vector<std::string>{"y", "z", "x"}));
    EXPECT_EQ(agents_of(AgentWork{}, 4), std::vector<std::string>{});
}

TEST(Percent, CountsEachLeafAndNeverFalls) {
    const auto definition = defined(kNested);
    Percent percent(definition);
    EXPECT_EQ(percent.now(), 0);
    percent.moved("plan", 50);
    EXPECT_EQ(percent.now(), 10) << "half of one of five leaves";
    percent.settled("plan");
    EXPECT_EQ(percent.now(), 20);

    percent.length_known("each", 4);
    EXPECT_EQ(percent.now(), 20) << "there are eleven leaves now, and what was shown stays";
    percent.settled("each/work[0]/one");
    percent.settled("each/work[0]/two");
    EXPECT_EQ(percent.now(), 27);
    percent.settled("each/work[1]");
    EXPECT_EQ(percent.now(), 45);
    percent.settled("each");
    EXPECT_EQ(percent.now(), 81);

    percent.branch_taken("if", true);
    EXPECT_EQ(percent.now(), 90) << "the branch has one leaf instead of two";
    percent.moved("if/yes", 100);
    EXPECT_EQ(percent.now(), 99) << "not over yet";
    percent.settled("if");
    EXPECT_EQ(percent.now(), 100);
}

TEST(Percent, OfAnEmptyMapAndASkippedConditionIsWhole) {
    Percent percent(defined(kNested));
    percent.settled("plan");
    percent.length_known("each", 0);
    percent.settled("each");
    EXPECT_EQ(percent.now(), 33);
    percent.settled("if");
    EXPECT_EQ(percent.now(), 100);
}

TEST(Percent, TakesNoHarmFromWhatItDoesNotKnow) {
    Percent percent(defined(kNested));
    percent.settled("nothing/at/all[7]");
    percent.moved("plan", -5);
    percent.moved("plan", 1e300);
    percent.moved("each/work[99]/one", 40);
    EXPECT_EQ(percent.now(), 20);
}

TEST(Percent, NeverFallsWhateverHappensInWhateverOrder) {
    const auto definition = defined(kNested);
    for (unsigned seed = 1; seed <= 200; ++seed) {
        std::mt19937 random(seed);
        Percent percent(definition);
        double before = 0;
        const auto places = flattened(definition);
        for (int step = 0; step < 60; ++step) {
            const auto& path = places[random() % places.size()].path;
            switch (random() % 4) {
                case 0:
                    percent.length_known("each", random() % 6);
                    break;
                case 1:
                    percent.branch_taken("if", random() % 2 == 0);
                    break;
                case 2:
                    percent.moved(path, static_cast<double>(random() % 120));
                    break;
                default:
                    percent.settled(random() % 8 == 0 ? path : path_of_item("each", "work", random() % 6));
            }
            const auto now = percent.now();
            ASSERT_GE(now, before) << "seed " << seed;
            ASSERT_LE(now, 100);
            before = now;
        }
        for (const auto& step : definition.steps) percent.settled(step.id);
        ASSERT_EQ(percent.now(), 100);
    }
}

}  // namespace
}  // namespace meshai::workflow
