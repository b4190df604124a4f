// doors/approval/link.h
//
// A link by which one person answers one question of one task, without a key.
// What it is good for is sealed into it: nothing is kept here, so it works after
// a restart and on every server of the store, and nobody can read it, change it
// or make another. The same link is written each time it is shown, so that a
// stream that is resumed says the same. Whoever has the link may answer: it is
// given only to those who may answer anyway, and is good until the question or
// the task is over. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/id.h"
#include "base/seal.h"
#include "doors/front/call.h"
#include "doors/stream/encoder.h"

namespace meshai::doors {

struct ApprovalLink {
    TenantId tenant{};
    TaskId task{};
    std::string key{};   ///< of the question
    WallTime until{};    ///< it is good no longer
    Subject made_for{};  ///< who was shown it first; empty: not known

    friend bool operator==(const ApprovalLink&, const ApprovalLink&) = default;
};

/// A longer one is not opened.
inline constexpr std::size_t kApprovalTokenBytesMax = 4U << 10U;

/// One segment of a path.
std::string seal_link(const Seal& seal, const ApprovalLink& link);

/// NotFound, without a reason, for whatever this store's servers did not make.
/// Whether its time has come is the caller's question.
Result<ApprovalLink> open_link(const Seal& seal, std::string_view token);

/// Who is said to have answered: "link:alice", or "link:holder".
Subject answers_as(const ApprovalLink& link);

/// The links for whoever makes this call, if they may answer; nothing otherwise.
/// Whole URLs where the server knows its own, else paths.
LinkOf links_for(const Call& call);

}  // namespace meshai::doors
