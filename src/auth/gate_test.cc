#include "auth/gate.h"

#include <gmock/gmock.h>

#include "auth/keys/keys.h"
#include "auth/keys/row.h"
#include "base/test_loop.h"
#include "store/memory/engine.h"

namespace meshai::auth {
namespace {

using net::http::RequestHead;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

RequestHead with_bearer(const std::string& key, const std::string& peer = "192.0.2.1") {
    RequestHead head;
    head.headers.add("Authorization", "Bearer " + key);
    head.peer = peer;
    return head;
}

class GateTest : public testing::Test {
  protected:
    CreatedKey make_key(std::vector<std::string> scopes = {}) {
        NewKey wanted;
        wanted.tenant = TenantId{"acme"};
        wanted.name = "laptop";
        wanted.subject = Subject{"ada"};
        wanted.scopes = std::move(scopes);
        return loop.run(keys.create(wanted)).value();
    }

    std::expected<Admission, Refusal> admit(const RequestHead& head) { return loop.run(gate.admit(head)); }

    /// "in", or the code and Retry-After of the refusal.
    std::string answer(const RequestHead& head) {
        const auto admission = admit(head);
        if (admission) return "in";
        const auto retry = admission.error().headers.get("Retry-After");
        return std::string(code_name(admission.error().error.code)) +
               (retry ? " " + std::string(*retry) : "");
    }

    TestLoop loop;
    store::MemoryEngine engine{loop.clock};
    Keys keys{engine, loop.clock, loop.random};
    Gate gate{engine, loop.clock, loop.log, kRequestsPerMinute};
};

TEST_F(GateTest, TenantAndSubjectComeFromTheKey) {
    const auto admission = admit(with_bearer(make_key({"mcp:read"}).key));
    ASSERT_TRUE(admission);
    EXPECT_EQ(admission->principal.tenant, TenantId{"acme"});
    EXPECT_EQ(admission->principal.subject, Subject{"ada"});
    EXPECT_TRUE(admission->principal.may(kScopeRead));
    EXPECT_FALSE(admission->principal.may(kScopeExecute));
    EXPECT_FALSE(admission->principal.may(kScopeManage));
}

TEST_F(GateTest, ManageIncludesTheOtherScopes) {
    const auto admission = admit(with_bearer(make_key({"mcp:manage"}).key));
    ASSERT_TRUE(admission);
    EXPECT_TRUE(admission->principal.may(kScopeRead));
    EXPECT_TRUE(admission->principal.may(kScopeExecute));
}

TEST_F(GateTest, NoKeyIsAnsweredWithAChallengeAndNeverLeadsToALockout) {
    RequestHead head;
    head.peer = "192.0.2.1";
    for (int i = 0; i < 50; ++i) EXPECT_EQ(answer(head), "AUTHENTICATION_FAILED");
    const auto admission = admit(head);
    ASSERT_FALSE(admission);
    EXPECT_EQ(admission.error().headers.get("WWW-Authenticate"), "Bearer realm=\"meshai\"");
}

TEST_F(GateTest, AWrongKeyIsToldSoInTheFamilysWords) {
    const auto admission = admit(with_bearer("msk_live_wrong"));
    ASSERT_FALSE(admission);
    EXPECT_EQ(admission.error().error.message, "Invalid API key");
    EXPECT_THAT(std::string(*admission.error().headers.get("WWW-Authenticate")),
                HasSubstr("error=\"invalid_token\""));
}

TEST_F(GateTest, TheHundredAndFirstRequestOfAMinuteWaits) {
    const auto key = make_key().key;
    for (int i = 0; i < 100; ++i) EXPECT_EQ(answer(with_bearer(key)), "in");
    EXPECT_EQ(answer(with_bearer(key)), "RATE_LIMITED 60");
    loop.passes(59'500ms);
    EXPECT_EQ(answer(with_bearer(key)), "RATE_LIMITED 1");
    loop.passes(1s);
    EXPECT_EQ(answer(with_bearer(key)), "in") << "a client that waits as told is let in";
}

TEST_F(GateTest, EveryAnswerSaysWhereTheKeyStandsInItsWindow) {
    const auto key = make_key().key;
    net::http::Headers headers;
    add_rate_headers(headers, admit(with_bearer(key))->rate);
    EXPECT_EQ(headers.get("X-RateLimit-Limit"), "100");
    EXPECT_EQ(headers.get("X-RateLimit-Remaining"), "99");
    EXPECT_EQ(headers.get("X-RateLimit-Reset"), "1737028860");  // a minute after the clock's beginning
    EXPECT_EQ(headers.get("RateLimit-Policy"), "\"key\";q=100;w=60");
    EXPECT_EQ(headers.get("RateLimit"), "\"key\";r=99;t=60");

    for (int i = 0; i < 99; ++i) admit(with_bearer(key));
    const auto refused = admit(with_bearer(key));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().headers.get("X-RateLimit-Remaining"), "0");
}

TEST_F(GateTest, KeysDoNotShareTheirRate) {
    const auto first = make_key().key;
    const auto second = make_key().key;
    for (int i = 0; i < 101; ++i) admit(with_bearer(first));
    EXPECT_EQ(answer(with_bearer(first)), "RATE_LIMITED 60");
    EXPECT_EQ(answer(with_bearer(second)), "in");
}

TEST_F(GateTest, FiveWrongKeysLockAnAddressOutForFiveMinutes) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(answer(with_bearer("wrong")), "AUTHENTICATION_FAILED");
    EXPECT_EQ(answer(with_bearer("wrong")), "RATE_LIMITED 300");
    EXPECT_EQ(answer(with_bearer("wrong", "192.0.2.2")), "AUTHENTICATION_FAILED") << "others are not touched";
    loop.passes(5min);
    EXPECT_EQ(answer(with_bearer("wrong")), "AUTHENTICATION_FAILED");
}

TEST_F(GateTest, AGoodKeyIsLetInFromALockedAddressAndNeverCountsAsAFailure) {
    const auto key = make_key().key;
    for (int i = 0; i < 20; ++i) EXPECT_EQ(answer(with_bearer(key)), "in");
    for (int i = 0; i < 10; ++i) admit(with_bearer("wrong"));
    EXPECT_EQ(answer(with_bearer("wrong")), "RATE_LIMITED 300");
    EXPECT_EQ(answer(with_bearer(key)), "in") << "all clients behind one proxy share its address";
}

TEST_F(GateTest, AKeyRevokedByAnotherProcessIsRefusedWithinTwoSeconds) {
    const auto created = make_key();
    EXPECT_EQ(answer(with_bearer(created.key)), "in");
    ASSERT_TRUE(loop.run(keys.revoke(created.record.id)));
    loop.passes(2s);
    EXPECT_EQ(answer(with_bearer(created.key)), "AUTHENTICATION_FAILED");
}

TEST_F(GateTest, AKeyMadeByAnotherProcessWorksAtOnceEvenIfItWasTriedBefore) {
    const auto key = make_key().key;
    const auto row = *loop.run(engine.get(system_tenant(), store::Table::ApiKeys, key_hash(key))).value();
    const auto put = [&](std::optional<std::string> value) {
        store::Unit unit{system_tenant(), {}, {{store::Table::ApiKeys, row.key, store::kAnyVersion, value}}};
        ASSERT_TRUE(loop.run(engine.commit(unit, kNever)));
    };
    put(std::nullopt);
    EXPECT_EQ(answer(with_bearer(key)), "AUTHENTICATION_FAILED");
    put(row.value);
    EXPECT_EQ(answer(with_bearer(key)), "in");
}

TEST_F(GateTest, AKeyThatExpiresWhileItIsCachedIsRefused) {
    NewKey wanted;
    wanted.tenant = TenantId{"acme"};
    wanted.name = "short";
    wanted.expires_at = loop.clock.wall() + 1s;
    const auto created = loop.run(keys.create(wanted)).value();
    EXPECT_EQ(answer(with_bearer(created.key)), "in");
    loop.passes(1s);
    EXPECT_EQ(answer(with_bearer(created.key)), "AUTHENTICATION_FAILED");
}

TEST_F(GateTest, WhenTheStoreCannotSayTheGateStaysClosedAndNobodyIsBlamed) {
    const auto key = make_key().key;
    engine.close();
    for (int i = 0; i < 10; ++i) EXPECT_EQ(answer(with_bearer(key)), "UNAVAILABLE 1");
}

TEST_F(GateTest, TheLogNamesTheAddressAndNeverTheKey) {
    for (int i = 0; i < 7; ++i) admit(with_bearer("msk_live_almostright"));
    EXPECT_THAT(loop.log.lines(), Contains(HasSubstr("peer=192.0.2.1")));
    EXPECT_THAT(loop.log.lines(), Not(Contains(HasSubstr("almostright"))));
    EXPECT_EQ(loop.log.lines().size(), 6U) << "a flood of wrong keys is not a flood of lines";
}

}  // namespace
}  // namespace meshai::auth
