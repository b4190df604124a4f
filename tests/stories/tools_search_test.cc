// Stories of clients that search the mesh and fetch what they find, as the connectors of ChatGPT do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stories/tools_user.h"

namespace meshai::tests {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> titles_of(const json::object& hits) {
    std::vector<std::string> titles;
    for (const auto& hit : hits.at("results").as_array())
        titles.push_back(find_string(hit.as_object(), "title").value_or("?"));
    return titles;
}

// A task that has begun and waits for its agent.
std::string begin_task(ToolsUser& user, World& world, const std::string& words) {
    user.start_with_progress("mesh_execute", {{"task", words}});
    world.loop.settle();
    const auto active = data_of(user.call("list_active_tasks"));
    return find_string(active.at("tasks").at(0).as_object(), "task_id").value_or("");
}

std::vector<std::string> members_of(const json::object& object) {
    std::vector<std::string> names;
    for (const auto& [key, value] : object) names.emplace_back(key);
    return names;
}

TEST(Search, HasTheShapesThatConnectorsOfChatGptAskFor) {
    app::Config config;
    config.server.public_url = "https://mesh.example";
    World world(1, config);
    ToolsUser ann(world);
    auto& call = ann.start("mesh_execute", {{"task", "write a poem about rain"}});
    world.agent_finishes("Drops.");
    const auto id = find_string(data_of(ann.result(call)), "task_id").value_or("");

    const auto hits = ann.call("search", {{"query", "RAIN poem"}});
    EXPECT_THAT(members_of(data_of(hits)), ElementsAre("results"));
    const auto hit = data_of(hits).at("results").at(0).as_object();
    EXPECT_EQ(json::value(hit), (json::value{{"id", "task:" + id},
                                             {"title", "write a poem about rain"},
                                             {"url", "https://mesh.example/api/v1/tasks/" + id}}));
    EXPECT_EQ(parse_json(text_of(hits)).value(), json::value(data_of(hits)));

    const auto found = ann.call("fetch", {{"id", hit.at("id")}});
    EXPECT_THAT(members_of(data_of(found)), ElementsAre("id", "title", "text", "url", "metadata"));
    EXPECT_EQ(data_of(found).at("text"), json::value("Drops."));
    EXPECT_EQ(parse_json(text_of(found)).value(), json::value(data_of(found)));
}

TEST(Search, FindsAgentsAndTasksByKindAndNothingWhereThereIsNothing) {
    World world;
    ToolsUser ann(world);
    begin_task(ann, world, "ask the writer");
    const auto titles = [&](json::object arguments) {
        return titles_of(data_of(ann.call("search", std::move(arguments))));
    };
    EXPECT_THAT(titles({{"query", "writer"}}), ElementsAre("writer", "ask the writer"));
    EXPECT_THAT(titles({{"query", "writer"}, {"type", "tasks"}}), ElementsAre("ask the writer"));
    EXPECT_THAT(titles({{"query", "writer"}, {"type", "agents"}}), ElementsAre("writer"));
    EXPECT_THAT(titles({{"query", "architecture"}, {"type", "workflows"}}),
                ElementsAre("architecture-review"));
    EXPECT_THAT(titles({{"query", "cobblestones"}, {"type", "workflows"}}), IsEmpty());
    EXPECT_THAT(titles({{"query", "zebra"}}), IsEmpty());
    EXPECT_THAT(titles({{"query", ""}}), testing::SizeIs(8));
}

TEST(Search, WhatIsFetchedIsAnAgentATaskOrNotThere) {
    World world;
    ToolsUser ann(world);
    const auto id = begin_task(ann, world, "write a poem");
    world.agent_writes("Roses are");
    EXPECT_EQ(data_of(ann.call("fetch", {{"id", "writer"}})).at("id"), json::value("agent:writer"));
    for (const json::object& arguments :
         {json::object{{"id", id}}, json::object{{"id", id}, {"type", "task"}}})
        EXPECT_EQ(data_of(ann.call("fetch", arguments)).at("text"), json::value("Roses are"));
    const auto review = data_of(ann.call("fetch", {{"id", "workflow:code-review"}}));
    EXPECT_EQ(review.at("title"), json::value("code-review"));
    EXPECT_EQ(review.at("url"), json::value("meshai://workflow/code-review"));
    EXPECT_EQ(code_of_failure(ann.call("fetch", {{"id", "nobody"}})), "AGENT_NOT_FOUND");
    EXPECT_EQ(code_of_failure(ann.call("fetch", {{"id", "task:t_0"}})), "NOT_FOUND");
    EXPECT_EQ(code_of_failure(ann.call("fetch", {{"id", "x"}, {"type", "workflow"}})), "NOT_FOUND");
}

}  // namespace
}  // namespace meshai::tests
