#include "workflow/text.h"

#include <gmock/gmock.h>

#include "workflow/samples_test.h"

namespace meshai::workflow {
namespace {

using testing::HasSubstr;

std::string problems_of(std::string_view text, Language language) {
    const auto got = read_text(text, language);
    return got ? "" : listed(got.error());
}

TEST(Text, TheLanguageIsTheEndOfTheFilesName) {
    EXPECT_EQ(language_of("flows/article.json"), Language::Json);
    EXPECT_EQ(language_of("article.toml"), Language::Toml);
    EXPECT_EQ(language_of("article.yaml"), std::nullopt);
    EXPECT_EQ(language_of("article"), std::nullopt);
}

TEST(Text, TomlAndJsonGiveTheSameDefinition) {
    const auto toml = read_text(R"(
name = "night"
timeout = 90.5
[[steps]]
id = "rest"
type = "wait"
until = 2026-01-31T09:00:00Z
[[steps]]
id = "both"
type = "parallel"
after = ["rest"]
  [[steps.steps]]
  id = "a"
  task = "Do it"
  parameters.heat.start = 0.5
)",
                                Language::Toml);
    const auto json = read_text(R"({"name":"night","timeout":90.5,"steps":[
        {"id":"rest","type":"wait","until":"2026-01-31T09:00:00Z"},
        {"id":"both","type":"parallel","after":["rest"],
         "steps":[{"id":"a","task":"Do it","parameters":{"heat":{"start":0.5}}}]}]})",
                                Language::Json);
    ASSERT_TRUE(toml) << listed(toml.error());
    ASSERT_TRUE(json) << listed(json.error());
    EXPECT_EQ(*toml, *json);
}

TEST(Text, WhatIsWrongInADefinitionHasItsPlaceInBothLanguages) {
    EXPECT_EQ(problems_of("[[steps]]\nid = \"a\"\ntask = \"t\"\nagnet = \"w\"\n", Language::Toml),
              "steps[0].agnet: is no member here; did you mean \"agent\"?\n");
    EXPECT_EQ(problems_of(R"({"steps":[{"id":"a","task":"t","agnet":"w"}]})", Language::Json),
              "steps[0].agnet: is no member here; did you mean \"agent\"?\n");
}

TEST(Text, WhatIsNotTheLanguageSaysWhere) {
    EXPECT_THAT(problems_of("name = \"a\"\nsteps = [\n", Language::Toml), HasSubstr("is not TOML"));
    EXPECT_THAT(problems_of("name = \"a\"\nsteps == 1\n", Language::Toml), HasSubstr("line 2: "));
    EXPECT_THAT(problems_of("{\"name\": }", Language::Json), HasSubstr("is not JSON: "));
    EXPECT_THAT(problems_of("{\"name\": \"\xff\"}", Language::Json), HasSubstr("is not UTF-8"));
}

TEST(Text, NoTextIsTooLongOrTooDeepForIt) {
    EXPECT_THAT(problems_of(std::string(kTextBytesMax + 1, ' '), Language::Json), HasSubstr("has more than"));
    std::string key = "a";
    for (int i = 0; i < 300'000; ++i) key += ".a";
    EXPECT_THAT(problems_of(key + " = 1", Language::Toml), HasSubstr("dots; break it"));
    EXPECT_THAT(problems_of("[" + key + "]", Language::Toml), HasSubstr("dots; break it"));
    EXPECT_THAT(problems_of("x = " + std::string(100'000, '['), Language::Toml), HasSubstr("is not TOML"));
    EXPECT_THAT(problems_of(std::string(100'000, '['), Language::Json), HasSubstr("is not JSON"));
}

TEST(Text, WhatIsDeeperThanJsonMayBeIsRefused) {
    std::string key = "parameters";
    for (std::size_t i = 0; i < kJsonDepthMax; ++i) key += ".a";
    EXPECT_THAT(problems_of("[[steps]]\nid = \"a\"\ntask = \"t\"\n" + key + " = 1\n", Language::Toml),
                HasSubstr("has more than 64 levels"));
}

}  // namespace
}  // namespace meshai::workflow
