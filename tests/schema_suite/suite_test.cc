// Runs the official JSON-Schema-Test-Suite for 2020-12, every file of it, and
// compares with expected.h in both directions: a case that is not listed there
// passes, and a case that is listed there does not.
//
// The suite lies where `./dev test` puts it, or where MESHAI_SCHEMA_SUITE_DIR says.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/schema_suite/expected.h"
#include "wire/schema/schema.h"

namespace meshai::wire::schema {
namespace {

namespace fs = std::filesystem;

/// The suite's own name of the server of its remote documents.
constexpr auto kRemoteBase = "http://localhost:1234/";

/// A few cases are about values that are nested as deep as any.
constexpr std::size_t kDepthMax = 64;

fs::path suite() {
    const auto* said = std::getenv("MESHAI_SCHEMA_SUITE_DIR");
    return said != nullptr ? said : MESHAI_SCHEMA_SUITE;
}

json::value read(const fs::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    auto value = parse_json(text.str(), kDepthMax);
    EXPECT_TRUE(value) << path << ": " << (value ? "" : value.error().message);
    return value ? *value : json::value();
}

std::vector<fs::path> files_of(const fs::path& folder) {
    std::vector<fs::path> files;
    if (fs::is_directory(folder))
        for (const auto& entry : fs::directory_iterator(folder))
            if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

/// The documents that the suite expects on its server, handed in: nothing is fetched.
Documents remotes() {
    Documents documents;
    const auto folder = suite() / "remotes";
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        const auto name = fs::relative(entry.path(), folder).generic_string();
        if (entry.path().extension() == ".json") documents.emplace(kRemoteBase + name, read(entry.path()));
    }
    return documents;
}

struct Outcome {
    std::size_t passed = 0;
    std::size_t excluded = 0;
    std::vector<std::string> failed;          ///< not expected to
    std::set<std::string> exclusions_in_use;  ///< with a case that did fail
};

std::string text(const json::value& object, const char* member) {
    return std::string(object.at(member).as_string());
}

void run_group(const std::string& file, const json::value& group, const Documents& documents,
               Outcome& outcome) {
    const auto schema = Schema::compile(group.at("schema"), documents);
    const auto name = file + ": " + text(group, "description");
    const auto* exclusion = exclusion_of(name);
    for (const auto& one : group.at("tests").as_array()) {
        const auto status = schema ? schema->check(one.at("data")) : Status(schema.error());
        const bool passes = schema && status.has_value() == one.at("valid").as_bool();
        if (passes) {
            ++outcome.passed;
        } else if (exclusion != nullptr) {
            ++outcome.excluded;
            outcome.exclusions_in_use.insert(exclusion->group);
        } else {
            outcome.failed.push_back(fmt::format("{}: {}: {}", name, text(one, "description"),
                                                 status ? "valid" : status.error().message));
        }
    }
}

Outcome run(const fs::path& folder) {
    const auto documents = remotes();
    Outcome outcome;
    for (const auto& file : files_of(folder)) {
        const auto name = fs::relative(file, suite() / "tests" / "draft2020-12").generic_string();
        for (const auto& group : read(file).as_array()) run_group(name, group, documents, outcome);
    }
    return outcome;
}

void expect(const Outcome& outcome, std::string_view part, Count count) {
    fmt::print("JSON-Schema-Test-Suite 2020-12, {}: {} passed, {} excluded, {} failed\n", part,
               outcome.passed, outcome.excluded, outcome.failed.size());
    for (const auto& failed : outcome.failed) ADD_FAILURE() << failed;
    EXPECT_EQ(outcome.passed, count.passed);
    EXPECT_EQ(outcome.excluded, count.excluded);
}

class SchemaSuite : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(fs::is_directory(suite() / "tests" / "draft2020-12"))
            << suite() << " is not there; ./dev test brings it, or set MESHAI_SCHEMA_SUITE_DIR.";
    }
};

TEST_F(SchemaSuite, EveryRequiredCasePasses) {
    expect(run(suite() / "tests" / "draft2020-12"), "required", kRequired);
}

TEST_F(SchemaSuite, OptionalCasesPassExceptTheListedOnes) {
    const auto outcome = run(suite() / "tests" / "draft2020-12" / "optional");
    expect(outcome, "optional", kOptional);
    for (const auto& exclusion : kExclusions)
        EXPECT_TRUE(outcome.exclusions_in_use.contains(exclusion.group))
            << exclusion.group << " passes now; take it off the list.";
}

// Formats are annotations here, so no `format` ever refuses a value. What must hold is that none breaks.
TEST_F(SchemaSuite, FormatsAreReadAndRefuseNothing) {
    const auto folder = suite() / "tests" / "draft2020-12" / "optional" / "format";
    ASSERT_FALSE(files_of(folder).empty());
    for (const auto& file : files_of(folder))
        for (const auto& group : read(file).as_array()) {
            const auto schema = Schema::compile(group.at("schema"));
            ASSERT_TRUE(schema) << file << schema.error().message;
            for (const auto& one : group.at("tests").as_array())
                EXPECT_TRUE(schema->check(one.at("data"))) << one;
        }
}

}  // namespace
}  // namespace meshai::wire::schema
