#include "doors/mcp/stateless/listeners.h"

#include <gtest/gtest.h>

#include <vector>

namespace meshai::doors::mcp {
namespace {

auth::Principal person(const std::string& name) {
    return {.tenant = {"acme"}, .subject = {name}, .key_id = "k", .scopes = {}};
}

TEST(Listeners, OfOnePersonAreBoundedAndOthersGoOn) {
    Metrics metrics;
    Listeners all(metrics);
    std::vector<std::unique_ptr<Listeners::Ticket>> held;
    for (std::size_t i = 0; i < kListenersPerPrincipalMax; ++i)
        held.push_back(all.enter(person("ann")).value());
    EXPECT_EQ(all.enter(person("ann")).error().code, Code::ResourceExhausted);
    EXPECT_TRUE(all.enter(person("bob")));
    held.pop_back();
    EXPECT_TRUE(all.enter(person("ann")));
}

TEST(Listeners, OfTheServerAreBounded) {
    Metrics metrics;
    Listeners all(metrics);
    std::vector<std::unique_ptr<Listeners::Ticket>> held;
    for (std::size_t i = 0; i < kListenersMax; ++i)
        held.push_back(all.enter(person("p" + std::to_string(i / kListenersPerPrincipalMax))).value());
    EXPECT_EQ(all.enter(person("late")).error().code, Code::ResourceExhausted);
    held.clear();
    EXPECT_TRUE(all.enter(person("late")));
}

}  // namespace
}  // namespace meshai::doors::mcp
