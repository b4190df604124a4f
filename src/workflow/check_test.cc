#include "workflow/check.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "workflow/samples_test.h"

namespace meshai::workflow {
namespace {

/// A server with two agents, one capability, and the workflows that a test adds.
struct Server {
    std::map<std::string, Definition, std::less<>> workflows;

    Known known() const {
        return {[](std::string_view name) { return name == "writer" || name == "critic"; },
                [](std::string_view name) { return name == "text_generation"; },
                [](std::string_view name) { return name == "round_robin"; },
                [this](std::string_view name) -> std::optional<Definition> {
                    const auto found = workflows.find(name.substr(0, name.find('@')));
                    if (found == workflows.end()) return std::nullopt;
                    return found->second;
                }};
    }
};

std::string problems_of(std::string_view text) {
    return listed(check(defined(text), Server{}.known()));
}
std::string problems_of(std::string_view text, const json::value& input) {
    return listed(check(defined(text), Server{}.known(), input));
}
std::string steps(std::string_view list) {
    return fmt::format("{{\"steps\":[{}]}}", list);
}

TEST(Check, EveryGoodSampleIsFineWhereNothingElseIsKnown) {
    for (const auto& sample : good_samples())
        EXPECT_EQ(listed(check(defined(sample.text), {})), "") << sample.name;
}

TEST(Check, FindsIdsThatStandTwiceAnywhere) {
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"t"},{"id":"a","task":"t"})")),
              "steps[1].id: \"a\" is the id of steps[0] already\n");
    EXPECT_EQ(problems_of(steps(R"({"id":"a","type":"map","over":"input.x","step":{"id":"a","task":"t"}})")),
              "steps[0].step.id: \"a\" is the id of steps[0] already\n");
}

TEST(Check, FindsStepsToWaitForThatAreNotThere) {
    EXPECT_EQ(problems_of(steps(R"({"id":"draft","task":"t"},{"id":"b","task":"t","after":["draf"]})")),
              "steps[1].after[0]: there is no such step; did you mean \"draft\"?\n");
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"t","after":["in"]},
        {"id":"p","type":"parallel","steps":[{"id":"in","task":"t"}]})")),
              "steps[0].after[0]: is a step, but not of this list of steps\n");
}

TEST(Check, NamesACycleInTheOrderInWhichItWouldRun) {
    EXPECT_EQ(problems_of(steps(R"({"id":"x","task":"t"},{"id":"a","task":"t","after":["x","c"]},
        {"id":"b","task":"t","after":["a"]},{"id":"c","task":"t","after":["b"]})")),
              "steps: these steps wait for each other: a -> b -> c -> a\n");
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"t","after":["a"]})")),
              "steps: these steps wait for each other: a -> a\n");
}

TEST(Check, RefusesToReadAStepThatIsNotBeforeThisOne) {
    EXPECT_EQ(problems_of(steps(R"({"id":"draft","task":"t"},{"id":"b","task":"${steps.draft.result}"})")),
              "steps[1].task: steps.draft is not before this step; name it in 'after'\n");
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"t"},{"id":"b","task":"t","after":["a"]},
        {"id":"c","task":"${steps.a.result}","after":["b"]})")),
              "");
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"${steps.a.result}"})")),
              "steps[0].task: steps.a is not before this step; name it in 'after'\n");
    EXPECT_EQ(problems_of(steps(
                  R"({"id":"draft","task":"t"},{"id":"b","after":["draft"],"task":"${steps.draf.result}"})")),
              "steps[1].task: there is no step 'draf'; did you mean 'draft'?\n");
}

TEST(Check, StepsWithinAStepSeeWhatIsBeforeItAndAreSeenThroughItsResult) {
    constexpr std::string_view kInner = R"({"id":"a","task":"t"},
        {"id":"p","type":"parallel","after":["a"],"steps":[{"id":"in","task":"${steps.a.result}"}]},
        {"id":"z","after":["p"],"task":"%"})";
    const auto reading = [&](std::string_view expression) {
        std::string text(kInner);
        text.replace(text.find('%'), 1, expression);
        return problems_of(steps(text));
    };
    EXPECT_EQ(reading("${steps.p.result.in}"), "");
    EXPECT_EQ(reading("${steps.in.result}"),
              "steps[2].task: 'in' is within 'p', whose result is steps.p.result\n");
    EXPECT_EQ(reading("${steps.p.result.out}"),
              "steps[2].task: 'steps.p.result.out': the result of 'p' has in\n");
    EXPECT_EQ(reading("${steps.p.reslt}"),
              "steps[2].task: 'steps.p.reslt': a step has 'result' and 'status'; did you mean 'result'?\n");
}

TEST(Check, ItemsAreThereWithinAMapOnly) {
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"${item}"})")),
              "steps[0].task: 'item' is there within a map only\n");
    EXPECT_EQ(problems_of(steps(R"({"id":"m","type":"map","over":"input.x","step":{"id":"p","type":"parallel",
        "steps":[{"id":"a","task":"${item} ${index}"}]}})")),
              "");
    EXPECT_EQ(problems_of(steps(R"({"id":"m","type":"map","over":"item","step":{"id":"a","task":"t"}})")),
              "steps[0].over: 'item' is there within a map only\n");
}

TEST(Check, FindsExpressionsThatCannotBeReadAndNamesThatDoNotExist) {
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":{"x":["${input.}"]}})")).substr(0, 24),
              "steps[0].task: x[0]: the");
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"${inptu.x}"})")),
              "steps[0].task: there is no 'inptu'; an expression reads input, steps, item and index; did you "
              "mean 'input'?\n");
    EXPECT_EQ(problems_of(steps(R"x({"id":"a","task":"t","when":"length()"})x")).substr(0, 40),
              "steps[0].when: length() takes one argume");
    EXPECT_EQ(problems_of(steps(R"({"id":"w","type":"wait","until":"tomorrow at 9"})")).substr(0, 40),
              "steps[0].until: something follows the ex");
}

TEST(Check, FindsMembersThatTheInputCannotHave) {
    constexpr std::string_view kText =
        R"({"input_schema":{"type":"object","additionalProperties":false,"properties":
        {"files":{"type":"string"},"more":{"type":"object"}}},"steps":[{"id":"a","task":"${input.file}${input.more.x}"},
        {"id":"b","task":"${input.files.x}"}]})";
    EXPECT_EQ(problems_of(kText),
              "steps[0].task: 'input.file': input_schema has no 'file' there; did you mean 'files'?\n"
              "steps[1].task: 'input.files.x': input.files is of the type \"string\" and has no members\n");
    EXPECT_EQ(
        problems_of(R"({"input_schema":{"type":"strin"},"steps":[{"id":"a","task":"t"}]})").substr(0, 13),
        "input_schema:");
}

TEST(Check, WithTheInputAtHandFindsWhatMustFail) {
    const json::value input = {{"files", {"a", "b"}}, {"short", true}};
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"${input.title}"})"), input),
              "steps[0].task: 'input.title' gives null with this input\n");
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"${input.title || 'x'} ${input.files}"})"), input), "");
    EXPECT_EQ(
        problems_of(steps(R"({"id":"m","type":"map","over":"input.short","step":{"id":"a","task":"t"}})"),
                    input),
        "steps[0].over: 'input.short' gives no list with this input\n");
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"${length(input.short)}"})"), input).substr(0, 48),
              "steps[0].task: The expression 'length(input.shor");
}

TEST(Check, DoesNotComplainOfStepsThatMayNotRun) {
    const json::value input = {{"short", true}};
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"${input.title}","when":"input.title"})"), input), "");
    EXPECT_EQ(
        problems_of(steps(R"({"id":"c","type":"condition","if":"input.short","then":[{"id":"a","task":"t"}],
        "else":[{"id":"b","task":"${input.title}"}]})"),
                    input),
        "");
    EXPECT_EQ(problems_of(steps(R"({"id":"c","type":"condition","if":"input.short","then":
        [{"id":"b","task":"${input.title}"}]})"),
                          input),
              "steps[0].then[0].task: 'input.title' gives null with this input\n");
    EXPECT_EQ(problems_of(steps(R"({"id":"x","task":"t"},{"id":"a","after":["x"],"when":"steps.x.result",
        "task":"${input.title}"})"),
                          input),
              "");
}

TEST(Check, FindsAgentsAndCapabilitiesThatNobodyHas) {
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"t","agents":["writer","nobody"]})")),
              "steps[0].agents[1]: there is no agent \"nobody\"\n");
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"t","agent":"nobody","on_error":{"fallback":"no"}})")),
              "steps[0].on_error.fallback: there is no agent \"no\"\nsteps[0].agent: there is no agent "
              "\"nobody\"\n");
    EXPECT_EQ(
        problems_of(steps(R"({"id":"a","task":"t","agent":"nobody","capabilities":["text_generation"]})")),
        "")
        << "routing falls back to the capability";
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"t","agent":"nobody","capabilities":["magic"]})")),
              "steps[0].capabilities[0]: no agent offers \"magic\"\n");
    EXPECT_EQ(problems_of(steps(R"({"id":"a","task":"t","routing_strategy":"best"})")),
              "steps[0].routing_strategy: there is no strategy \"best\"\n");
    EXPECT_EQ(
        problems_of(steps(R"({"id":"c","type":"collaboration","strategy":"hierarchical","agents":["writer"],
        "manager":"boss","task":"t"})")),
        "steps[0].manager: there is no agent \"boss\"\n");
    EXPECT_EQ(problems_of(steps(R"({"id":"w","type":"wait","for":"1s","on_error":{"fallback":"writer"}})")),
              "steps[0].on_error: only a step of type \"agent\" can fall back to another one\n");
}

TEST(Check, AFormForAPersonIsFlat) {
    const auto form = [](std::string_view schema) {
        return problems_of(
            steps(fmt::format(R"({{"id":"a","type":"approval","message":"m","schema":{}}})", schema)));
    };
    EXPECT_EQ(
        form(
            R"({"type":"object","properties":{"why":{"type":"string"},"n":{"type":"integer"}},"required":["why"]})"),
        "");
    EXPECT_EQ(form(R"({"type":"object","properties":{"who":{"type":"object","properties":{}}}})"),
              "steps[0].schema.properties.who: a field is a string, number, integer, boolean, or an array of "
              "choices\n");
    EXPECT_EQ(form(R"({"properties":{},"required":["x"]})"),
              "steps[0].schema.required: there is no field \"x\"\n");
    EXPECT_EQ(form(R"({"type":"string"})"),
              "steps[0].schema: must be {\"type\": \"object\", \"properties\": {…}}\n");
}

TEST(Check, FollowsTheWorkflowsThatAreCalled) {
    Server server;
    const auto call = [](std::string_view name) {
        return defined(fmt::format(
            R"({{"name":"of-{0}","steps":[{{"id":"c","type":"workflow","workflow":"{0}"}}]}})", name));
    };
    server.workflows["leaf"] = defined(R"({"name":"leaf","input_schema":{"type":"object","required":["x"]},
        "steps":[{"id":"a","task":"t"}]})");
    server.workflows["one"] = call("two");
    server.workflows["two"] = call("one");
    const auto problems = [&](const Definition& definition) {
        return listed(check(definition, server.known()));
    };
    EXPECT_EQ(problems(call("nothing")), "steps[0].workflow: there is no workflow \"nothing\"\n");
    EXPECT_EQ(problems(call("one")),
              "steps[0].workflow: a workflow cannot contain itself: of-one -> one -> two -> one\n");
    EXPECT_EQ(problems(call("leaf")).substr(0, 15), "steps[0].input:");
    const auto itself =
        defined(R"({"name":"again","steps":[{"id":"c","type":"workflow","workflow":"again@2"}]})");
    EXPECT_EQ(problems(itself), "steps[0].workflow: a workflow cannot contain itself: again -> again@2\n");

    for (int i = 0; i < 20; ++i)
        server.workflows[fmt::format("deep{}", i)] = call(fmt::format("deep{}", i + 1));
    EXPECT_NE(problems(call("deep0")).find("deeper than 8 levels"), std::string::npos);
}

TEST(Check, AManyTimesBranchingTreeOfCallsIsLookedAtOnceEach) {
    Server server;
    for (int i = 0; i < 7; ++i) {
        auto& definition = server.workflows[fmt::format("w{}", i)];
        for (int branch = 0; branch < 20; ++branch) {
            Step step;
            step.id = fmt::format("s{}", branch);
            step.work = i < 6 ? Work(Call{fmt::format("w{}", i + 1), {}}) : Work(Wait{Millis{1}, {}});
            definition.steps.push_back(step);
        }
    }
    EXPECT_EQ(listed(check(server.workflows["w0"], server.known())), "");
}

TEST(Check, ADefinitionMadeByProgramHasTheBoundsOfAText) {
    Definition definition;
    EXPECT_EQ(listed(check(definition, {})), "steps: must be a list of steps, at least one\n");
    definition.steps.resize(1);
    definition.steps[0].id = "Not an id";
    EXPECT_NE(listed(check(definition, {})).find("steps[0].id"), std::string::npos);
}

TEST(Check, TheInputMustFitItsSchema) {
    const auto definition = defined(R"({"input_schema":{"type":"object","required":["files"],"properties":
        {"files":{"type":"string"}}},"steps":[{"id":"a","task":"t"}]})");
    EXPECT_TRUE(check_input(definition, {{"files", "x"}}));
    const auto wrong = check_input(definition, {{"files", 3}});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, Code::InvalidArgument);
    EXPECT_NE(wrong.error().message.find("files"), std::string::npos);
    EXPECT_TRUE(check_input(defined(R"({"steps":[{"id":"a","task":"t"}]})"), nullptr));
}

}  // namespace
}  // namespace meshai::workflow
