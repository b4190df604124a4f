#include "doors/mcp/tasks/shown.h"

#include "doors/mcp/tasks/tasks_world_test.h"

namespace meshai::doors::mcp {
namespace {

using task::Body;
using wire::mcp::TaskStatus;

const TaskId kId{"t_1"};

task::View view_of(const std::vector<Body>& bodies) {
    task::View view;
    for (const auto& body : bodies)
        view =
            task::apply(std::move(view), {view.last.next(), EventId{"e"},
                                          wall_of(1000 * static_cast<std::int64_t>(view.last.value)), body});
    return view;
}

wire::mcp::Task shown(const std::vector<Body>& bodies, std::optional<Millis> kept = {}) {
    FewTools toolbox;
    return shown_task(toolbox, kept, kId, view_of(bodies));
}

Body progress(std::string message, std::optional<double> percent = {}) {
    return task::Progress{.message = std::move(message), .percent = percent};
}

struct ShownCase {
    std::string_view name;
    std::vector<Body> bodies;
    TaskStatus status;
    std::string_view line;
};

class ShownTask : public testing::TestWithParam<ShownCase> {};

TEST_P(ShownTask, IsTheFoldOfItsLog) {
    const auto& one = GetParam();
    const auto task = shown(one.bodies);
    EXPECT_EQ(task.id, "t_1");
    EXPECT_EQ(task.status, one.status);
    EXPECT_EQ(task.status_message, one.line);
}

const task::Submitted kPoem{};
const task::Started kStarted{1, AgentId{"a"}, "writer", ""};

const ShownCase kShown[] = {
    {"Pending", {kPoem}, TaskStatus::Working, "Waiting for an agent"},
    {"Routing",
     {kPoem, task::Routed{AgentId{"a"}, "writer"}},
     TaskStatus::Working,
     "Agent writer was chosen"},
    {"Executing", {kPoem, kStarted}, TaskStatus::Working, "Agent writer has started"},
    {"WithALine", {kPoem, kStarted, progress("Rhyming")}, TaskStatus::Working, "Rhyming"},
    {"WithAPercentage", {kPoem, kStarted, progress("Rhyming", 40)}, TaskStatus::Working, "Rhyming (40 %)"},
    {"Asking",
     {kPoem, kStarted, task::InputRequired{"k", "Sure?"}},
     TaskStatus::InputRequired,
     "The task waits for an answer"},
    {"Answered",
     {kPoem, kStarted, task::InputRequired{"k", "Sure?"}, task::InputGiven{"k", true, {}}},
     TaskStatus::Working,
     "Agent writer has started"},
    {"Completed", {kPoem, kStarted, task::Completed{"Roses"}}, TaskStatus::Completed, ""},
    {"Failed", {kPoem, task::Failed{Code::Timeout, "Too late."}}, TaskStatus::Failed, "Too late."},
    {"Cancelled",
     {kPoem, task::Cancelled{"ann", "changed my mind"}},
     TaskStatus::Cancelled,
     "changed my mind"},
};

INSTANTIATE_TEST_SUITE_P(States, ShownTask, testing::ValuesIn(kShown),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ShownTasks, SayWhenTheyBeganAndWhenTheyChanged) {
    const auto task = shown({kPoem, kStarted, progress("Rhyming")});
    EXPECT_EQ(task.created_at, wall_of(0));
    EXPECT_EQ(task.updated_at, wall_of(2000));
}

// K3: a task is never gone before the time that was promised for it.
TEST(ShownTasks, AreKeptAtLeastAsLongAsTheySay) {
    EXPECT_EQ(shown({kPoem, kStarted}, Millis{5000}).ttl, Millis{5000});
    EXPECT_EQ(shown({kPoem, kStarted, task::Completed{"x"}}, Millis{5000}).ttl, Millis{7000});
    EXPECT_FALSE(shown({kPoem, kStarted}).ttl);
}

TEST(ShownTasks, ShowOnlyQuestionsThatWait) {
    const auto question = wire::mcp::to_json(TasksWorld::name_form());
    const auto task = shown({kPoem, kStarted, task::InputRequired{"a", question},
                             task::InputRequired{"b", question}, task::InputGiven{"a", 1, {}}});
    ASSERT_EQ(task.questions.size(), 1U);
    EXPECT_EQ(wire::mcp::to_json(task.questions.at("b")), question);
}

TEST(ShownTasks, PutAQuestionOfAnyKindAsAForm) {
    const auto questions = shown({kPoem, kStarted, task::InputRequired{"a", "Sure?"}}).questions;
    const auto& form = std::get<wire::mcp::FormQuestion>(questions.at("a"));
    EXPECT_EQ(form.message, "Sure?");
    EXPECT_TRUE(form.schema.contains("properties"));
}

}  // namespace
}  // namespace meshai::doors::mcp
