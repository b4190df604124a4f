#include "doors/mcp/stateless/request_state.h"

#include <gtest/gtest.h>

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

const auth::Principal kAnn{.tenant = {"acme"}, .subject = {"ann"}, .key_id = "k", .scopes = {}};
constexpr WallTime kNow{Millis{1'800'000'000'000}};

rpc::Request greeting(json::object params) {
    return {rpc::RequestId{std::int64_t{1}}, "tools/call", std::move(params)};
}

const json::object kParams{{"name", "greet"}, {"arguments", {{"a", 1}, {"b", {1, 2}}}}};

class RequestStates : public testing::Test {
  protected:
    std::string sealed() const {
        RequestState state{.key = "call", .answers = {{"user_name", {{"action", "accept"}}}}};
        return seal_state(seal_, state, purpose_of(kAnn, greeting(kParams)), kNow).value();
    }
    bool opens(const std::string& text, const auth::Principal& who, const rpc::Request& request,
               WallTime now = kNow) const {
        return open_state(seal_, text, purpose_of(who, request), now).has_value();
    }

    SeededRandom random_{1};
    Seal seal_{Seal::Key{}, random_};
};

TEST_F(RequestStates, ComeBackAsTheyWere) {
    const auto state = open_state(seal_, sealed(), purpose_of(kAnn, greeting(kParams)), kNow);
    ASSERT_TRUE(state);
    EXPECT_EQ(state->key, "call");
    EXPECT_EQ(state->answers.at("user_name").at("action"), json::value("accept"));
}

// R3: bound to principal, expiry, method and parameters; what is changed is refused.
TEST_F(RequestStates, AreForOneRequestOfOnePerson) {
    const auto text = sealed();
    auto bob = kAnn;
    bob.subject = {"bob"};
    auto other_tenant = kAnn;
    other_tenant.tenant = {"other"};
    EXPECT_TRUE(opens(text, kAnn, greeting(kParams)));
    EXPECT_FALSE(opens(text, bob, greeting(kParams)));
    EXPECT_FALSE(opens(text, other_tenant, greeting(kParams)));
    EXPECT_FALSE(opens(text, kAnn, greeting({{"name", "leave"}})));
    EXPECT_FALSE(opens(text + "-TAMPERED", kAnn, greeting(kParams)));
    EXPECT_FALSE(opens("", kAnn, greeting(kParams)));
    auto elsewhere = greeting(kParams);
    elsewhere.method = "prompts/get";
    EXPECT_FALSE(opens(text, kAnn, elsewhere));
}

TEST_F(RequestStates, EndAfterAnHour) {
    const auto text = sealed();
    EXPECT_TRUE(opens(text, kAnn, greeting(kParams), kNow + std::chrono::minutes(59)));
    EXPECT_FALSE(opens(text, kAnn, greeting(kParams), kNow + std::chrono::hours(1)));
}

TEST_F(RequestStates, DoNotMindWhatARetryAddsAndTheOrderOfMembers) {
    auto retry = greeting({{"arguments", {{"b", {1, 2}}, {"a", 1}}}, {"name", "greet"}});
    retry.id = rpc::RequestId{std::string("another id")};
    retry.params["_meta"] = json::object{{"progressToken", 1}};
    retry.params["inputResponses"] = json::object{};
    retry.params["requestState"] = "x";
    EXPECT_TRUE(opens(sealed(), kAnn, retry));
}

TEST_F(RequestStates, HaveABound) {
    RequestState state;
    state.answers["essay"] = {{"text", std::string(kRequestStateBytesMax, 'x')}};
    EXPECT_EQ(seal_state(seal_, state, "", kNow).error().code, Code::TooLarge);
}

}  // namespace
}  // namespace meshai::doors::mcp
