// Stories of a person who has a link and no key: one page, one question, one answer.

#include <gmock/gmock.h>

#include "tests/stories/asking.h"

namespace meshai::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct ApprovalLinks : Asking {};

TEST_F(ApprovalLinks, ALinkShowsOnePageAndTakesOneAnswer) {
    const auto at = path();
    const auto events = world.log_of(task).size();
    auto& page = visits(at);
    EXPECT_EQ(page.status(), 200);
    EXPECT_THAT(page.bytes(), HasSubstr("What is your name?"));
    EXPECT_THAT(page.bytes(), HasSubstr("name=\"f0\""));
    EXPECT_EQ(page.headers().get("Cache-Control"), "no-store");
    EXPECT_THAT(std::string(*page.headers().get("Content-Security-Policy")),
                HasSubstr("frame-ancestors 'none'"));
    visits(at);
    EXPECT_EQ(world.send("HEAD", at, {{"Authorization", "none"}}, "").status(), 200);
    EXPECT_EQ(world.log_of(task).size(), events) << "looking changes nothing";

    auto& wrong = sends(at, "action=accept&f0=");
    EXPECT_EQ(wrong.status(), 422);
    EXPECT_THAT(wrong.bytes(), HasSubstr("is required"));
    EXPECT_EQ(sends(at, "f0=Ann").status(), 422) << "no button";
    EXPECT_EQ(world.log_of(task).size(), events);

    auto& done = sends(at, "action=accept&f0=Ann",
                       {{"Origin", "https://mesh.example"}, {"Sec-Fetch-Site", "same-origin"}});
    EXPECT_EQ(done.status(), 200) << done.bytes();
    EXPECT_THAT(given(), ElementsAre("name by link:ann"));
    EXPECT_EQ(world.agent().answers().back().at("name"), json::value(kAnn));
    EXPECT_EQ(visits(at).status(), 409);
    EXPECT_EQ(sends(at, "action=decline").status(), 409);
    EXPECT_EQ(given().size(), 1U);
}

TEST_F(ApprovalLinks, ALinkMayDecline) {
    const auto at = path();
    EXPECT_EQ(sends(at, "action=decline&f0=").status(), 200);
    EXPECT_EQ(world.agent().answers().back().at("name"), (json::value{{"action", "decline"}}));
}

TEST_F(ApprovalLinks, ALinkOutlivesARestart) {
    const auto at = path();
    world.crash();
    world.starts();
    EXPECT_EQ(visits(at).status(), 200) << "also before the agent has asked again";
    EXPECT_EQ(sends(at, "action=accept&f0=Ann").status(), 200);
    world.agent_asks({"name"});
    EXPECT_EQ(world.agent().answers().back().at("name"), json::value(kAnn));
    EXPECT_THAT(given(), ElementsAre("name by link:ann"));
}

TEST_F(ApprovalLinks, ALinkThatWasChangedIsNone) {
    const auto at = path();
    auto forged = at;
    forged.back() = forged.back() == 'A' ? 'B' : 'A';
    for (const auto& wrong : {forged, std::string("/approve/nonsense"), at + "x"}) {
        auto& page = visits(wrong);
        EXPECT_EQ(page.status(), 404) << wrong;
        EXPECT_THAT(page.bytes(), Not(HasSubstr(task)));
    }
    // Wrong links count like wrong keys; a right one is let in all the same.
    for (int i = 0; i < 3; ++i) sends("/approve/nonsense", "action=accept");
    auto& locked = visits("/approve/nonsense");
    EXPECT_EQ(locked.status(), 429);
    EXPECT_TRUE(locked.headers().get("Retry-After"));
    EXPECT_EQ(visits(at).status(), 200);
}

TEST_F(ApprovalLinks, ALinkOfATaskThatIsOverSaysSo) {
    const auto at = path();
    world.remove("/api/v1/tasks/" + task);
    EXPECT_EQ(visits(at).status(), 409);
    EXPECT_EQ(sends(at, "action=accept&f0=Ann").status(), 409);
    EXPECT_TRUE(given().empty());
}

TEST_F(ApprovalLinks, AFormOfAnotherPageIsNotTaken) {
    const auto at = path();
    const std::string answer = "action=accept&f0=Eve";
    EXPECT_EQ(sends(at, answer, {{"Sec-Fetch-Site", "cross-site"}}).status(), 403);
    EXPECT_EQ(sends(at, answer, {{"Origin", "https://evil.example"}}).status(), 403);
    EXPECT_EQ(sends(at, answer, {{"Origin", "http://localhost:9999"}}).status(), 403);
    EXPECT_EQ(sends(at, answer, {{"Origin", "null"}}).status(), 403);
    EXPECT_EQ(sends(at, R"({"action":"accept"})", {{"Content-Type", "application/json"}}).status(), 415);
    EXPECT_EQ(sends(at, answer + std::string(70'000, 'x')).status(), 413);
    EXPECT_TRUE(given().empty());
}

TEST_F(ApprovalLinks, WhatAnAgentWritesIsTextOnThePage) {
    another();
    json::object evil{{"type", "string"}, {"title", "<script>alert(2)</script>"}};
    world.agent().asks(
        agents::Questions{{"evil", form("<script>alert(1)</script>", {{"\"><b>", std::move(evil)}}, {})}});
    world.loop.settle();
    const auto page = visits(path()).bytes();
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)"));
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(2)"));
}

}  // namespace
}  // namespace meshai::tests
