// What docs/configuration.md says is what the program does.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "app/config/load.h"
#include "app/config/schema.h"

namespace meshai::app {
namespace {

using testing::HasSubstr;

std::string documentation() {
    return read_text_file(MESHAI_DOCS "/configuration.md", kConfigBytesMax).value();
}

TEST(ConfigurationPage, ItsCompleteFileIsAccepted) {
    const auto page = documentation();
    const auto begin = page.find("```toml\n");
    ASSERT_NE(begin, std::string::npos);
    const auto end = page.find("```", begin + 8);
    const auto reading =
        read_config({.text = page.substr(begin + 8, end - begin - 8), .folder = "/etc/meshai"});
    EXPECT_EQ(describe(reading.problems, "sample"), "");
    EXPECT_EQ(reading.config.agents.size(), 4U);
}

TEST(ConfigurationPage, NamesEveryKeyWithItsDefault) {
    const auto page = documentation();
    Config config;
    for (const auto& section : sections())
        for (const auto& key : section.keys)
            EXPECT_THAT(page,
                        HasSubstr(fmt::format("| `{}` | `{}` |", key.name, slot_text(key.slot(config)))));
    for (const auto& key : agent_keys()) EXPECT_THAT(page, HasSubstr(fmt::format("`{}`", key.name)));
}

}  // namespace
}  // namespace meshai::app
