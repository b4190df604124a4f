#include "doors/tools/places.h"

#include <gtest/gtest.h>

namespace meshai::doors {
namespace {

TEST(Places, WhatSearchNamesFetchFinds) {
    const Found task{Found::Kind::Task, "t_1"};
    const auto again = found_of(found_id(task), Found::Kind::Agent);
    EXPECT_EQ(again.kind, Found::Kind::Task);
    EXPECT_EQ(again.id, "t_1");
    EXPECT_EQ(found_of("writer", Found::Kind::Agent).id, "writer");
    EXPECT_EQ(found_of(found_id({Found::Kind::Workflow, "review"}), Found::Kind::Agent).kind,
              Found::Kind::Workflow);
}

TEST(Places, APersonGetsAUrlWhereTheServerKnowsItsOwn) {
    EXPECT_EQ(url_of({Found::Kind::Agent, "a_1"}, "https://mesh.example"),
              "https://mesh.example/api/v1/agents/a_1");
    EXPECT_EQ(url_of({Found::Kind::Task, "t_1"}, ""), "meshai://tasks/t_1");
}

TEST(Places, UrisNameTheRegistryAnAgentATaskAndItsEvents) {
    EXPECT_EQ(place_of("meshai://agents/registry")->what, Place::What::AllAgents);
    EXPECT_EQ(place_of("meshai://agents/writer")->id, "writer");
    EXPECT_EQ(place_of("meshai://workflow/review")->what, Place::What::Workflow);
    EXPECT_EQ(place_of("meshai://tasks/t_1")->what, Place::What::Task);
    EXPECT_EQ(place_of("meshai://tasks/t_1/events")->what, Place::What::TaskEvents);
    for (const auto* uri :
         {"", "meshai://", "meshai://tasks/", "meshai://tasks//events", "meshai://tasks/a/b",
          "meshai://agents/", "file:///etc/passwd", "meshai://agents/../tasks"})
        EXPECT_FALSE(place_of(uri)) << uri;
}

}  // namespace
}  // namespace meshai::doors
