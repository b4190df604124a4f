// Where agents may live that tenants register: on the operator's word only inside our own network.
#include <gtest/gtest.h>

#include "base/test_loop.h"
#include "mesh/registry/registry.h"
#include "store/memory/engine.h"

namespace meshai::mesh {
namespace {

const TenantId kAcme{"acme"};

/// One server's registry on a disk that outlives it.
struct Server {
    TestLoop loop;
    Metrics metrics;
    store::MemoryEngine engine;
    Registry registry;

    Server(std::shared_ptr<store::MemoryDisk> disk, PrivateAgents private_agents)
        : engine(loop.clock, std::move(disk)),
          registry(engine, loop.clock, loop.random, loop.log, metrics, private_agents) {
        EXPECT_TRUE(loop.run(registry.load()));
    }

    Result<Agent> adds(const std::string& url) {
        agents::Spec spec;
        spec.id = AgentId{"one"};
        spec.name = "one";
        spec.url = url;
        spec.capabilities = {"reasoning"};
        return loop.run(registry.add(kAcme, std::move(spec)));
    }
};

TEST(PrivateAgents, AreNotTakenInWithoutTheOperatorsWord) {
    Server server(std::make_shared<store::MemoryDisk>(), PrivateAgents::Refused);
    EXPECT_EQ(server.adds("http://127.0.0.1:9000").error().code, Code::InvalidArgument);
    EXPECT_EQ(server.registry.get(kAcme, "one").error().code, Code::AgentNotFound);
    EXPECT_FALSE(server.adds("https://one.example").value().spec.allow_private);
}

TEST(PrivateAgents, AreReachedWithIt) {
    Server server(std::make_shared<store::MemoryDisk>(), PrivateAgents::Allowed);
    EXPECT_TRUE(server.adds("http://127.0.0.1:9000").value().spec.allow_private);
}

TEST(PrivateAgents, StandUnderTheOperatorsWordOfTodayAfterARestart) {
    auto disk = std::make_shared<store::MemoryDisk>();
    ASSERT_TRUE(Server(disk, PrivateAgents::Allowed).adds("http://127.0.0.1:9000"));
    EXPECT_FALSE(Server(disk, PrivateAgents::Refused).registry.get(kAcme, "one")->spec.allow_private);
    EXPECT_TRUE(Server(disk, PrivateAgents::Allowed).registry.get(kAcme, "one")->spec.allow_private);
}

}  // namespace
}  // namespace meshai::mesh
