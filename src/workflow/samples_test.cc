#include "workflow/samples_test.h"

#include <gtest/gtest.h>

namespace meshai::workflow {

std::vector<GoodSample> good_samples() {
    return {
        {"Smallest", R"({"steps":[{"id":"a","task":"Write."}]})"},
        {"TypeSaid", R"({"steps":[{"id":"a","type":"agent","task":{"words":"Write."}}]})"},
        {"Header", R"({"name":"review","description":"d","category":"c","tags":["x","y"],"version":3,
            "input_schema":{"type":"object","properties":{"files":{"type":"string"}}},"timeout":"10m",
            "budget":{"tokens":1000,"cost":0.5,"calls":10,"depth":2,"wall_time":"1h"},"on_disconnect":"cancel",
            "steps":[{"id":"a","task":"Read ${input.files}"}],"result":{"all":"${steps.a.result}"}})"},
        {"Agent",
         R"({"steps":[{"id":"a","title":"First","task":"t","agents":["x","y"],"capabilities":["code"],
            "routing_strategy":"round_robin","instructions":"Be short.","parameters":{"temperature":0},
            "context":{"n":1},"output":"json","timeout":90,"retry":{"attempts":2,"backoff":"1s"},
            "on_error":{"fallback":"z"}}]})"},
        {"Order",
         R"({"steps":[{"id":"a","task":"t"},{"id":"b","task":"t","after":["a"],"on_error":"continue"},
            {"id":"c","task":"${steps.b.result || 'none'}","depends_on":["b"],"when":"${input.more}"},
            {"id":"d","task":"t","after":"a"}]})"},
        {"Parallel", R"({"steps":[{"id":"all","type":"parallel","steps":[{"id":"a","task":"t"},
            {"id":"b","task":"${steps.a.result}","after":["a"]}]}]})"},
        {"Map", R"({"steps":[{"id":"each","type":"map","over":"input.files","width":8,
            "step":{"id":"one","task":"File ${index}: ${item}","agent":"x"}}]})"},
        {"Condition",
         R"({"steps":[{"id":"c","type":"condition","if":"input.long","then":[{"id":"a","task":"t"}],
            "else":[{"id":"b","task":"t"}]}]})"},
        {"WaitFor", R"({"steps":[{"id":"w","type":"wait","for":"10m"}]})"},
        {"WaitUntil", R"({"steps":[{"id":"w","type":"wait","until":"2026-01-31T09:00:00Z"}]})"},
        {"WaitUntilExpression", R"({"steps":[{"id":"w","type":"wait","until":"${input.at}"}]})"},
        {"Approval",
         R"({"steps":[{"id":"ok","type":"approval","message":"Publish ${input.title}?","timeout":"1d",
            "schema":{"type":"object","properties":{"why":{"type":"string"}}},"on_timeout":"reject",
            "on_reject":"continue"}]})"},
        {"Call",
         R"({"steps":[{"id":"w","type":"workflow","workflow":"code-review@2","input":{"files":"${input.f}"}}]})"},
        {"Collaboration",
         R"({"steps":[{"id":"c","type":"collaboration","strategy":"hierarchical","agents":["a","b"],
            "manager":"m","task":"${input.task}"}]})"},
        {"Seconds", R"({"timeout":1.5,"steps":[{"id":"a","task":"t","retry":{}}]})"},
    };
}

namespace {

/// Of the whole, of what every step has, and of agents.
std::vector<BadSample> bad_frames() {
    return {
        {"NoObject", R"([])", "must be an object"},
        {"NoSteps", R"({"name":"x"})", "steps: is missing"},
        {"StepsNoList", R"({"steps":{}})", "steps: must be a list"},
        {"StepsEmpty", R"({"steps":[]})", "steps: must be a list"},
        {"StepNoObject", R"({"steps":["a"]})", "steps[0]: must be an object"},
        {"UnknownMember", R"({"steps":[{"id":"a","task":"t"}],"step":1})",
         "step: is no member here; did you mean \"steps\"?"},
        {"UnknownMemberOfStep", R"({"steps":[{"id":"a","task":"t","agnet":"x"}]})",
         "steps[0].agnet: is no member here; did you mean \"agent\"?"},
        {"MemberOfAnotherType", R"({"steps":[{"id":"a","task":"t","over":"input.x"}]})",
         "steps[0].over: is no member here"},
        {"BadName", R"({"name":"My Flow","steps":[{"id":"a","task":"t"}]})", "name: must be 1 to 64 of"},
        {"NoId", R"({"steps":[{"task":"t"}]})", "steps[0].id: is missing"},
        {"BadId", R"({"steps":[{"id":"A b","task":"t"}]})", "steps[0].id: must be 1 to 64 of"},
        {"EmptyId", R"({"steps":[{"id":"","task":"t"}]})", "steps[0].id: must be 1 to 64 of"},
        {"UnknownType", R"({"steps":[{"id":"a","type":"paralel","steps":[]}]})",
         "steps[0].type: there is no such type; did you mean \"parallel\"?"},
        {"TypeNoText", R"({"steps":[{"id":"a","type":1}]})", "steps[0].type: must be one of agent"},
        {"NoTask", R"({"steps":[{"id":"a"}]})", "steps[0].task: is missing"},
        {"EmptyTask", R"({"steps":[{"id":"a","task":""}]})", "steps[0].task: must be a text or an object"},
        {"TaskNull", R"({"steps":[{"id":"a","task":null}]})", "steps[0].task: must be a text or an object"},
        {"AgentAndAgents", R"({"steps":[{"id":"a","task":"t","agent":"x","agents":["y"]}]})",
         "steps[0].agent: stands beside 'agents'"},
        {"AgentsTwice", R"({"steps":[{"id":"a","task":"t","agents":["y","y"]}]})",
         "steps[0].agents[1]: \"y\" stands here twice"},
        {"AgentEmpty", R"({"steps":[{"id":"a","task":"t","agent":""}]})", "steps[0].agent: must be the name"},
        {"AgentNull", R"({"steps":[{"id":"a","task":"t","agent":null}]})", "steps[0].agent: must be a text"},
        {"BadOutput", R"({"steps":[{"id":"a","task":"t","output":"xml"}]})",
         "steps[0].output: must be one of \"text\""},
        {"BadInstructions", R"({"steps":[{"id":"a","task":"t","instructions":[1]}]})",
         "steps[0].instructions: must be"},
        {"BadTimeout", R"({"steps":[{"id":"a","task":"t","timeout":"soon"}]})",
         "steps[0].timeout: is no time"},
        {"TimeoutZero", R"({"steps":[{"id":"a","task":"t","timeout":0}]})",
         "steps[0].timeout: must lie between"},
        {"TimeoutTooLong", R"({"timeout":"31d","steps":[{"id":"a","task":"t"}]})",
         "timeout: must lie between 1ms and 30d", false},
        {"TooManyRetries", R"({"steps":[{"id":"a","task":"t","retry":{"attempts":11}}]})",
         "steps[0].retry.attempts: must be a whole number from 0 to 10"},
        {"UnknownMemberOfRetry", R"({"steps":[{"id":"a","task":"t","retry":{"atempts":1}}]})",
         "steps[0].retry.atempts: is no member here; did you mean \"attempts\"?"},
        {"BadOnError", R"({"steps":[{"id":"a","task":"t","on_error":"ignore"}]})",
         "steps[0].on_error: must be \"fail\""},
        {"FallbackEmpty", R"({"steps":[{"id":"a","task":"t","on_error":{"fallback":""}}]})",
         "steps[0].on_error.fallback: must be"},
        {"AfterAndDependsOn",
         R"({"steps":[{"id":"a","task":"t","after":["b"],"depends_on":["b"]},{"id":"b","task":"t"}]})",
         "steps[0].depends_on: is another name of 'after'"},
        {"WhenEmpty", R"({"steps":[{"id":"a","task":"t","when":""}]})",
         "steps[0].when: must be an expression"},
    };
}

/// Of the other types of steps.
std::vector<BadSample> bad_types() {
    return {
        {"ParallelWithoutSteps", R"({"steps":[{"id":"a","type":"parallel"}]})", "steps[0].steps: is missing"},
        {"NestedStep", R"({"steps":[{"id":"a","type":"parallel","steps":[{"id":"b"}]}]})",
         "steps[0].steps[0].task: is missing"},
        {"MapWithoutOver", R"({"steps":[{"id":"a","type":"map","step":{"id":"b","task":"t"}}]})",
         "steps[0].over: is missing"},
        {"MapWithoutStep", R"({"steps":[{"id":"a","type":"map","over":"input"}]})",
         "steps[0].step: is missing"},
        {"MapTooWide",
         R"({"steps":[{"id":"a","type":"map","over":"input","width":65,"step":{"id":"b","task":"t"}}]})",
         "steps[0].width: must be a whole number from 1 to 64"},
        {"NestedInMap", R"({"steps":[{"id":"a","type":"map","over":"input","step":{"id":"b","task":""}}]})",
         "steps[0].step.task: must be"},
        {"ConditionWithoutIf", R"({"steps":[{"id":"a","type":"condition","then":[{"id":"b","task":"t"}]}]})",
         "steps[0].if: is missing"},
        {"ConditionWithoutThen", R"({"steps":[{"id":"a","type":"condition","if":"input"}]})",
         "steps[0].then: is missing"},
        {"EmptyElse",
         R"({"steps":[{"id":"a","type":"condition","if":"input","then":[{"id":"b","task":"t"}],"else":[]}]})",
         "steps[0].else: must be a list"},
        {"WaitForBoth", R"({"steps":[{"id":"a","type":"wait","for":"1s","until":"input.at"}]})",
         "steps[0]: a wait has either"},
        {"WaitForNothing", R"({"steps":[{"id":"a","type":"wait"}]})", "steps[0]: a wait has either"},
        {"ApprovalWithoutMessage", R"({"steps":[{"id":"a","type":"approval"}]})",
         "steps[0].message: is missing"},
        {"BadOnTimeout", R"({"steps":[{"id":"a","type":"approval","message":"m","on_timeout":"aprove"}]})",
         "steps[0].on_timeout: there is no \"aprove\"; did you mean \"approve\"?"},
        {"BadCall", R"({"steps":[{"id":"a","type":"workflow","workflow":"x@y"}]})",
         "steps[0].workflow: must be the name"},
        {"VersionZero", R"({"steps":[{"id":"a","type":"workflow","workflow":"x@0"}]})",
         "steps[0].workflow: must be the name"},
        {"BadStrategy",
         R"({"steps":[{"id":"a","type":"collaboration","strategy":"together","agents":["x"],"task":"t"}]})",
         "steps[0].strategy: must be one of"},
        {"ManagerOfNothing",
         R"({"steps":[{"id":"a","type":"collaboration","strategy":"parallel","agents":["x"],"manager":"m","task":"t"}]})",
         "steps[0].manager: belongs to"},
        {"CollaborationOfNobody",
         R"({"steps":[{"id":"a","type":"collaboration","strategy":"parallel","task":"t"}]})",
         "steps[0]: a collaboration names"},
    };
}

/// Of what stands beside the steps.
std::vector<BadSample> bad_headers() {
    return {
        {"BadBudget", R"({"budget":{"tokens":0},"steps":[{"id":"a","task":"t"}]})",
         "budget.tokens: must be a whole number"},
        {"BadCost", R"({"budget":{"cost":-1},"steps":[{"id":"a","task":"t"}]})",
         "budget.cost: must be a number of at least 0"},
        {"BadOnDisconnect", R"({"on_disconnect":"stop","steps":[{"id":"a","task":"t"}]})",
         "on_disconnect: must be one of"},
        {"BadVersion", R"({"version":"3","steps":[{"id":"a","task":"t"}]})",
         "version: must be a whole number"},
        {"BadSchema", R"({"input_schema":"x","steps":[{"id":"a","task":"t"}]})",
         "input_schema: must be a JSON Schema"},
        {"BadTag", R"({"tags":[1],"steps":[{"id":"a","task":"t"}]})", "tags[0]: must be a text"},
    };
}

}  // namespace

std::vector<BadSample> bad_samples() {
    auto all = bad_frames();
    for (const auto& more : {bad_types(), bad_headers()}) all.insert(all.end(), more.begin(), more.end());
    return all;
}

Definition defined(std::string_view text) {
    const auto value = parse_json(text);
    EXPECT_TRUE(value) << text;
    const auto definition = parse(value ? *value : json::value(nullptr));
    EXPECT_TRUE(definition) << text << definition.error().message;
    return definition ? *definition : Definition{};
}

std::string listed(const std::vector<Problem>& problems) {
    std::string text;
    for (const auto& problem : problems) text += to_text(problem) + "\n";
    return text;
}

}  // namespace meshai::workflow
