#include "doors/rest/delegate_ask.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "doors/rest/delegate_key.h"

namespace meshai::doors {
namespace {

Result<DelegateAsk> ask(std::string_view text, const std::optional<std::string>& key = {}) {
    return read_delegate_ask(parse_json_object(text).value(), key);
}

TEST(DelegateAsk, NamesTheWorkAndWhoMayDoIt) {
    const auto read = ask(R"({"task":"x","capability":"a","capabilities":["b"],"agent":"c","agents":["d"],
        "context":{"k":1},"timeout_seconds":5,"wait_seconds":0})");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->work.task, "x");
    EXPECT_EQ(read->work.capabilities, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(read->work.agents, (std::vector<std::string>{"c", "d"}));
    EXPECT_EQ(read->work.timeout, std::chrono::seconds(5));
    EXPECT_EQ(read->wait_seconds, 0);
    EXPECT_EQ(ask(R"({"input":{"n":1}})")->work.task, (json::value{{"n", 1}}));
}

TEST(DelegateAsk, IsTheSameWorkHoweverLongOneWaits) {
    const auto first = ask(R"({"task":"x"})")->work.step;
    EXPECT_EQ(ask(R"({"task":"x","wait_seconds":3})")->work.step, first);
    EXPECT_NE(ask(R"({"task":"y"})")->work.step, first);
    EXPECT_NE(ask(R"({"task":"x"})", "k1")->work.step, first);
    EXPECT_EQ(ask(R"({"task":"x"})", "k1")->work.step, ask(R"({"task":"y"})", "k1")->work.step);
}

struct Wrong {
    const char* body;
    const char* member;
};
TEST(DelegateAsk, SaysWhichMemberIsWrong) {
    for (const auto& [body, member] :
         {Wrong{R"({"task":"x","capability":1})", "capability"},
          Wrong{R"({"task":"x","agents":"a"})", "agents"}, Wrong{R"({"task":"x","context":[]})", "context"},
          Wrong{R"({"task":"x","timeout_seconds":0})", "timeout_seconds"},
          Wrong{R"({"task":"x","timeout_seconds":"1"})", "timeout_seconds"},
          Wrong{R"({"task":"x","wait_seconds":51})", "wait_seconds"}}) {
        const auto read = ask(body);
        ASSERT_FALSE(read) << body;
        EXPECT_NE(read.error().message.find(member), std::string::npos) << read.error().message;
    }
}

TEST(DelegateKey, IsReadBackByWhoSealedItAndByNobodyElse) {
    SeededRandom random(1);
    const Seal ours(Seal::Key{1}, random);
    const Seal theirs(Seal::Key{2}, random);
    const DelegateKey key{TenantId{"acme"}, TaskId{"t_1"}, 2, wall_of(1'737'028'800'125)};
    const auto text = seal_delegate_key(ours, key);
    ASSERT_TRUE(open_delegate_key(ours, text));
    EXPECT_EQ(*open_delegate_key(ours, text), key);
    EXPECT_FALSE(open_delegate_key(theirs, text));
    EXPECT_FALSE(open_delegate_key(ours, ""));
    EXPECT_FALSE(open_delegate_key(ours, std::string(kDelegateKeyBytesMax + 1, 'a')));
    // A seal that was made for something else is no key.
    EXPECT_FALSE(open_delegate_key(ours, ours.seal(R"({"tenant":"acme","task":"t_1"})", "another purpose")));
}

}  // namespace
}  // namespace meshai::doors
