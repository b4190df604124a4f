#include "doors/mcp/stateless/subscriptions.h"

#include <gtest/gtest.h>

#include <vector>

namespace meshai::doors::mcp {
namespace {

auth::Principal person(const std::string& name) {
    return {.tenant = {"acme"}, .subject = {name}, .key_id = "k", .scopes = {}};
}

TEST(Subscriptions, OfOnePersonAreBoundedAndOthersGoOn) {
    Metrics metrics;
    Subscriptions all(metrics);
    std::vector<std::unique_ptr<Subscriptions::Ticket>> held;
    for (std::size_t i = 0; i < kSubscriptionsPerPrincipalMax; ++i)
        held.push_back(all.enter(person("ann")).value());
    EXPECT_EQ(all.enter(person("ann")).error().code, Code::ResourceExhausted);
    EXPECT_TRUE(all.enter(person("bob")));
    held.pop_back();
    EXPECT_TRUE(all.enter(person("ann")));
}

TEST(Subscriptions, OfTheServerAreBounded) {
    Metrics metrics;
    Subscriptions all(metrics);
    std::vector<std::unique_ptr<Subscriptions::Ticket>> held;
    for (std::size_t i = 0; i < kSubscriptionsMax; ++i)
        held.push_back(all.enter(person("p" + std::to_string(i / kSubscriptionsPerPrincipalMax))).value());
    EXPECT_EQ(all.enter(person("late")).error().code, Code::ResourceExhausted);
    held.clear();
    EXPECT_TRUE(all.enter(person("late")));
}

}  // namespace
}  // namespace meshai::doors::mcp
