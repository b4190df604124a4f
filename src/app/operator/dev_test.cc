#include "app/operator/dev.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "app/operator/running.h"

namespace meshai::app {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Dev, SaysAllThatIsNeededInTwelveLines) {
    const FoundModel model{
        "http://127.0.0.1:11434/v1", "llama3", {}, "Ollama or its like answers on port 11434"};
    for (const auto& found : {std::optional<FoundModel>{model}, std::optional<FoundModel>{}}) {
        const auto words = dev_words("http://127.0.0.1:8080", "msk_test_abc", "", found);
        EXPECT_LE(std::ranges::count(words, '\n'), 12);
        EXPECT_THAT(words, StartsWith("ready http://127.0.0.1:8080 "));
        EXPECT_THAT(words, HasSubstr("msk_test_abc"));
        EXPECT_THAT(words, HasSubstr("curl -N"));
    }
}

TEST(Dev, WithoutAModelItSaysHowToAddAnAgent) {
    EXPECT_THAT(dev_words("http://127.0.0.1:8080", "k", "", std::nullopt), HasSubstr("meshai agent add"));
}

TEST(Running, TheUrlIsOneThatCanBeCalled) {
    EXPECT_EQ(url_of("127.0.0.1", 8080, false), "http://127.0.0.1:8080");
    EXPECT_EQ(url_of("0.0.0.0", 443, true), "https://127.0.0.1:443");
    EXPECT_EQ(url_of("::", 80, false), "http://[::1]:80");
}

}  // namespace
}  // namespace meshai::app
