#include "wire/mcp/questions.h"

#include <gtest/gtest.h>

namespace meshai::wire::mcp {
namespace {

json::object object(std::string_view text) {
    return parse_json_object(text).value();
}

const Question kForm =
    FormQuestion{"What is your name?",
                 object(R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"]})")};
const Question kPage = UrlQuestion{"Please sign.", "https://mesh.example/sign", "e-1"};
const Question kModel = SamplingQuestion{
    object(R"({"messages":[{"role":"user","content":{"type":"text","text":"2+2?"}}],"maxTokens":100})")};
const Question kModelWithTools =
    SamplingQuestion{object(R"({"messages":[],"maxTokens":100,"tools":[{"name":"add"}]})")};
const Question kFolders = RootsQuestion{};

struct Ability {
    std::string_view name;
    std::string_view capabilities;
    std::string_view may;  ///< what may be asked: form, url, model, tools, roots
};

std::string askable(const ClientAbilities& client) {
    std::string names;
    const std::pair<std::string_view, const Question*> all[] = {{"form", &kForm},
                                                                {"url", &kPage},
                                                                {"model", &kModel},
                                                                {"tools", &kModelWithTools},
                                                                {"roots", &kFolders}};
    for (const auto& [name, question] : all)
        if (may_ask(client, *question)) names += (names.empty() ? "" : " ") + std::string(name);
    return names;
}

// R2: nothing is asked that was not declared.
const Ability kAbilities[] = {
    {"Nothing", "{}", ""},
    {"AnEmptyElicitationIsAForm", R"({"elicitation":{}})", "form"},
    {"AForm", R"({"elicitation":{"form":{}}})", "form"},
    {"AUrlOnly", R"({"elicitation":{"url":{}}})", "url"},
    {"Both", R"({"elicitation":{"form":{},"url":{}}})", "form url"},
    {"AnElicitationOfBeforeModes", R"({"elicitation":{"applyDefaults":true}})", "form"},
    {"Sampling", R"({"sampling":{}})", "model"},
    {"SamplingWithTools", R"({"sampling":{"tools":{}}})", "model tools"},
    {"Roots", R"({"roots":{"listChanged":true}})", "roots"},
    {"Everything", R"({"elicitation":{"form":{},"url":{}},"sampling":{"tools":{}},"roots":{}})",
     "form url model tools roots"},
};

class AClient : public testing::TestWithParam<Ability> {};

TEST_P(AClient, IsAskedOnlyWhatItDeclared) {
    const auto client = read_client_abilities(object(GetParam().capabilities));
    ASSERT_TRUE(client);
    EXPECT_EQ(askable(*client), GetParam().may);
    EXPECT_EQ(client->declared, object(GetParam().capabilities));
}

INSTANTIATE_TEST_SUITE_P(McpQuestions, AClient, testing::ValuesIn(kAbilities),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(McpQuestions, TheTasksExtensionIsDeclaredByItsName) {
    EXPECT_TRUE(read_client_abilities(object(R"({"extensions":{"io.modelcontextprotocol/tasks":{}}})"))
                    ->tasks_extension);
    EXPECT_FALSE(read_client_abilities(object(R"({"extensions":{"a/b":{}},"tasks":{}})"))->tasks_extension);
}

TEST(McpQuestions, ACapabilityThatIsNoObjectIsRefusedByName) {
    for (const auto* bad : {R"({"elicitation":true})", R"({"elicitation":{"url":1}})", R"({"sampling":[]})",
                            R"({"sampling":{"tools":"yes"}})", R"({"roots":null})", R"({"extensions":[]})",
                            R"({"extensions":{"io.modelcontextprotocol/tasks":true}})"}) {
        const auto client = read_client_abilities(object(bad));
        ASSERT_FALSE(client) << bad;
        EXPECT_EQ(client.error().code, Code::InvalidArgument);
        EXPECT_NE(client.error().message.find("must be an object"), std::string::npos);
    }
}

struct Written {
    std::string_view name;
    const Question* question;
    std::string_view needs;
    std::string_view json;
};

const Written kWritten[] = {
    {"AForm", &kForm, R"({"elicitation":{"form":{}}})",
     R"({"method":"elicitation/create","params":{"message":"What is your name?","requestedSchema":)"
     R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}}})"},
    {"APage", &kPage, R"({"elicitation":{"url":{}}})",
     R"({"method":"elicitation/create","params":{"mode":"url","message":"Please sign.",)"
     R"("url":"https://mesh.example/sign","elicitationId":"e-1"}})"},
    {"AModel", &kModel, R"({"sampling":{}})",
     R"({"method":"sampling/createMessage","params":{"messages":[{"role":"user","content":)"
     R"({"type":"text","text":"2+2?"}}],"maxTokens":100}})"},
    {"AModelWithTools", &kModelWithTools, R"({"sampling":{"tools":{}}})",
     R"({"method":"sampling/createMessage","params":{"messages":[],"maxTokens":100,"tools":[{"name":"add"}]}})"},
    {"Folders", &kFolders, R"({"roots":{}})", R"({"method":"roots/list","params":{}})"},
};

class AQuestion : public testing::TestWithParam<Written> {};

TEST_P(AQuestion, IsWrittenForTheLogAndReadBack) {
    const auto& one = GetParam();
    EXPECT_EQ(to_text(to_json(*one.question)), one.json);
    EXPECT_EQ(to_text(needed_for(*one.question)), one.needs);
    const auto again = question_of(object(one.json));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->index(), one.question->index());
    EXPECT_EQ(to_text(to_json(*again)), one.json);
}

INSTANTIATE_TEST_SUITE_P(McpQuestions, AQuestion, testing::ValuesIn(kWritten),
                         [](const auto& info) { return std::string(info.param.name); });

// R8: the id of an elicitation exists in one revision only.
TEST(McpQuestions, APageIsNamedByAnIdIn20251125Only) {
    EXPECT_TRUE(to_json(kPage, Revision::R2025_11_25).at("params").as_object().contains("elicitationId"));
    EXPECT_FALSE(to_json(kPage, Revision::R2026_07_28).at("params").as_object().contains("elicitationId"));
    EXPECT_EQ(to_json(kForm, Revision::R2026_07_28), to_json(kForm));
}

TEST(McpQuestions, AFormWithoutFieldsStillHasASchemaOfAnObject) {
    EXPECT_EQ(to_text(to_json(FormQuestion{"Go on?", {}}).at("params")),
              R"({"message":"Go on?","requestedSchema":{"type":"object","properties":{}}})");
}

TEST(McpQuestions, WhatIsNoQuestionIsNotReadAsOne) {
    for (const auto* bad :
         {"{}", R"({"method":"tools/call","params":{}})", R"({"method":"elicitation/create","params":{}})",
          R"({"method":"elicitation/create","params":{"message":"?"}})",
          R"({"method":"elicitation/create","params":{"message":"?","mode":"url"}})",
          R"({"method":"elicitation/create","params":{"message":"?","requestedSchema":1}})",
          R"({"method":"sampling/createMessage","params":{}})", R"({"method":"sampling/createMessage"})"}) {
        const auto question = question_of(object(bad));
        ASSERT_FALSE(question) << bad;
        EXPECT_EQ(question.error().code, Code::InvalidArgument);
        EXPECT_FALSE(question.error().message.empty());
    }
}

struct Answered {
    std::string_view name;
    const Question* question;
    std::string_view answer;
    std::string_view checked;  ///< empty: refused
};

// R4.
const Answered kAnswers[] = {
    {"Accepted", &kForm, R"({"action":"accept","content":{"name":"Alice"}})",
     R"({"action":"accept","content":{"name":"Alice"}})"},
    {"Declined", &kForm, R"({"action":"decline"})", R"({"action":"decline"})"},
    {"Cancelled", &kForm, R"({"action":"cancel","content":{"name":7}})", R"({"action":"cancel"})"},
    {"FieldsOfNobodyAreKept", &kForm, R"({"action":"accept","content":{"name":"A","confirm":true}})",
     R"({"action":"accept","content":{"name":"A","confirm":true}})"},
    {"ANumberInsteadOfAnAnswer", &kForm, "42", ""},
    {"ANumberInsteadOfContent", &kForm, R"({"action":"accept","content":42})", ""},
    {"ANumberInsteadOfAName", &kForm, R"({"action":"accept","content":{"name":42}})", ""},
    {"WithoutTheName", &kForm, R"({"action":"accept","content":{}})", ""},
    {"WithoutContent", &kForm, R"({"action":"accept"})", ""},
    {"WithoutAnAction", &kForm, R"({"content":{"name":"Alice"}})", ""},
    {"WithAnotherAction", &kForm, R"({"action":"maybe"})", ""},
    {"Null", &kForm, "null", ""},
    {"APageWasOpened", &kPage, R"({"action":"accept"})", R"({"action":"accept"})"},
    {"APageHasNoContent", &kPage, R"({"action":"accept","content":{"a":1}})", R"({"action":"accept"})"},
    {"APageWithoutAction", &kPage, "{}", ""},
    {"AModelSpoke", &kModel, R"({"role":"assistant","content":{"type":"text","text":"4"},"model":"m"})",
     R"({"role":"assistant","content":{"type":"text","text":"4"},"model":"m"})"},
    {"AModelSpokeInBlocks", &kModel,
     R"({"role":"assistant","content":[{"type":"text","text":"4"}],"model":"m"})",
     R"({"role":"assistant","content":[{"type":"text","text":"4"}],"model":"m"})"},
    {"AModelWithoutName", &kModel, R"({"role":"assistant","content":{"type":"text","text":"4"}})", ""},
    {"AModelWithAStrangeRole", &kModel,
     R"({"role":"system","content":{"type":"text","text":"4"},"model":"m"})", ""},
    {"AModelThatSaysNothing", &kModel, R"({"role":"assistant","model":"m"})", ""},
    {"AModelWithPlainText", &kModel, R"({"role":"assistant","content":"4","model":"m"})", ""},
    {"AModelWithABlockWithoutType", &kModel, R"({"role":"assistant","content":[{}],"model":"m"})", ""},
    {"FoldersAreShared", &kFolders, R"({"roots":[{"uri":"file:///a","name":"A"}]})",
     R"({"roots":[{"uri":"file:///a","name":"A"}]})"},
    {"NoFolders", &kFolders, R"({"roots":[]})", R"({"roots":[]})"},
    {"FoldersAreMissing", &kFolders, "{}", ""},
    {"AFolderWithoutUri", &kFolders, R"({"roots":[{"name":"A"}]})", ""},
    {"AFolderThatIsAText", &kFolders, R"({"roots":["file:///a"]})", ""},
};

class AnAnswer : public testing::TestWithParam<Answered> {};

TEST_P(AnAnswer, FitsItsQuestionOrIsRefused) {
    const auto& one = GetParam();
    const auto checked = check_answer(*one.question, parse_json(one.answer).value());
    if (one.checked.empty()) {
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().code, Code::InvalidArgument);
        EXPECT_FALSE(checked.error().message.empty());
    } else {
        ASSERT_TRUE(checked) << checked.error().message;
        EXPECT_EQ(to_text(*checked), one.checked);
    }
}

INSTANTIATE_TEST_SUITE_P(McpQuestions, AnAnswer, testing::ValuesIn(kAnswers),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace meshai::wire::mcp
