#include "app/house/sealing_key.h"

#include <gtest/gtest.h>

#include "auth/keys/row.h"
#include "base/test_loop.h"
#include "store/memory/engine.h"

namespace meshai::app {
namespace {

struct OneStore {
    TestLoop loop;
    std::shared_ptr<store::MemoryDisk> disk = std::make_shared<store::MemoryDisk>();

    Result<Seal::Key> key_of_a_start() {
        store::MemoryEngine engine(loop.clock, disk);
        auto key = loop.run(sealing_key(engine, loop.clock, loop.random));
        engine.close();
        loop.settle();
        return key;
    }
};

TEST(SealingKey, IsMadeOnceAndTheSameForEveryStart) {
    OneStore one;
    const auto first = one.key_of_a_start();
    ASSERT_TRUE(first);
    EXPECT_NE(*first, Seal::Key{});
    EXPECT_EQ(one.key_of_a_start().value(), *first);
}

TEST(SealingKey, OfAnotherStoreIsAnother) {
    OneStore one;
    OneStore other;
    (void)other.loop.random.number(2);  // the seeds are the same
    EXPECT_NE(one.key_of_a_start().value(), other.key_of_a_start().value());
}

TEST(SealingKey, ThatIsNotWhatWasWrittenKeepsTheServerFromStarting) {
    OneStore one;
    {
        store::MemoryEngine engine(one.loop.clock, one.disk);
        store::Unit unit{auth::system_tenant(), {}, {{store::Table::Secrets, "sealing-key", 0, "short"}}};
        ASSERT_TRUE(one.loop.run(engine.commit(std::move(unit), one.loop.clock.in(10s))));
        engine.close();
        one.loop.settle();
    }
    EXPECT_EQ(one.key_of_a_start().error().code, Code::Corrupt);
}

}  // namespace
}  // namespace meshai::app
