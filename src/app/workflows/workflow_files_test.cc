#include "app/workflows/workflow_files.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "base/test_loop.h"
#include "store/memory/engine.h"

namespace meshai::app {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const TenantId kAcme{"acme"};

std::filesystem::path fresh_folder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    auto folder = std::filesystem::path(testing::TempDir()) /
                  fmt::format("meshai_{}_{}_{}", test->test_suite_name(), test->name(), ::getpid());
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    return folder;
}

class WorkflowFilesTest : public testing::Test {
  protected:
    ~WorkflowFilesTest() override { std::filesystem::remove_all(folder_); }

    /// Each write is later than the one before, however coarse the disk's clock is.
    void write(const std::string& name, std::string_view text) {
        std::ofstream(folder_ / name, std::ios::trunc) << text;
        std::filesystem::last_write_time(folder_ / name, written_ += 1s);
    }
    void removes(const std::string& name) { std::filesystem::remove(folder_ / name); }

    static std::string doing(std::string_view task) {
        return fmt::format(R"({{"steps":[{{"id":"one","task":"{}"}}]}})", task);
    }

    /// "Write it v1" of the newest version; empty where there is none.
    std::string task_of(const std::string& name) {
        const auto kept = library.find(kAcme, name);
        if (!kept) return {};
        const auto& work = std::get<workflow::AgentWork>(kept->definition.steps.front().work);
        return fmt::format("{} v{}", std::string_view(work.task.as_string()),
                           kept->definition.version.value_or(0));
    }
    std::vector<std::string> complaints() {
        std::vector<std::string> found;
        for (const auto& line : loop.log.lines())
            if (line.starts_with("ERROR")) found.push_back(line);
        return found;
    }

    std::filesystem::path folder_ = fresh_folder();
    std::filesystem::file_time_type written_ = std::filesystem::last_write_time(folder_);
    TestLoop loop;
    store::MemoryEngine engine{loop.clock, std::make_shared<store::MemoryDisk>()};
    mesh::WorkflowLibrary library{engine, loop.clock, loop.log};
    WorkflowFiles files{folder_.string(), library, loop.clock, loop.log};
};

TEST_F(WorkflowFilesTest, AreThereFromTheFirstLookUnderTheirNames) {
    write("story.json", doing("Write it"));
    write("other.toml", "name = \"poem\"\n[[steps]]\nid = \"one\"\ntask = \"Rhyme\"\n");
    write("readme.md", "Not one.");
    write(".#story.json", "{an editor's own");
    files.look();
    EXPECT_EQ(task_of("story"), "Write it v1");
    EXPECT_EQ(task_of("poem"), "Rhyme v1");
    ASSERT_TRUE(library.find(kAcme, "story"));
    EXPECT_EQ(library.find(kAcme, "story")->source, mesh::WorkflowSource::File);
    EXPECT_EQ(library.find(kAcme, "story")->origin, "story.json");
    EXPECT_THAT(complaints(), IsEmpty());
}

TEST_F(WorkflowFilesTest, AreReadAgainWhenTheyChangeAndAreThenTheNextVersion) {
    write("story.json", doing("Write it"));
    files.look();
    loop.scope.spawn("files", files.run());
    write("story.json", doing("Write it well"));
    write("poem.json", doing("Rhyme"));
    loop.passes(kFolderPeriod);
    EXPECT_EQ(task_of("story"), "Write it well v2");
    EXPECT_EQ(task_of("story@1"), "Write it v1");
    EXPECT_EQ(task_of("poem"), "Rhyme v1");
    removes("poem.json");
    loop.passes(kFolderPeriod);
    EXPECT_EQ(task_of("poem"), "");
    EXPECT_EQ(task_of("story"), "Write it well v2");
}

TEST_F(WorkflowFilesTest, OneThatIsWrongIsToldOnceAChangeAndWhatItSaidGoesOn) {
    write("story.json", doing("Write it"));
    files.look();
    write("story.json", R"({"steps":[{"id":"one","task":"t","agnet":"w"},{"id":"two"}]})");
    files.look();
    files.look();
    write("poem.json", doing("Rhyme"));
    files.look();
    EXPECT_EQ(task_of("story"), "Write it v1");
    EXPECT_EQ(task_of("poem"), "Rhyme v1");
    ASSERT_EQ(complaints().size(), 1U);
    EXPECT_THAT(complaints().front(), HasSubstr("file=story.json"));
    EXPECT_THAT(complaints().front(), HasSubstr("steps[0].agnet: "));
    EXPECT_THAT(complaints().front(), HasSubstr("steps[1]"));
    EXPECT_THAT(complaints().front(), HasSubstr("what it said before goes on"));

    write("story.json", "{");
    files.look();
    EXPECT_EQ(complaints().size(), 2U);
    write("story.json", doing("Write it well"));
    files.look();
    EXPECT_EQ(task_of("story"), "Write it well v2");
    EXPECT_EQ(complaints().size(), 2U);
}

TEST_F(WorkflowFilesTest, MayRunEachOtherWhicheverComesFirst) {
    write("all.json", R"({"steps":[{"id":"a","type":"workflow","workflow":"part"}]})");
    files.look();
    EXPECT_THAT(complaints(), Contains(HasSubstr("part")));
    EXPECT_FALSE(library.find(kAcme, "all"));
    write("part.json", doing("A part"));
    files.look();
    EXPECT_TRUE(library.find(kAcme, "all"));
    EXPECT_EQ(complaints().size(), 1U);
}

TEST_F(WorkflowFilesTest, TwoOfOneNameAreAProblemOfTheSecond) {
    write("a.json", R"({"name":"story","steps":[{"id":"one","task":"First"}]})");
    write("b.json", R"({"name":"story","steps":[{"id":"one","task":"Second"}]})");
    files.look();
    EXPECT_EQ(task_of("story"), "First v1");
    EXPECT_THAT(complaints(), Contains(HasSubstr("is the name in a.json, too")));
    removes("a.json");
    files.look();
    EXPECT_EQ(task_of("story"), "Second v2");
}

TEST_F(WorkflowFilesTest, AFileWhoseNameIsNoneNeedsOneInside) {
    write("My Story.json", doing("Write it"));
    files.look();
    EXPECT_THAT(complaints(), Contains(HasSubstr("name: is missing")));
    write("My Story.json", R"({"name":"story","steps":[{"id":"one","task":"Write it"}]})");
    files.look();
    EXPECT_EQ(task_of("story"), "Write it v1");
}

TEST_F(WorkflowFilesTest, AFolderThatIsAwayIsToldOnceAndTakesNothingWithIt) {
    write("story.json", doing("Write it"));
    files.look();
    std::filesystem::rename(folder_, folder_.string() + "_away");
    files.look();
    files.look();
    EXPECT_EQ(task_of("story"), "Write it v1");
    EXPECT_EQ(complaints().size(), 1U);
    std::filesystem::rename(folder_.string() + "_away", folder_);
    files.look();
    EXPECT_EQ(task_of("story"), "Write it v1");
    EXPECT_THAT(complaints(), Not(Contains(HasSubstr("wrong"))));
}

}  // namespace
}  // namespace meshai::app
