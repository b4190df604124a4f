// base/seal.h
//
// Text that a client carries for us and can neither read nor change: AES-256-GCM
// (NIST SP 800-38D), written as base64url. What a seal is for (which request,
// which person) goes in as associated data: opened for anything else, it is
// refused like one that was tampered with. All servers on one store share the
// key. Whether a seal was used before is not known here. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace meshai {

class Seal {
  public:
    using Key = std::array<std::uint8_t, 32>;

    /// `random` outlives it and gives each seal its nonce.
    Seal(const Key& key, Random& random) : key_(key), random_(random) {}

    std::string seal(std::string_view plain, std::string_view associated) const;

    /// The same, and the same text for the same `associated` always gives the same
    /// seal: for what must read alike each time it is written. That two seals hold
    /// the same is then no secret.
    std::string seal_alike(std::string_view plain, std::string_view associated) const;

    /// InvalidArgument, without a reason, for whatever this key did not seal for
    /// the same `associated`.
    Result<std::string> open(std::string_view sealed, std::string_view associated) const;

  private:
    std::string seal_with(std::string nonce, std::string_view plain, std::string_view associated) const;

    Key key_;
    Random& random_;
};

}  // namespace meshai
