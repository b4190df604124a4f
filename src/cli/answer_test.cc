#include "cli/answer.h"

#include <gmock/gmock.h>

#include "base/signal.h"
#include "cli/scripted_server_test.h"

namespace meshai::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kShow = "GET /api/v1/tasks/t_1/input";
constexpr const char* kGive = "POST /api/v1/tasks/t_1/input";
constexpr const char* kStream = "GET /api/v1/tasks/t_1/stream";
constexpr const char* kConfirm =
    R"({"key":"confirm","message":"Delete it?","question":{"method":"elicitation/create","params":{"message":"Delete it?","requestedSchema":{"type":"object","required":["sure"],"properties":{"sure":{"type":"boolean"},"copies":{"type":"integer","title":"How many"},"colour":{"type":"string","enum":["red","blue"]}}}}},"expires_at":"2025-01-16T12:00:00.000Z","link":"https://mesh.example/approve/x"})";
constexpr const char* kPlain =
    R"({"key":"go","message":"Go on?","question":{"method":"elicitation/create","params":{"message":"Go on?","requestedSchema":{"type":"object","properties":{}}}}})";
constexpr const char* kTaken = R"({"task_id":"t_1","status":"executing","questions":[],"answered":[]})";

std::string asking(const std::string& questions) {
    return R"({"task_id":"t_1","status":"input_required","questions":[)" + questions +
           R"(],"answered":[{"key":"old","by":"expired"}]})";
}

/// A person who types what the test says, and then waits, or leaves.
class FakePrompt final : public Prompt {
  public:
    explicit FakePrompt(ScriptedServer& server) : bell_(server.loop.ex(), server.loop.clock) {}

    Async<std::optional<std::string>> line(std::string text) override {
        asked.push_back(text);
        while (typed.empty()) {
            if (has_left) co_return std::nullopt;
            if (co_await bell_.wait_until(kNever) != Wake::Notified) co_return std::nullopt;
        }
        auto next = typed.front();
        typed.pop_front();
        co_return next;
    }

    std::vector<std::string> asked{};
    std::deque<std::string> typed{};
    bool has_left = false;

  private:
    Signal bell_;
};

struct AnswerTest : testing::Test {
    AnswerTest() {
        server.on(kGive, 200, kTaken);
        wish.id = "t_1";
    }

    int run() { return server.loop.run(answer_task(desk.session, wish)); }
    std::string sent() {
        for (const auto& body : server.bodies)
            if (!body.empty()) return body;
        return {};
    }

    ScriptedServer server;
    Desk desk{server};
    FakePrompt prompt{server};
    AnswerWish wish{};
};

TEST_F(AnswerTest, FlagsSayTheWholeAnswer) {
    server.on(kShow, 200, asking(kConfirm));
    wish.fields = {"sure=yes", "copies=3", "colour=red"};
    EXPECT_EQ(run(), kOk);
    EXPECT_EQ(
        sent(),
        R"({"key":"confirm","answer":{"action":"accept","content":{"sure":true,"copies":3,"colour":"red"}}})");
    EXPECT_EQ(desk.out, "confirm is answered\n");
}

TEST_F(AnswerTest, DeclineCancelAndJsonAreSentAsTheyAre) {
    server.on(kShow, 200, asking(kConfirm));
    for (const auto& [action, json, body] :
         {std::tuple{"decline", "", R"({"key":"confirm","answer":{"action":"decline"}})"},
          {"cancel", "", R"({"key":"confirm","answer":{"action":"cancel"}})"},
          {"", R"({"sure": false})", R"({"key":"confirm","answer":{"sure":false}})"}}) {
        server.bodies.clear();
        wish.action = action;
        wish.json = json;
        EXPECT_EQ(run(), kOk);
        EXPECT_EQ(sent(), body);
    }
    wish.json = "{";
    EXPECT_EQ(run(), kUsage);
    wish.json.clear();
    wish.fields = {"sure"};
    EXPECT_EQ(run(), kUsage);
    EXPECT_THAT(desk.err, HasSubstr("name=value"));
}

TEST_F(AnswerTest, WithoutATerminalTheQuestionIsShownAndNothingIsGuessed) {
    server.on(kShow, 200, asking(kConfirm));
    EXPECT_EQ(run(), kUsage);
    EXPECT_EQ(desk.out, "");
    EXPECT_THAT(desk.err, HasSubstr("the task asks (confirm): Delete it?\n"));
    EXPECT_THAT(desk.err, HasSubstr("  copies: How many (a whole number)\n"));
    EXPECT_THAT(desk.err, HasSubstr("  colour (red | blue)\n"));
    EXPECT_THAT(desk.err, HasSubstr("the question expires at 2025-01-16T12:00:00.000Z\n"));
    EXPECT_THAT(desk.err, HasSubstr("say --accept"));
    EXPECT_EQ(sent(), "");
}

TEST_F(AnswerTest, OnATerminalThePersonIsAskedFieldByField) {
    server.on(kShow, 200, asking(kConfirm));
    desk.session.prompt = &prompt;
    prompt.typed = {"what?", "y", "yes", "", "blue"};
    EXPECT_EQ(run(), kOk);
    EXPECT_THAT(prompt.asked,
                ElementsAre("answer? [y]es, [n]o, [c]ancel: ", "answer? [y]es, [n]o, [c]ancel: ",
                            "sure * (yes | no): ", "copies (a whole number): ", "colour (red | blue): "));
    EXPECT_EQ(sent(),
              R"({"key":"confirm","answer":{"action":"accept","content":{"sure":true,"colour":"blue"}}})");
}

TEST_F(AnswerTest, WhatTheServerDoesNotTakeIsSaidAndAskedAgain) {
    // The last answer given is given for ever, so that the refusal comes first.
    ScriptedServer other(81);
    Desk there(other, {}, 81);
    other.on(kShow, 200, asking(kPlain));
    other.on(kGive, 422, R"({"code":"VALIDATION_FAILED","detail":"That does not fit."})");
    other.on(kGive, 200, kTaken);
    FakePrompt person(other);
    person.typed = {"y", "n"};
    there.session.prompt = &person;
    EXPECT_EQ(other.loop.run(answer_task(there.session, wish)), kOk);
    EXPECT_THAT(there.err, HasSubstr("That does not fit."));
    EXPECT_EQ(other.bodies.back(), R"({"key":"go","answer":{"action":"decline"}})");
}

TEST_F(AnswerTest, OfSeveralQuestionsOneIsNamed) {
    server.on(kShow, 200, asking(std::string(kConfirm) + "," + kPlain));
    wish.action = "decline";
    EXPECT_EQ(run(), kUsage);
    EXPECT_THAT(desk.err, HasSubstr("--question: confirm, go"));
    wish.question = "go";
    EXPECT_EQ(run(), kOk);
    EXPECT_EQ(sent(), R"({"key":"go","answer":{"action":"decline"}})");
    wish.question = "old";
    EXPECT_EQ(run(), kFailed);
    EXPECT_THAT(desk.err, HasSubstr("was answered by expired"));
    wish.question = "none";
    EXPECT_EQ(run(), kNotFound);
}

TEST_F(AnswerTest, ATaskThatAsksNothingSaysSo) {
    server.on(kShow, 200, R"({"task_id":"t_1","status":"completed","questions":[],"answered":[]})");
    EXPECT_EQ(run(), kNotFound);
    EXPECT_THAT(desk.err, HasSubstr("task t_1 is completed and asks nothing now"));
}

// --- while a task is followed

std::string asked_frame(const std::string& question) {
    return R"({"type":"input_required",)" + question.substr(1);
}

struct WatchTest : AnswerTest {
    WatchTest() {
        server.on("GET /api/v1/tasks/t_1/result", 200, R"({"result":"done"})");
        desk.session.prompt = &prompt;
    }
    void watches(Desk& at) {
        server.loop.scope.spawn("watch", [](Desk& here, std::optional<int>& got) -> Async<void> {
            got = co_await watch_task(here.session, "t_1", std::nullopt, Form::Table);
        }(at, code));
        server.loop.settle();
    }

    std::optional<int> code{};
};

constexpr const char* kComplete = R"({"type":"complete","status":"completed","duration_ms":7})";

TEST_F(WatchTest, WithoutATerminalItSaysHowToAnswer) {
    server.on(kStream, stream_of({{"1", asked_frame(kConfirm)},
                                  {"2", R"({"type":"input_given","key":"confirm","by":"bob"})"},
                                  {"3", kComplete}}));
    desk.session.prompt = nullptr;
    watches(desk);
    EXPECT_EQ(code, kOk);
    EXPECT_THAT(desk.err,
                HasSubstr("meshai task answer t_1 --question 'confirm', or at https://mesh.example"));
    EXPECT_THAT(desk.err, HasSubstr("confirm: answered by bob\n"));
    EXPECT_EQ(desk.out, "done\n");
}

TEST_F(WatchTest, OnATerminalTheAnswerIsSentWhileTheStreamGoesOn) {
    server.on(kStream, stream_of({{"1", asked_frame(kPlain)}}, /*is_hanging=*/true));
    prompt.typed = {"y"};
    watches(desk);
    EXPECT_THAT(server.asked, Contains("POST /api/v1/tasks/t_1/input"));
    EXPECT_EQ(sent(), R"({"key":"go","answer":{"action":"accept","content":{}}})");
    desk.interrupt.ring();
    server.loop.settle();
    EXPECT_EQ(code, kCancelled);
}

TEST_F(WatchTest, AQuestionThatWasAnsweredBeforeIsNotPut) {
    server.on(kStream, stream_of({{"1", asked_frame(kPlain)},
                                  {"2", R"({"type":"input_given","key":"go","by":"bob"})"},
                                  {"3", kComplete}}));
    watches(desk);
    EXPECT_EQ(code, kOk);
    EXPECT_THAT(prompt.asked, IsEmpty());
}

TEST_F(WatchTest, APersonWhoLeavesIsToldHowToComeBack) {
    server.on(kStream, stream_of({{"1", asked_frame(kPlain)}}, /*is_hanging=*/true));
    prompt.has_left = true;
    watches(desk);
    EXPECT_THAT(desk.err, HasSubstr("meshai task answer t_1 --question 'go'"));
    EXPECT_EQ(sent(), "");
    desk.interrupt.ring();
    server.loop.settle();
    EXPECT_EQ(code, kCancelled);
}

}  // namespace
}  // namespace meshai::cli
