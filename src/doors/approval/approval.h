// doors/approval/approval.h
//
// The door for a person without a key: GET shows the one question that a signed
// link is for, POST takes the answer. A look changes nothing (programs that check
// links look at all of them), and an answer is the same event in the log as one
// given in any other way. One executor per call.
#pragma once

#include "doors/front/call.h"

namespace meshai::doors {

/// A form in a browser's own writing; more is refused before it is read.
inline constexpr std::size_t kApprovalBodyBytesMax = 64U << 10U;

std::vector<Route> approval_routes();

}  // namespace meshai::doors
