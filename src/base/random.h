// base/random.h
//
// Where randomness comes from: ids, keys and jitter all ask a Random&. The
// real one is the operating system's; a test gives a seed and gets the same
// run again. Both may be called from any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <span>

namespace meshai {

class Random {
  public:
    virtual ~Random() = default;

    /// Fills `bytes` with random bytes fit for keys.
    virtual void fill(std::span<std::uint8_t> bytes) = 0;

    /// A number in [0, below); `below` is at least 1.
    std::uint64_t number(std::uint64_t below);

    /// A number in [0, 1).
    double fraction();
};

class SystemRandom final : public Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override;
};

/// The same seed gives the same bytes: for tests and simulations only.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
    void fill(std::span<std::uint8_t> bytes) override;

  private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

}  // namespace meshai
