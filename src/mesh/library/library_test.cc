#include "mesh/library/library.h"

#include <gtest/gtest.h>

#include "base/test_loop.h"
#include "store/memory/engine.h"

namespace meshai::mesh {
namespace {

const TenantId kAcme{"acme"};
const TenantId kOther{"other"};

workflow::Definition definition(std::string_view name, std::string_view task) {
    const json::value text{{"name", name}, {"steps", json::array{{{"id", "one"}, {"task", task}}}}};
    return workflow::parse(text).value();
}

struct Shelf {
    TestLoop loop;
    std::shared_ptr<store::MemoryDisk> disk = std::make_shared<store::MemoryDisk>();
    std::unique_ptr<store::MemoryEngine> engine = std::make_unique<store::MemoryEngine>(loop.clock, disk);
    std::unique_ptr<WorkflowLibrary> library =
        std::make_unique<WorkflowLibrary>(*engine, loop.clock, loop.log);

    Result<KeptWorkflow> puts(std::string_view name, std::string_view task, const TenantId& tenant = kAcme) {
        return loop.run(library->put(tenant, Subject{"ann"}, definition(name, task)));
    }
    void restarts() {
        library.reset();
        engine = std::make_unique<store::MemoryEngine>(loop.clock, disk);
        library = std::make_unique<WorkflowLibrary>(*engine, loop.clock, loop.log);
        ASSERT_TRUE(loop.run(library->load()));
    }
};

TEST(Library, HasTheSixOfTheFamilyFromTheStart) {
    Shelf shelf;
    EXPECT_EQ(shelf.library->list(kAcme).size(), 6U);
    const auto review = shelf.library->find(kAcme, "code-review");
    ASSERT_TRUE(review);
    EXPECT_EQ(review->source, WorkflowSource::Predefined);
    EXPECT_EQ(review->definition.version, 1);
}

TEST(Library, KeepsTheVersionsOfATenantOverARestart) {
    Shelf shelf;
    ASSERT_TRUE(shelf.puts("story", "first"));
    ASSERT_TRUE(shelf.puts("story", "second"));
    shelf.restarts();
    EXPECT_EQ(*shelf.library->find(kAcme, "story")->definition.version, 2);
    const auto first = shelf.library->find(kAcme, "story@1");
    ASSERT_TRUE(first);
    EXPECT_EQ(first->origin, "ann");
    EXPECT_EQ(std::get<workflow::AgentWork>(first->definition.steps[0].work).task.as_string(), "first");
    EXPECT_EQ(shelf.library->versions(kAcme, "story").front()->definition.version, 2);
    EXPECT_FALSE(shelf.library->find(kAcme, "story@3"));
    EXPECT_FALSE(shelf.library->find(kAcme, "story@two"));
}

TEST(Library, OneTenantDoesNotSeeTheOthers) {
    Shelf shelf;
    ASSERT_TRUE(shelf.puts("story", "mine"));
    EXPECT_FALSE(shelf.library->find(kOther, "story"));
    EXPECT_EQ(shelf.loop.run(shelf.library->remove(kOther, "story")).error().code, Code::NotFound);
}

TEST(Library, ANameThatComesAgainGoesOnCounting) {
    Shelf shelf;
    ASSERT_TRUE(shelf.puts("story", "first"));
    ASSERT_TRUE(shelf.loop.run(shelf.library->remove(kAcme, "story")));
    EXPECT_FALSE(shelf.library->find(kAcme, "story"));
    EXPECT_EQ(*shelf.puts("story", "again").value()->definition.version, 2);
}

TEST(Library, WhatIsNotATenantsCannotBeRemovedByOneButHidden) {
    Shelf shelf;
    EXPECT_EQ(shelf.loop.run(shelf.library->remove(kAcme, "code-review")).error().code,
              Code::PermissionDenied);
    ASSERT_TRUE(shelf.puts("code-review", "look"));
    EXPECT_EQ(shelf.library->find(kAcme, "code-review")->source, WorkflowSource::Tenant);
    EXPECT_EQ(shelf.library->find(kOther, "code-review")->source, WorkflowSource::Predefined);
    ASSERT_TRUE(shelf.loop.run(shelf.library->remove(kAcme, "code-review")));
    EXPECT_EQ(shelf.library->find(kAcme, "code-review")->source, WorkflowSource::Predefined);
}

TEST(Library, AFileThatChangesIsTheNextVersionAndOneThatGoesIsGone) {
    Shelf shelf;
    shelf.library->set_files({{definition("story", "first")}});
    shelf.library->set_files({{definition("story", "first")}});
    EXPECT_EQ(*shelf.library->find(kAcme, "story")->definition.version, 1);
    shelf.library->set_files({{definition("story", "second")}});
    EXPECT_EQ(*shelf.library->find(kAcme, "story")->definition.version, 2);
    EXPECT_TRUE(shelf.library->find(kAcme, "story@1"));
    shelf.library->set_files({});
    EXPECT_FALSE(shelf.library->find(kAcme, "story"));
}

TEST(Library, OldVersionsGoWhenThereAreTooMany) {
    Shelf shelf;
    for (int i = 0; i < kVersionsKept + 2; ++i) ASSERT_TRUE(shelf.puts("story", std::to_string(i)));
    shelf.restarts();
    EXPECT_EQ(shelf.library->versions(kAcme, "story").size(), static_cast<std::size_t>(kVersionsKept));
    EXPECT_FALSE(shelf.library->find(kAcme, "story@2"));
    EXPECT_TRUE(shelf.library->find(kAcme, "story@3"));
}

}  // namespace
}  // namespace meshai::mesh
