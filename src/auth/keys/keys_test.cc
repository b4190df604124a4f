#include "auth/keys/keys.h"

#include <gmock/gmock.h>

#include "auth/keys/row.h"
#include "base/test_loop.h"
#include "store/memory/engine.h"

namespace meshai::auth {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class KeysTest : public testing::Test {
  protected:
    NewKey wanted(std::string tenant = "acme") {
        NewKey key;
        key.tenant = TenantId{std::move(tenant)};
        key.name = "laptop";
        return key;
    }

    CreatedKey create(NewKey key) {
        auto created = loop.run(keys.create(std::move(key)));
        EXPECT_TRUE(created) << created.error().message;
        return created.value_or(CreatedKey{});
    }

    Code refusal(NewKey key) {
        const auto created = loop.run(keys.create(std::move(key)));
        return created ? Code::Internal : created.error().code;
    }

    TestLoop loop;
    store::MemoryEngine engine{loop.clock};
    Keys keys{engine, loop.clock, loop.random};
};

TEST_F(KeysTest, AKeyIsShownOnceAndFoundByWhatItOpens) {
    const auto created = create(wanted());
    EXPECT_THAT(created.key, MatchesRegex("msk_live_[0-9A-Za-z]{43}"));
    EXPECT_TRUE(is_id(created.record.id, "k_")) << created.record.id;

    const auto found = loop.run(keys.look_up(created.key));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, created.record.id);
    EXPECT_EQ(found->tenant, TenantId{"acme"});
    EXPECT_EQ(found->subject, Subject{"laptop"});
    EXPECT_EQ(found->scopes, (std::vector<std::string>{"mcp:read", "mcp:execute", "mcp:manage"}));
}

TEST_F(KeysTest, ATestKeySaysSo) {
    auto key = wanted();
    key.is_test = true;
    EXPECT_THAT(create(key).key, MatchesRegex("msk_test_[0-9A-Za-z]{43}"));
}

TEST_F(KeysTest, TheStoreNeverHoldsTheKey) {
    const auto created = create(wanted());
    const auto secret = created.key.substr(created.record.prefix.size());
    const auto rows =
        loop.run(engine.scan(system_tenant(), store::Table::ApiKeys, "", "", 100, store::Order::Ascending));
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 1U);
    EXPECT_THAT(rows->front().key, MatchesRegex("[0-9a-f]{64}"));
    EXPECT_THAT(rows->front().value, Not(HasSubstr(secret)));
}

TEST_F(KeysTest, ARevokedKeyOpensNothingAndStaysInTheList) {
    const auto created = create(wanted());
    ASSERT_TRUE(loop.run(keys.revoke(created.record.id)));
    const auto found = loop.run(keys.look_up(created.key));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::Unauthenticated);
    EXPECT_EQ(found.error().message, "Invalid API key");

    const auto list = loop.run(keys.list());
    ASSERT_TRUE(list);
    ASSERT_EQ(list->size(), 1U);
    EXPECT_TRUE(list->front().revoked_at);
    EXPECT_TRUE(loop.run(keys.revoke(created.record.id))) << "revoking twice is fine";
}

TEST_F(KeysTest, AKeyThatIsForgottenOpensNothingAndIsInNoList) {
    const auto first = create(wanted());
    const auto second = create(wanted("globex"));
    auto other = wanted();
    other.name = "desktop";
    const auto kept = create(other);
    ASSERT_TRUE(loop.run(keys.forget("laptop")));
    EXPECT_FALSE(loop.run(keys.look_up(first.key)));
    EXPECT_FALSE(loop.run(keys.look_up(second.key)));
    EXPECT_TRUE(loop.run(keys.look_up(kept.key)));
    EXPECT_EQ(loop.run(keys.list())->size(), 1U);
    EXPECT_TRUE(loop.run(keys.forget("laptop")));
}

TEST_F(KeysTest, RevokingAnUnknownIdIsNotFound) {
    create(wanted());
    const auto revoked = loop.run(keys.revoke("k_nobody"));
    ASSERT_FALSE(revoked);
    EXPECT_EQ(revoked.error().code, Code::NotFound);
}

TEST_F(KeysTest, AKeyEndsAtTheTimeItWasGiven) {
    auto key = wanted();
    key.expires_at = loop.clock.wall() + std::chrono::hours(1);
    const auto created = create(key);
    loop.passes(59min);
    EXPECT_TRUE(loop.run(keys.look_up(created.key)));
    loop.passes(1min);
    EXPECT_FALSE(loop.run(keys.look_up(created.key)));
}

TEST_F(KeysTest, AlmostAKeyIsNoKey) {
    const auto created = create(wanted());
    EXPECT_FALSE(loop.run(keys.look_up(created.key.substr(0, created.key.size() - 1))));
    EXPECT_FALSE(loop.run(keys.look_up(created.key + "A")));
    EXPECT_FALSE(loop.run(keys.look_up("")));
    EXPECT_FALSE(loop.run(keys.look_up(std::string(100'000, 'a'))));
}

TEST_F(KeysTest, WhatCannotBeAKeyIsRefusedBeforeItIsMade) {
    EXPECT_EQ(refusal(wanted("_system")), Code::InvalidArgument) << "the server's own rows are out of reach";
    EXPECT_EQ(refusal(wanted("")), Code::InvalidArgument);
    EXPECT_EQ(refusal(wanted("a/b")), Code::InvalidArgument);
    auto key = wanted();
    key.name = "";
    EXPECT_EQ(refusal(key), Code::InvalidArgument);
    key = wanted();
    key.name = "two\nlines";
    EXPECT_EQ(refusal(key), Code::InvalidArgument);
    key = wanted();
    key.scopes = {"mcp:everything"};
    EXPECT_EQ(refusal(key), Code::InvalidArgument);
    key = wanted();
    key.expires_at = loop.clock.wall();
    EXPECT_EQ(refusal(key), Code::InvalidArgument);
}

TEST_F(KeysTest, ScopesAreTakenInEveryFormTheFamilyWrites) {
    auto key = wanted();
    key.scopes = {"read", "mcp:admin", "mcp:read"};
    EXPECT_EQ(create(key).record.scopes, (std::vector<std::string>{"mcp:read", "mcp:manage"}));
}

TEST_F(KeysTest, ManyKeysAreListedInTheOrderTheyWereMade) {
    std::vector<std::string> ids;
    for (int i = 0; i < 1100; ++i) {
        ids.push_back(create(wanted()).record.id);
        loop.passes(1ms);
    }
    const auto list = loop.run(keys.list());
    ASSERT_TRUE(list);
    ASSERT_EQ(list->size(), ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ((*list)[i].id, ids[i]);
}

}  // namespace
}  // namespace meshai::auth
