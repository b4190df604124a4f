#include "doors/live/line.h"

#include <gtest/gtest.h>

#include "doors/live/filter.h"
#include "wire/meshai/frames.h"

namespace meshai::doors::live {
namespace {

const TaskId kTask{"t_01JHQXTH00WCXXNSGXPS8R6Z5C"};

task::FeedItem item(task::Body body) {
    task::FeedItem made{
        kTask, {}, {Seq{7}, EventId{"e_1"}, wall_of(1737028800125), std::move(body)}, "cursor"};
    made.origin.root = kTask;
    made.origin.subject = Subject{"alice"};
    return made;
}

struct Row {
    std::string name;
    task::Body body;
    std::string line;  // behind the members that every line has
};

class ALine : public testing::TestWithParam<Row> {};

TEST_P(ALine, SaysWhatTheEventSays) {
    EXPECT_EQ(event_line(item(GetParam().body)),
              R"({"type":")" + std::string(task::kind(GetParam().body)) + R"(","task_id":")" + kTask.value +
                  R"(","seq":7,"at":"2025-01-16T12:00:00.125Z",)" + GetParam().line + "}");
}

INSTANTIATE_TEST_SUITE_P(
    Events, ALine,
    testing::Values(
        Row{"Started", task::Started{2, AgentId{"a_1"}, "writer", "it was lost"},
            R"("agent_id":"a_1","agent":"writer","attempt":2,)"
            R"("message":"Agent writer has started again, attempt 2",)"
            R"("details":{"current_step":"executing","agent":"writer","agent_id":"a_1","attempt":2,)"
            R"("reason":"it was lost"})"},
        Row{"Progress", task::Progress{"half", 50.0, "draft", AgentId{"a_1"}, {}},
            R"("agent_id":"a_1","message":"half","details":{"current_step":"draft","agent":"a_1"},)"
            R"("step":"draft","progress":50)"},
        Row{"Output", task::Output{"Roses", 1}, R"("text":"Roses","attempt":1)"},
        Row{"Spent", task::Spent{{1, 2, 0.5}, 1},
            R"("attempt":1,"usage":{"input_tokens":1,"output_tokens":2,"cost":5E-1})"},
        Row{"Completed", task::Completed{"a poem", {}, AgentId{"a_1"}, 1},
            R"("agent_id":"a_1","attempt":1,"data":{"text":"a poem"},"progress":100)"},
        Row{"Failed", task::Failed{Code::AgentFailed, "no ink", {}},
            R"("message":"no ink","code":"TASK_EXECUTION_FAILED","details":{})"},
        Row{"Cancelled", task::Cancelled{"alice", "too late"}, R"("by":"alice","message":"too late")"}),
    [](const auto& one) { return one.param.name; });

TEST(ALineOfTheFeed, NamesTheWorkflowAndTheParent) {
    auto child = item(task::Output{"x", 1});
    child.origin.parent = TaskId{"t_parent"};
    child.origin.root = TaskId{"t_root"};
    child.origin.workflow = "review";
    const auto line = event_line(child);
    EXPECT_NE(line.find(R"("parent_task_id":"t_parent","root_task_id":"t_root","workflow":"review")"),
              std::string::npos)
        << line;
}

TEST(ALineOfTheFeed, IsNeverLargerThanAFrameWhateverIsInIt) {
    const std::string large(1U << 20U, '\x01');
    task::Submitted submitted;
    submitted.request.input = json::string(large);
    for (const auto& body :
         {task::Body(submitted), task::Body(task::Completed{json::string(large), {}, {}, 1}),
          task::Body(task::Failed{Code::Internal, large, {{"x", large}}, {}}),
          task::Body(task::Progress{large.substr(0, 8000), 1.0, large, AgentId{large}, {{"x", large}}}),
          task::Body(task::InputRequired{"k", json::string(large), {}}),
          task::Body(task::Relayed{"s", kTask, Seq{1}, {{"x", large}}}),
          task::Body(task::Cancelled{"x", large.substr(0, 8000)})}) {
        const auto line = event_line(item(body));
        EXPECT_LE(line.size(), wire::guide::kFrameBytesMax) << task::kind(body);
        EXPECT_TRUE(parse_json_object(line)) << task::kind(body);
    }
}

TEST(AFilter, KnowsEveryKindThereIs) {
    EXPECT_EQ(kinds().size(), std::variant_size_v<task::Body>);
    for (const auto kind : kinds()) EXPECT_TRUE(make_filter({std::string(kind)}, {}, {}, {})) << kind;
    EXPECT_EQ(make_filter({"poem"}, {}, {}, {}).error().code, Code::InvalidArgument);
}

TEST(AFilter, WantsWhatFitsAllItsNames) {
    Facts facts{.task = TaskId{"t_1"}, .root = TaskId{"t_0"}, .workflow = "review", .kind = "progress"};
    facts.working = AgentId{"a_1"};
    EXPECT_TRUE(Filter{}.wants(facts));
    EXPECT_TRUE((Filter{.tasks = {TaskId{"t_1"}, TaskId{"t_2"}}}.wants(facts)));
    EXPECT_TRUE((Filter{.tasks = {TaskId{"t_0"}}}.wants(facts))) << "a task below it";
    EXPECT_FALSE((Filter{.tasks = {TaskId{"t_2"}}}.wants(facts)));
    EXPECT_TRUE((Filter{.agents = {AgentId{"a_1"}}, .workflows = {"review"}}.wants(facts)));
    EXPECT_FALSE((Filter{.agents = {AgentId{"a_2"}}, .workflows = {"review"}}.wants(facts)));
    EXPECT_FALSE((Filter{.kinds = {"failed"}}.wants(facts)));
    facts.kind = "output";
    EXPECT_FALSE(Filter{}.wants(facts));
    EXPECT_TRUE((Filter{.kinds = {"output"}}.wants(facts)));
}

}  // namespace
}  // namespace meshai::doors::live
