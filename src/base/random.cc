#include "base/random.h"

#include <openssl/rand.h>

#include <array>
#include <cstdlib>
#include <cstring>

namespace meshai {

std::uint64_t Random::number(std::uint64_t below) {
    // Numbers from the incomplete last stretch are thrown away, or the small
    // results would come up more often than the large ones.
    const std::uint64_t fair_max = UINT64_MAX - UINT64_MAX % below;
    for (;;) {
        std::array<std::uint8_t, 8> bytes{};
        fill(bytes);
        std::uint64_t value = 0;
        std::memcpy(&value, bytes.data(), sizeof value);
        if (value < fair_max) return value % below;
    }
}

double Random::fraction() {
    constexpr std::uint64_t kSteps = 1ULL << 53;
    return static_cast<double>(number(kSteps)) / static_cast<double>(kSteps);
}

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
    // Without randomness every key would be guessable; there is nothing sensible to go on with.
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
}

void SeededRandom::fill(std::span<std::uint8_t> bytes) {
    std::lock_guard lock(mutex_);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(engine_());
}

}  // namespace meshai
