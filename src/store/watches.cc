#include "store/watches.h"

#include <array>
#include <list>
#include <mutex>
#include <unordered_map>

namespace meshai::store {

// Ten thousand followers come and go on every thread; shards keep them from
// queueing at one lock.
struct Watches::State {
    static constexpr std::size_t kShards = 16;

    struct Shard {
        std::mutex mutex{};
        std::unordered_map<LogKey, std::list<Signal>, LogKeyHash> bells{};  // guarded by mutex
    };

    std::array<Shard, kShards> shards{};

    Shard& shard(const LogKey& key) { return shards[LogKeyHash{}(key) % kShards]; }
};

class Watches::Kept final : public Watch {
  public:
    Kept(std::shared_ptr<State> state, LogKey key, const Signal& signal)
        : state_(std::move(state)), key_(std::move(key)) {
        auto& shard = state_->shard(key_);
        std::lock_guard lock(shard.mutex);
        auto& bells = shard.bells[key_];
        mine_ = bells.insert(bells.end(), signal);
    }

    ~Kept() override {
        auto& shard = state_->shard(key_);
        std::lock_guard lock(shard.mutex);
        auto bells = shard.bells.find(key_);
        bells->second.erase(mine_);
        if (bells->second.empty()) shard.bells.erase(bells);
    }

    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;

  private:
    std::shared_ptr<State> state_;
    LogKey key_;
    std::list<Signal>::iterator mine_;
};

Watches::Watches() : state_(std::make_shared<State>()) {}
Watches::~Watches() = default;

std::unique_ptr<Watch> Watches::add(LogKey key, Signal signal) {
    return std::make_unique<Kept>(state_, std::move(key), signal);
}

void Watches::ring(const LogKey& key) const {
    auto& shard = state_->shard(key);
    std::lock_guard lock(shard.mutex);
    auto bells = shard.bells.find(key);
    if (bells == shard.bells.end()) return;
    for (const auto& bell : bells->second) bell.notify();
}

}  // namespace meshai::store
