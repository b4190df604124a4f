#include "agents/command/adapter.h"

#include <gtest/gtest.h>

#include "agents/command/output_reader.h"
#include "agents/testing/stage.h"

namespace meshai::agents {
namespace {

using Lines = std::vector<std::string>;

TEST(CommandAgent, GetsTheTaskOnItsStandardInput) {
    Stage stage(Kind::Command);
    stage.spec.argv = {"program", "--text={input}", "{input}", "plain"};
    stage.call.request.task_type = "creative";
    stage.programs.next({.output = {"a poem\n"}});
    EXPECT_EQ(line_of(stage.run()), "result a poem");
    ASSERT_EQ(stage.programs.started.size(), 1U);
    const auto& program = stage.programs.started.front();
    EXPECT_EQ(program.argv, (Lines{"program", "--text=Write a poem", "Write a poem", "plain"}));
    EXPECT_EQ(program.environment.front(), (std::pair<std::string, std::string>{"MESHAI_TASK_ID", "t_1"}));
    EXPECT_EQ(program.folder, "");
    ASSERT_TRUE(program.input.ends_with("}\n"));
    const auto task = parse_json_object(program.input.substr(0, program.input.size() - 1)).value();
    EXPECT_EQ(task.at("payload"), (json::object{{"input", "Write a poem"}}));
    EXPECT_EQ(task.at("task_id"), "t_1");
}

TEST(CommandAgent, RunsWhereTheOperatorWantsIt) {
    Stage stage(Kind::Command);
    stage.spec.metadata["working_directory"] = "/srv/agent";
    stage.programs.next({.output = {"x"}});
    (void)stage.run();
    EXPECT_EQ(stage.programs.started.front().folder, "/srv/agent");
}

TEST(CommandAgent, PlainTextIsItsAnswerAsItComes) {
    Stage stage(Kind::Command);
    stage.programs.next({.output = {"a ", "po\xc3", "\xa4m\n", "\xff\n\n"}});
    EXPECT_EQ(line_of(stage.run()), "result a po\xc3\xa4m\n\xef\xbf\xbd");
    EXPECT_EQ(stage.sink.lines,
              (Lines{"output a ", "output po", "output \xc3\xa4m\n", "output \xef\xbf\xbd\n\n"}));
}

TEST(CommandAgent, MayWriteTheGuidesEvents) {
    Stage stage(Kind::Command);
    stage.programs.next({.output = {R"({"type":"progress","mess)", "age\":\"half\",\"progress\":50}\r\n\n",
                                    "data: {\"type\":\"token\",\"text\":\"a poem\"}\n",
                                    R"({"type":"result","data":{"poem":1}})"}});
    EXPECT_EQ(line_of(stage.run()), R"(result {"poem":1})");
    EXPECT_EQ(stage.sink.lines, (Lines{"progress 50% half", "output a poem"}));
}

TEST(CommandAgent, ThatOnlyWritesTokensMeansTheirText) {
    Stage stage(Kind::Command);
    stage.programs.next(
        {.output = {"{\"type\":\"token\",\"text\":\"a \"}\n{\"type\":\"token\",\"text\":\"poem\"}\n"}});
    EXPECT_EQ(line_of(stage.run()), "result a poem");
}

TEST(CommandAgent, JsonThatIsNoEventIsPlainText) {
    for (const auto* text : {R"({"answer":42})", R"({"type":"poem"})", "{not json", "data: here it is"}) {
        Stage stage(Kind::Command);
        stage.programs.next({.output = {std::string(text) + "\n"}});
        EXPECT_EQ(line_of(stage.run()), "result " + std::string(text));
    }
}

TEST(CommandAgent, IsEndedWhenTheRunIsCancelled) {
    Stage stage(Kind::Command);
    stage.programs.next({.output = {"a"}, .is_hanging = true});
    stage.begin();
    EXPECT_EQ(stage.programs.running(), 1);
    stage.cancel();
    ASSERT_TRUE(stage.ending());
    EXPECT_EQ((*stage.ending()).error().error.code, Code::Cancelled);
    EXPECT_EQ(stage.programs.running(), 0);
}

TEST(CommandAgent, ThatGaveItsResultAndStaysIsEnded) {
    Stage stage(Kind::Command);
    stage.programs.next({.output = {"{\"type\":\"result\",\"data\":\"a\"}\n"}, .is_hanging = true});
    const auto begin = stage.loop.clock.now();
    EXPECT_EQ(line_of(stage.run()), "result a");
    EXPECT_EQ(stage.loop.clock.now() - begin, command::kExitAfterResult);
    EXPECT_EQ(stage.programs.running(), 0);
}

TEST(CommandAgent, CannotBeGivenMoreThanACommandLineHolds) {
    Stage stage(Kind::Command);
    stage.spec.argv = {"program", "{input}"};
    stage.call.request.input = json::string(std::string(200'000, 'x'));
    const auto large = stage.run();
    EXPECT_EQ(large.error().error.code, Code::TooLarge);
    EXPECT_FALSE(large.error().was_sent);
    stage.call.request.input = json::string(std::string("a\0b", 3));
    const auto nul = stage.run();
    EXPECT_EQ(nul.error().error.code, Code::InvalidArgument);
    EXPECT_TRUE(stage.programs.started.empty());
}

TEST(CommandAgent, IsProbedByItsFile) {
    Stage stage(Kind::Command);
    EXPECT_TRUE(stage.probe());
    stage.spec.argv = {"missing"};
    EXPECT_FALSE(stage.probe());
}

TEST(CommandAgent, IsNotOfferedWithoutALauncher) {
    Stage stage(Kind::Command);
    auto tools = stage.tools();
    tools.processes = nullptr;
    const auto made = make_adapter(stage.spec, tools);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Code::Configuration);
}

struct Rude {
    const char* name;
    FakeProgram program;
    Code code;
    const char* says;

    friend void PrintTo(const Rude& row, std::ostream* out) { *out << row.name; }
};

const Rude kRude[] = {
    {"SaysNothing", {}, Code::AgentProtocol, "without saying anything"},
    {"SaysOnlyLineEnds", {.output = {"\n\n"}}, Code::AgentProtocol, "without saying anything"},
    {"Fails",
     {.output = {"half"}, .exit = {.status = 3}, .errors = "warning\nno ink\n"},
     Code::AgentFailed,
     "exit code 3: no ink"},
    {"Crashes", {.exit = {.signal = 11}}, Code::AgentFailed, "signal 11"},
    {"FailsAfterItsResult",
     {.output = {"{\"type\":\"result\",\"data\":\"a\"}\n"}, .exit = {.status = 1}},
     Code::AgentFailed,
     "exit code 1"},
    {"WritesAnErrorEvent",
     {.output = {"{\"type\":\"error\",\"message\":\"no ink\"}\n"}, .exit = {.status = 1}},
     Code::AgentFailed,
     "no ink"},
    {"HangsAtOnce", {.is_hanging = true}, Code::Timeout, "within the task's time"},
    {"ClosesItsOutputAndStays",
     {.output = {"a"}, .is_lingering = true},
     Code::Timeout,
     "within the task's time"},
    {"StopsWithoutAnEnding", {.output = {"{\"type\":\"start\"}\n"}}, Code::AgentProtocol, "without a result"},
    {"StopsInALine",
     {.output = {"{\"type\":\"start\"}\n{\"type\":\"tok"}},
     Code::AgentProtocol,
     "in the middle"},
    {"WritesSomethingElseAfterEvents",
     {.output = {"{\"type\":\"start\"}\nhello\n"}},
     Code::AgentProtocol,
     "not JSON"},
    {"WritesTheWrongType",
     {.output = {"{\"type\":\"token\",\"text\":1}\n"}},
     Code::AgentProtocol,
     "wrong type"},
    {"WritesInvalidUtf8InAnEvent",
     {.output = {"{\"type\":\"start\"}\n{\"type\":\"token\",\"text\":\"\xff\"}\n"}},
     Code::AgentProtocol,
     "not JSON"},
    {"WritesAnEndlessLine",
     {.output = {"{\"type\":\"start\"}\n", std::string(100'000, 'x')}, .is_hanging = true},
     Code::AgentProtocol,
     "more than 64 KiB"},
    {"WritesTooMuch",
     {.output = {std::string(400'000, 'x')}, .is_hanging = true},
     Code::TooLarge,
     "more than 256 KiB"},
};

class RudeProgram : public ::testing::TestWithParam<Rude> {};

TEST_P(RudeProgram, LeadsToOneEndingWithAStableCode) {
    const auto& rude = GetParam();
    Stage stage(Kind::Command);
    stage.limits.line_bytes = 64U << 10U;
    stage.limits.output_bytes = 256U << 10U;
    stage.call.deadline = stage.loop.clock.in(60s);
    stage.programs.next(rude.program);
    const auto ending = stage.run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(code_name(ending.error().error.code), code_name(rude.code)) << ending.error().error.message;
    EXPECT_TRUE(ending.error().was_sent);
    EXPECT_NE(ending.error().error.message.find(rude.says), std::string::npos)
        << ending.error().error.message;
    EXPECT_EQ(stage.programs.running(), 0);
}

INSTANTIATE_TEST_SUITE_P(All, RudeProgram, ::testing::ValuesIn(kRude),
                         [](const auto& row) { return row.param.name; });

TEST(CommandAgent, WithTwoEndingsMeansTheFirst) {
    Stage stage(Kind::Command);
    stage.programs.next(
        {.output = {"{\"type\":\"result\",\"data\":\"one\"}\n{\"type\":\"error\",\"message\":\"two\"}\n"}});
    EXPECT_EQ(line_of(stage.run()), "result one");
}

TEST(CommandAgent, WhoseProgramIsMissingHasSeenNothing) {
    Stage stage(Kind::Command);
    const auto ending = stage.run();
    EXPECT_EQ(ending.error().error.code, Code::AgentUnavailable);
    EXPECT_FALSE(ending.error().was_sent);
}

TEST(CommandAgent, TellsItsExitCodeAndTheEndOfItsErrors) {
    Stage stage(Kind::Command);
    stage.programs.next({.exit = {.status = 2}, .errors = "one\ntwo\n"});
    const auto ending = stage.run();
    EXPECT_EQ(to_text(ending.error().details), R"({"exit_code":2,"stderr":"one\ntwo"})");
}

TEST(CommandOutput, ReadsTheSameHoweverTheBytesAreCut) {
    for (const std::string bytes :
         {"{\"type\":\"start\"}\n\n{\"type\":\"token\",\"text\":\"\xc3\xa4\"}\nlast",
          "plain \xe2\x82\xac\xf0\x9f\x98\x80 text\nwith \xff lines", "data: x\n{\n"}) {
        const auto read = [&bytes](std::size_t cut) {
            command::OutputReader reader(1000);
            std::string all;
            for (const auto& heard :
                 {reader.feed(bytes.substr(0, cut)), reader.feed(bytes.substr(cut)), reader.finish()}) {
                all += heard.text;
                for (const auto& line : heard.lines) all += "<" + line + ">";
            }
            return all;
        };
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) EXPECT_EQ(read(cut), read(0)) << cut;
    }
}

}  // namespace
}  // namespace meshai::agents
