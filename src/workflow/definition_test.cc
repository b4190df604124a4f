#include "workflow/definition.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "workflow/samples_test.h"

namespace meshai::workflow {
namespace {

class GoodDefinition : public testing::TestWithParam<GoodSample> {};

TEST_P(GoodDefinition, IsReadAndItsNormalFormIsTheSameDefinition) {
    const auto definition = defined(GetParam().text);
    const auto normal = to_json(definition);
    const auto again = parse(normal);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, definition) << to_text(json::value(normal));
    EXPECT_EQ(to_json(*again), normal);
}

INSTANTIATE_TEST_SUITE_P(Definition, GoodDefinition, testing::ValuesIn(good_samples()),
                         [](const auto& info) { return std::string(info.param.name); });

class BadDefinition : public testing::TestWithParam<BadSample> {};

TEST_P(BadDefinition, IsRefusedWithThePlaceAndWhatToWrite) {
    const auto definition = read(*parse_json(GetParam().text));
    ASSERT_FALSE(definition);
    const auto first = to_text(definition.error().front());
    EXPECT_EQ(first.substr(0, GetParam().problem.size()), GetParam().problem) << listed(definition.error());
    EXPECT_EQ(definition.error().size(), 1U) << "one fault, one problem: " << listed(definition.error());
}

INSTANTIATE_TEST_SUITE_P(Definition, BadDefinition, testing::ValuesIn(bad_samples()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Definition, NamesEveryProblemAtOnce) {
    const auto definition = read(*parse_json(R"({"nme":"x","steps":[{"id":"a"},{"id":"B","task":"t"},
        {"id":"c","type":"map","over":"","step":{"id":"d","task":7,"width":3}}]})"));
    ASSERT_FALSE(definition);
    EXPECT_EQ(
        listed(definition.error()),
        "steps[0].task: is missing\n"
        "steps[1].id: must be 1 to 64 of a-z, 0-9, '_' and '-'\n"
        "steps[2].over: must be an expression that gives a list\n"
        "steps[2].step.task: must be a text or an object, and not empty\n"
        "steps[2].step.width: is no member here; there are after, agent, agents, capabilities, context, "
        "depends_on, id, instructions, on_error, output, parameters, retry, routing_strategy, task, timeout, "
        "title, type, when\n"
        "nme: is no member here; did you mean \"name\"?\n");
    const auto error = to_error(definition.error());
    EXPECT_EQ(error.code, Code::InvalidArgument);
    EXPECT_EQ(error.message.substr(0, 55), "The workflow has 6 problems: steps[0].task: is missing;");
}

TEST(Definition, SaysOfManyProblemsTheFirstAndHowManyMoreThereAre) {
    json::object text;
    for (std::size_t i = 0; i < kProblemsMax + 20; ++i) text[fmt::format("member{}", i)] = 1;
    const auto definition = read(text);
    ASSERT_FALSE(definition);
    ASSERT_EQ(definition.error().size(), kProblemsMax + 1);
    EXPECT_EQ(definition.error().back().what, "there are 21 more problems");
    EXPECT_LT(to_error(definition.error()).message.size(), 4096U);
}

json::object nested(std::size_t levels) {
    json::object step{{"id", "leaf"}, {"task", "t"}};
    for (std::size_t i = 1; i < levels; ++i)
        step = {{"id", fmt::format("p{}", i)}, {"type", "parallel"}, {"steps", json::array{step}}};
    return {{"steps", json::array{step}}};
}

TEST(Definition, IsBoundedInNestingStepsAndBytes) {
    EXPECT_TRUE(read(nested(kNestingMax)));
    EXPECT_FALSE(read(nested(kNestingMax + 1)));
    EXPECT_FALSE(read(nested(60)));

    const auto of_steps = [](std::size_t count) {
        json::array steps;
        for (std::size_t i = 0; i < count; ++i)
            steps.push_back({{"id", fmt::format("s{}", i)}, {"task", "t"}});
        return json::object{{"steps", steps}};
    };
    EXPECT_TRUE(read(of_steps(kStepsMax)));
    const auto many = read(of_steps(kStepsMax + 50));
    ASSERT_FALSE(many);
    EXPECT_EQ(listed(many.error()), "steps[200]: there are more than 200 steps, nested ones counted\n");

    auto large = nested(1);
    large["description"] = std::string(kDefinitionBytesMax, 'x');
    EXPECT_EQ(listed(read(large).error()).substr(0, 22), "the definition has 262");
}

TEST(Definition, TimesAreSecondsOrANumberWithAUnit) {
    EXPECT_EQ(duration_of(1.5), Millis{1500});
    EXPECT_EQ(duration_of("500ms"), Millis{500});
    EXPECT_EQ(duration_of("2h"), Millis{7'200'000});
    for (const auto* wrong : {"", "s", "5", "-5s", "5 s", "5S", "1.5s", "99999999999999d", "5sx"})
        EXPECT_EQ(duration_of(wrong), std::nullopt) << wrong;
    EXPECT_EQ(duration_of(-1), std::nullopt);
    EXPECT_EQ(duration_of(1e300), std::nullopt);
    EXPECT_EQ(duration_of(true), std::nullopt);
    for (const auto time : {Millis{0}, Millis{1}, Millis{1500}, Millis{60'000}, Millis{86'400'000}})
        EXPECT_EQ(duration_of(json::value(duration_text(time))), time);
}

TEST(Definition, ReadsTimesOfRfc3339) {
    EXPECT_EQ(time_of("1970-01-01T00:00:00Z"), WallTime{});
    EXPECT_EQ(time_of("2026-01-31T10:00:00.5+01:00"), time_of("2026-01-31T09:00:00.500z"));
    EXPECT_EQ(time_of("2026-01-31t09:00:00-00:30"), time_of("2026-01-31T09:30:00Z"));
    EXPECT_EQ(rfc3339(*time_of("2024-02-29T23:59:60Z")), "2024-03-01T00:00:00Z");
    for (const auto* wrong :
         {"", "2026-01-31", "2026-02-29T00:00:00Z", "2026-1-31T00:00:00Z", "2026-01-31T24:00:00Z",
          "2026-01-31T00:00:00", "2026-01-31T00:00:00.Z", "2026-01-31T00:00:00Zx", "-026-01-31T00:00:00Z"})
        EXPECT_EQ(time_of(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace meshai::workflow
