// doors/rest/delegate_key.h
//
// The key by which an agent hands part of its task to the mesh: sealed, so that
// nothing is kept here and nobody can read, change or make one, and good for one
// attempt of one task only, until the task's deadline. It is no key of a tenant:
// the gate of every other door refuses it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/id.h"
#include "base/seal.h"

namespace meshai::doors {

struct DelegateKey {
    TenantId tenant{};
    TaskId task{};
    int attempt = 0;
    WallTime until{};

    friend bool operator==(const DelegateKey&, const DelegateKey&) = default;
};

/// A longer one is not opened.
inline constexpr std::size_t kDelegateKeyBytesMax = 2U << 10U;

std::string seal_delegate_key(const Seal& seal, const DelegateKey& key);

/// Unauthenticated, without a reason, for whatever this store's servers did not make.
/// Whether its time is over is the caller's question.
Result<DelegateKey> open_delegate_key(const Seal& seal, std::string_view text);

}  // namespace meshai::doors
