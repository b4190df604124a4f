#include "cli/workflow.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cli/scripted_server_test.h"

namespace meshai::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kGood = R"(
name = "article"
[[steps]]
id = "draft"
task = "Write about ${input.topic}."
[[steps]]
id = "revise"
after = ["draft"]
task = "Revise: ${steps.draft.result}"
)";
constexpr const char* kBad = R"({"steps":[{"id":"a","task":"t","agnet":"w"},
    {"id":"b","task":"${steps.c.result}"},{"id":"m","type":"map","over":"input.x","step":{"id":"i","task":""}}]})";

/// A folder of the test's own.
class Folder {
  public:
    Folder() {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        path_ = std::filesystem::path(testing::TempDir()) /
                fmt::format("meshai_{}_{}_{}", test->test_suite_name(), test->name(), ::getpid());
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string file(const std::string& name, std::string_view text) {
        std::ofstream(path_ / name) << text;
        return (path_ / name).string();
    }
    std::string at(const std::string& name) { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

struct WorkflowTest : testing::Test {
    int check(const std::vector<std::string>& paths, Form form = Form::Table) {
        return check_files(
            paths, form, [this](std::string_view bytes) { desk.out += bytes; },
            [this](std::string_view bytes) { desk.err += bytes; });
    }
    int run(RunWish wish) { return server.loop.run(run_task(desk.session, std::move(wish))); }

    Folder folder;
    ScriptedServer server;
    Desk desk{server};
};

TEST_F(WorkflowTest, AGoodFileIsFineAndNobodyIsAsked) {
    EXPECT_EQ(check({folder.file("article.toml", kGood)}), kOk);
    EXPECT_EQ(desk.out, folder.at("article.toml") + " is fine: 2 steps\n");
    EXPECT_TRUE(server.asked.empty());
}

TEST_F(WorkflowTest, EveryProblemOfEveryFileIsToldWithFileAndPlace) {
    const auto bad = folder.file("bad.json", kBad);
    const auto broken = folder.file("broken.toml", "name = \n");
    EXPECT_EQ(check({bad, folder.file("article.toml", kGood), broken}), kUsage);
    EXPECT_THAT(desk.err, HasSubstr(bad + ": steps[0].agnet: is no member here; did you mean \"agent\"?\n"));
    EXPECT_THAT(desk.err, HasSubstr(bad + ": steps[2].step.task: "));
    EXPECT_THAT(desk.err, HasSubstr(broken + ": line 1: is not TOML"));
    EXPECT_EQ(desk.out, folder.at("article.toml") + " is fine: 2 steps\n");
}

TEST_F(WorkflowTest, WhatDoesNotFitTogetherIsFoundWithoutAServer) {
    const auto path = folder.file(
        "order.json", R"({"steps":[{"id":"a","task":"t"},{"id":"b","task":"${steps.a.result}"}]})");
    EXPECT_EQ(check({path}), kUsage);
    EXPECT_EQ(desk.err, path + ": steps[1].task: steps.a is not before this step; name it in 'after'\n");
}

TEST_F(WorkflowTest, AFileThatIsNotThereIsExitCodeFive) {
    EXPECT_EQ(check({folder.at("nobody.json")}), kNotFound);
    EXPECT_THAT(desk.err, HasSubstr("nobody.json: No such file"));
}

TEST_F(WorkflowTest, ProgramsGetTheProblemsAsJson) {
    const auto path = folder.file("broken.json", "{");
    EXPECT_EQ(check({path}, Form::Json), kUsage);
    const auto reports = parse_json(desk.out).value().as_array();
    EXPECT_EQ(reports.at(0).at("valid"), false);
    EXPECT_EQ(reports.at(0).at("problems").as_array().size(), 1U);
}

TEST_F(WorkflowTest, AFileIsRunAsTheGraphThatItIs) {
    server.on("POST /api/v1/workflows", 201, R"({"task_id":"t_1"})");
    RunWish wish;
    wish.workflow = folder.file("article.toml", kGood);
    wish.input = {"topic=rivers", "words=200"};
    wish.is_detached = true;
    EXPECT_EQ(run(wish), kOk);
    EXPECT_EQ(desk.out, "t_1\n");
    const auto body = parse_json_object(server.bodies.back()).value();
    EXPECT_EQ(body.at("workflow_type"), "graph");
    EXPECT_EQ(body.at("payload").at("name"), "article");
    EXPECT_EQ(to_text(body.at("input")), R"({"topic":"rivers","words":200})");
    EXPECT_FALSE(server.idempotency_keys.empty());
}

TEST_F(WorkflowTest, ANameIsRunByTheServerAndFollowedToItsResult) {
    server.on("POST /api/v1/tasks", 201, R"({"task_id":"t_1"})");
    server.on("GET /api/v1/tasks/t_1/stream",
              stream_of({{"1", R"({"type":"step","step":"draft","state":"completed","progress":100})"},
                         {"2", R"({"type":"complete","status":"completed"})"}}));
    server.on("GET /api/v1/tasks/t_1/result", 200, R"({"result":"An article."})");
    RunWish wish;
    wish.workflow = "article@2";
    wish.task = "rivers";
    EXPECT_EQ(run(wish), kOk);
    EXPECT_EQ(server.bodies.front(), R"({"workflow":"article@2","input":{"task":"rivers"}})");
    EXPECT_EQ(desk.out, "An article.\n");
    EXPECT_EQ(desk.err, "[100%] draft: completed\n");
}

TEST_F(WorkflowTest, AFileWithProblemsIsNotSent) {
    RunWish wish;
    wish.workflow = folder.file("bad.json", kBad);
    EXPECT_EQ(run(wish), kUsage);
    EXPECT_THAT(desk.err, HasSubstr("bad.json: steps[0].agnet: "));
    EXPECT_TRUE(server.asked.empty());
}

TEST(WorkflowInput, IsMadeOfObjectsPairsAndTheTask) {
    const auto input =
        workflow_input({R"({"a":1,"b":"x"})", "b=two words", "c=[1,2]", "d=\"7\"", "e=x=y"}, "Go");
    ASSERT_TRUE(input);
    EXPECT_EQ(to_text(*input), R"({"a":1,"b":"two words","c":[1,2],"d":"7","e":"x=y","task":"Go"})");
    EXPECT_THAT(workflow_input({"topic"}, "").error().message, HasSubstr("name=value"));
    EXPECT_THAT(workflow_input({"{nonsense"}, "").error().message, HasSubstr("no JSON"));
}

TEST_F(WorkflowTest, TheListIsATableAndOneIsShownWithItsSteps) {
    server.on(
        "GET /api/v1/workflows", 200,
        R"({"workflows":[{"name":"article","version":2,"source":"file","step_count":2,"description":"Text."}]})");
    WorkflowListWish wish;
    wish.tag = "text & more";
    EXPECT_EQ(server.loop.run(list_workflows(desk.session, wish)), kOk);
    EXPECT_THAT(server.asked, ElementsAre("GET /api/v1/workflows?limit=50&tag=text%20%26%20more"));
    EXPECT_EQ(desk.out,
              "WORKFLOW  VERSION  SOURCE  STEPS  CATEGORY  DESCRIPTION\n"
              "article   2        file    2                Text.\n");
    desk.out.clear();
    server.on("GET /api/v1/workflows/article%402", 200,
              R"({"name":"article","version":2,"versions":[2,1],
                  "parameters":{"topic":{"required":true,"type":"string"}},
                  "definition":{"name":"article","steps":[{"id":"draft","task":"t","agent":"writer"},
                    {"id":"each","type":"map","after":["draft"],"over":"input.x","step":{"id":"one","task":"t"}}]}})");
    server.on("GET /api/v1/workflows/article@2", 200,
              R"({"name":"article","version":2,"versions":[2,1],
                  "parameters":{"topic":{"required":true,"type":"string"}},
                  "definition":{"name":"article","steps":[{"id":"draft","task":"t","agent":"writer"},
                    {"id":"each","type":"map","after":["draft"],"over":"input.x","step":{"id":"one","task":"t"}}]}})");
    EXPECT_EQ(server.loop.run(show_workflow(desk.session, "article@2", Form::Table)), kOk);
    EXPECT_EQ(desk.out,
              "name      article\nversion   2\nversions  2, 1\n\n"
              "PARAMETER  REQUIRED  TYPE    DESCRIPTION\ntopic      yes       string\n\n"
              "STEP      TYPE   AFTER  AGENT\ndraft     agent         writer\neach      map    draft\n"
              "each/one  agent\n");
}

TEST_F(WorkflowTest, OneThatIsNotThereIsExitCodeFive) {
    EXPECT_EQ(server.loop.run(show_workflow(desk.session, "nobody", Form::Table)), kNotFound);
}

}  // namespace
}  // namespace meshai::cli
