#include <gtest/gtest.h>

#include "mesh/conductor/workflow_world_test.h"

namespace meshai::mesh {
namespace {

TEST(Workflow, StepsRunOneAfterTheOtherAndHandTheirResultsOn) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"report","steps":[
        {"id":"draft","task":"Write about ${input.topic}","agent":"writer"},
        {"id":"check","task":"Check: ${steps.draft.result}","agent":"critic","after":["draft"]}]})",
                                   {{"topic", "Rome"}});
    ASSERT_EQ(world.tasks(), (Words{"writer: Write about Rome"}));
    world.call(0).finishes("All roads.");
    world.loop.settle();
    ASSERT_EQ(world.tasks(), (Words{"writer: Write about Rome", "critic: Check: All roads."}));
    world.call(1).finishes("Fine.");
    world.loop.settle();
    const auto view = world.view(id);
    ASSERT_TRUE(view.completed) << world.story(id);
    EXPECT_EQ(view.completed->result, json::value("Fine."));
    EXPECT_EQ(view.percent, 100);
    EXPECT_EQ(world.steps(id), (Words{"check completed", "draft completed"}));
    EXPECT_EQ(world.lines(id),
              (Words{"50% Step \"draft\" is done (1 of 2)", "100% Step \"check\" is done (2 of 2)"}));
}

}  // namespace
}  // namespace meshai::mesh
