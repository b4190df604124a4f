#include "doors/rest/input_answer.h"

#include <gtest/gtest.h>

namespace meshai::doors {
namespace {

const json::object kAccepted{{"action", "accept"}, {"content", json::object{}}};

wire::mcp::Question form(std::string_view properties, std::string_view required = "[]") {
    json::object schema{{"type", "object"}};
    schema["properties"] = json::parse(properties);
    schema["required"] = json::parse(required);
    return wire::mcp::FormQuestion{"?", std::move(schema)};
}

const auto kNoFields = "{}";
const auto kName = R"({"name": {"type": "string"}})";
const auto kSure = R"({"sure": {"type": "boolean"}})";
const auto kBoth = R"({"name": {"type": "string"}, "sure": {"type": "boolean"}})";
const auto kAction = R"({"action": {"type": "string"}})";

struct SaidCase {
    std::string_view name;
    std::string_view properties;
    std::string_view said;
    std::string_view answer;  ///< empty: refused
};

class SaidToAForm : public testing::TestWithParam<SaidCase> {};

TEST_P(SaidToAForm, BecomesTheAnswerThatMcpHas) {
    const auto& one = GetParam();
    const auto answer = answer_of(form(one.properties), json::parse(one.said));
    EXPECT_EQ(answer ? to_text(*answer) : "", one.answer);
    if (!answer) EXPECT_EQ(answer.error().code, Code::InvalidArgument);
}

const SaidCase kSaid[] = {
    {"Whole", kName, R"({"action":"accept","content":{"name":"Ann"}})",
     R"({"action":"accept","content":{"name":"Ann"}})"},
    {"DeclinedWithContent", kName, R"({"action":"decline","content":{"name":"Ann"}})",
     R"({"action":"decline"})"},
    {"Cancelled", kName, R"({"action":"cancel"})", R"({"action":"cancel"})"},
    {"FieldsAlone", kBoth, R"({"name":"Ann","sure":false})",
     R"({"action":"accept","content":{"name":"Ann","sure":false}})"},
    {"NoFields", kNoFields, "{}", R"({"action":"accept","content":{}})"},
    {"TheOnlyField", kName, R"("Ann")", R"({"action":"accept","content":{"name":"Ann"}})"},
    {"YesToTheOnlyField", kSure, "true", R"({"action":"accept","content":{"sure":true}})"},
    {"NoIsNo", kSure, "false", R"({"action":"decline"})"},
    {"YesWithoutAField", kNoFields, "true", R"({"action":"accept","content":{}})"},
    {"YesToATextIsNoText", kName, "true", R"({"action":"accept","content":{}})"},
    {"AFieldCalledAction", kAction, R"({"action":"shrug"})",
     R"({"action":"accept","content":{"action":"shrug"}})"},
    {"AnActionAndMore", kBoth, R"({"action":"decline","name":"Ann"})",
     R"({"action":"accept","content":{"action":"decline","name":"Ann"}})"},
    {"OneValueForTwoFields", kBoth, R"("Ann")", ""},
    {"AWrongType", kName, R"({"name":7})", ""},
    {"Null", kName, "null", ""},
    {"AList", kNoFields, "[]", ""},
};
INSTANTIATE_TEST_SUITE_P(Answers, SaidToAForm, testing::ValuesIn(kSaid),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(Answers, WhatIsRequiredIsNamed) {
    const auto answer = answer_of(form(kName, R"(["name"])"), json::value(true));
    EXPECT_EQ(answer.error().message, "The field \"name\" is required.");
}

TEST(Answers, APageIsVisitedOrNot) {
    const wire::mcp::Question page = wire::mcp::UrlQuestion{"Visit", "https://example.org", ""};
    EXPECT_EQ(to_text(answer_of(page, json::value(true)).value()), R"({"action":"accept"})");
    EXPECT_EQ(to_text(answer_of(page, json::value(false)).value()), R"({"action":"decline"})");
    EXPECT_FALSE(answer_of(page, json::value("done")));
}

TEST(Answers, AProgramsAnswerHasItsOwnForm) {
    const wire::mcp::Question roots = wire::mcp::RootsQuestion{};
    EXPECT_TRUE(answer_of(roots, json::object{{"roots", json::array{}}}));
    EXPECT_FALSE(answer_of(roots, json::value(true)));
}

// --- when none is taken

const WallTime kNow = wall_of(1'737'028'800'000);

task::View asking() {
    task::View view;
    view.state = task::State::InputRequired;
    view.inquiries["open"].is_open = true;
    view.inquiries["before"] = {};  // of an attempt that is over: its answer is still taken
    view.inquiries["soon"].expires_at = kNow + Millis{1};
    view.inquiries["due"].expires_at = kNow;
    view.inquiries["answered"].answer = kAccepted;
    view.inquiries["answered"].answered_by = Subject{"ann"};
    view.inquiries["expired"].answer = json::object{{"action", "cancel"}};
    view.inquiries["expired"].answered_by = Subject{"expired"};
    return view;
}

std::string outcome(const task::View& view, const std::string& key) {
    const auto why = closed(view, key, kNow);
    return why ? why->outcome + " " + std::to_string(why->status) : "taken";
}

TEST(Answers, AreTakenWhileTheQuestionStands) {
    const auto view = asking();
    EXPECT_EQ(outcome(view, "open"), "taken");
    EXPECT_EQ(outcome(view, "before"), "taken");
    EXPECT_EQ(outcome(view, "soon"), "taken");
    EXPECT_EQ(outcome(view, "due"), "expired 409");
    EXPECT_EQ(outcome(view, "expired"), "expired 409");
    EXPECT_EQ(outcome(view, "answered"), "answered 409");
    EXPECT_EQ(outcome(view, "nobody asked"), "unknown 422");
    EXPECT_EQ(closed(view, "answered", kNow)->error.message,
              "The question \"answered\" has been answered already, by ann.");
}

TEST(Answers, OfATaskThatIsOverAreRefused) {
    auto view = asking();
    view.state = task::State::Cancelled;
    EXPECT_EQ(outcome(view, "open"), "finished 409");
    EXPECT_EQ(outcome(view, "answered"), "answered 409") << "that is what became of it";
    EXPECT_EQ(outcome(view, "nobody asked"), "unknown 422");
}

}  // namespace
}  // namespace meshai::doors
