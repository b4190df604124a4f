#include "agents/spec.h"

#include <gtest/gtest.h>

namespace meshai::agents {
namespace {

json::object body(std::string_view text) {
    return parse_json_object(text).value();
}

std::string refusal(std::string_view text) {
    const auto spec = spec_from_json(body(text));
    return spec ? "accepted" : spec.error().message;
}

Spec spec_of(Kind kind) {
    Spec spec;
    spec.name = "writer";
    spec.kind = kind;
    spec.capabilities = {"text_generation"};
    if (kind == Kind::Command)
        spec.argv = {"cat"};
    else
        spec.url = "http://agent.example";
    return spec;
}

TEST(Spec, KindsHaveStableNames) {
    for (const auto kind : {Kind::OpenAi, Kind::Http, Kind::Mesh, Kind::Command})
        EXPECT_EQ(kind_of(kind_name(kind)), kind);
    EXPECT_FALSE(kind_of("smtp"));
}

TEST(Spec, CapabilitiesAreComparedInOneSpelling) {
    EXPECT_EQ(normal_capability("Code-Generation"), "code_generation");
    EXPECT_EQ(normal_capability(" text generation "), "text_generation");
    EXPECT_EQ(normal_capability("general"), "text_generation");
}

TEST(Spec, ModelsAndMeshesMayBeCalledTwiceUnlessTheOperatorSaysOtherwise) {
    EXPECT_TRUE(spec_of(Kind::OpenAi).is_idempotent());
    EXPECT_TRUE(spec_of(Kind::Mesh).is_idempotent());
    EXPECT_FALSE(spec_of(Kind::Http).is_idempotent());
    EXPECT_FALSE(spec_of(Kind::Command).is_idempotent());
    auto careful = spec_of(Kind::OpenAi);
    careful.idempotent = false;
    EXPECT_FALSE(careful.is_idempotent());
}

TEST(Spec, DelegatesOnlyWhenItIsSaid) {
    const auto said = [](std::string_view more) {
        return spec_from_json(
            body(R"({"name":"w","capabilities":["x"],"url":"http://w.example")" + std::string(more) + "}"));
    };
    EXPECT_FALSE(said("")->delegates);
    EXPECT_TRUE(said(R"(,"delegates":true)")->delegates);
    EXPECT_EQ(said(R"(,"delegates":"yes")").error().message, "delegates: must be true or false.");
    EXPECT_EQ(to_json(*said(R"(,"delegates":true)")).at("delegates"), true);
}

TEST(Spec, EveryKindPassesItsCheck) {
    for (const auto kind : {Kind::OpenAi, Kind::Http, Kind::Mesh, Kind::Command})
        EXPECT_TRUE(check(spec_of(kind))) << kind_name(kind);
}

struct Spoiled {
    const char* name;
    void (*spoil)(Spec&);
    const char* member;

    friend void PrintTo(const Spoiled& row, std::ostream* out) { *out << row.name; }
};

const Spoiled kSpoiled[] = {
    {"NoName", [](Spec& spec) { spec.name.clear(); }, "name:"},
    {"NameWithNewline", [](Spec& spec) { spec.name = "a\nb"; }, "name:"},
    {"IdWithSlash", [](Spec& spec) { spec.id.value = "../x"; }, "id:"},
    {"NoCapability", [](Spec& spec) { spec.capabilities.clear(); }, "capabilities:"},
    {"CapabilityWithSpace", [](Spec& spec) { spec.capabilities = {"a b"}; }, "capabilities:"},
    {"SameCapabilityTwice", [](Spec& spec) { spec.capabilities = {"a", "a"}; }, "capabilities:"},
    {"NoUrl", [](Spec& spec) { spec.url.clear(); }, "url:"},
    {"UnknownScheme", [](Spec& spec) { spec.url = "htp://localhost"; }, "url:"},
    {"BadHealthUrl", [](Spec& spec) { spec.health_url = "nowhere"; }, "health_url:"},
    {"ArgvOfAnHttpAgent", [](Spec& spec) { spec.argv = {"sh"}; }, "argv:"},
    {"KeyThatWouldBeAHeader", [](Spec& spec) { spec.api_key = Secret("a\r\nX: y"); }, "api_key:"},
    {"NoPlaces", [](Spec& spec) { spec.max_concurrent_tasks = 0; }, "max_concurrent_tasks:"},
    {"NegativeCost", [](Spec& spec) { spec.cost.per_call = -1; }, "cost:"},
    {"InstructionsAreANumber", [](Spec& spec) { spec.instructions = 7; }, "instructions:"},
};

class SpoiledSpec : public ::testing::TestWithParam<Spoiled> {};

TEST_P(SpoiledSpec, IsRefusedWithTheNameOfTheMember) {
    auto spec = spec_of(Kind::Http);
    GetParam().spoil(spec);
    const auto checked = check(spec);
    ASSERT_FALSE(checked);
    EXPECT_TRUE(checked.error().message.starts_with(GetParam().member)) << checked.error().message;
}

INSTANTIATE_TEST_SUITE_P(All, SpoiledSpec, ::testing::ValuesIn(kSpoiled),
                         [](const auto& row) { return row.param.name; });

TEST(Spec, ARegistrationOfTheFamilyIsUnderstood) {
    const auto spec = spec_from_json(body(R"({"id":"analyst-1","name":"Analyst","framework":"langchain",
        "capabilities":["Data-Analysis","data_analysis"],"endpoint":"https://a.example/execute",
        "health_endpoint":"https://a.example/health","max_concurrent_tasks":3,"tags":["x"],
        "authentication":{"type":"api_key","key":"s3cret"},"metadata":{"team":"red"},
        "instructions":{"guidelines":["be brief"]},"cost":{"per_call":0.5}})"));
    ASSERT_TRUE(spec) << spec.error().message;
    EXPECT_EQ(spec->id.value, "analyst-1");
    EXPECT_EQ(spec->kind, Kind::Http);
    EXPECT_EQ(spec->capabilities, std::vector<std::string>{"data_analysis"});
    EXPECT_EQ(spec->url, "https://a.example/execute");
    EXPECT_EQ(spec->health_url, "https://a.example/health");
    EXPECT_EQ(spec->max_concurrent_tasks, 3);
    EXPECT_EQ(spec->api_key.reveal(), "s3cret");
    EXPECT_EQ(spec->cost.per_call, 0.5);
    EXPECT_FALSE(spec->allow_private);
}

TEST(Spec, WhatIsShownNeverHoldsTheKey) {
    const auto spec = spec_from_json(body(R"({"name":"a","capabilities":["x"],"endpoint":"http://a.example",
        "authentication":{"type":"bearer","key":"s3cret"}})"));
    ASSERT_TRUE(spec);
    EXPECT_EQ(to_text(to_json(*spec)).find("s3cret"), std::string::npos);
}

TEST(Spec, WhatIsShownCanBeRegisteredAgain) {
    const auto spec = spec_from_json(body(R"({"id":"a1","name":"a","kind":"openai","capabilities":["x"],
        "endpoint":"http://a.example/v1","model":"small","tags":["t"],"cost":{"per_call":1}})"));
    ASSERT_TRUE(spec);
    const auto again = spec_from_json(to_json(*spec));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(to_json(*again), to_json(*spec));
}

TEST(Spec, WhatOnlyTheOperatorMaySetIsRefused) {
    EXPECT_TRUE(refusal(R"({"name":"a","kind":"command","argv":["sh"]})").starts_with("argv:"));
    EXPECT_TRUE(refusal(R"({"name":"a","kind":"command"})").starts_with("kind:"));
    EXPECT_TRUE(refusal(R"({"name":"a","allow_private":true})").starts_with("allow_private:"));
}

TEST(Spec, AMemberOfTheWrongTypeIsNamed) {
    EXPECT_EQ(refusal(R"({"name":7})"), "name: must be a string.");
    EXPECT_EQ(refusal(R"({"capabilities":"x"})"), "capabilities: must be a list of strings.");
    EXPECT_EQ(refusal(R"({"max_concurrent_tasks":1.5})"), "max_concurrent_tasks: must be a whole number.");
    EXPECT_EQ(refusal(R"({"cost":{"per_call":"x"}})"), "cost.per_call: must be a number.");
    EXPECT_TRUE(refusal(R"({"kind":"ftp"})").starts_with("kind:"));
    EXPECT_TRUE(refusal(R"({"authentication":{"type":"oauth","key":"k"}})").starts_with("authentication."));
}

TEST(Instructions, ATextIsTakenAsItIs) {
    EXPECT_EQ(instructions_text("Be brief.", nullptr), "Be brief.");
    EXPECT_EQ(instructions_text(nullptr, nullptr), "");
}

TEST(Instructions, AnObjectBecomesTitledLists) {
    const auto agent = parse_json(R"({"guardrails":"no secrets","guidelines":["be kind","be brief"],
        "outputFormat":"Markdown","tone":"dry"})")
                           .value();
    EXPECT_EQ(
        instructions_text(agent, nullptr),
        "Guidelines:\n- be kind\n- be brief\nOutput format: Markdown\nGuardrails: no secrets\ntone: dry");
}

TEST(Instructions, TheTaskHasTheLastWord) {
    const auto task = parse_json(R"({"constraints":["at most 10 words"]})").value();
    EXPECT_EQ(instructions_text("Be long.", task),
              "Be long.\n\nFor this task the following applies, and overrides what is said above:\n"
              "Constraints:\n- at most 10 words");
}

}  // namespace
}  // namespace meshai::agents
