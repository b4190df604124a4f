// store/position.h
//
// A place in the feed of a tenant as a client carries it: 22 letters that stand
// anywhere unquoted. The same place has the same letters every time, they do not
// tell how much other tenants write, and a place of another tenant or another
// store is recognised: the number and a digest of the tenant are one block of AES
// under a key of the store. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"

namespace meshai::store {

class Positions {
  public:
    static constexpr std::size_t kKeyBytes = 16;
    using Key = std::array<unsigned char, kKeyBytes>;

    Positions(const Key& key, const TenantId& tenant);

    /// The letters of place `n`.
    std::string text_of(std::uint64_t n) const;

    /// The place; 0 for "". InvalidArgument for whatever was not made by
    /// text_of with the same key for the same tenant.
    Result<std::uint64_t> place_of(std::string_view text) const;

  private:
    Key key_;
    std::uint64_t tenant_;
};

/// What both engines say of a place that lies behind everything there is.
Error beyond_the_end();

}  // namespace meshai::store
