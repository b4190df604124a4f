// doors/live/line.h
//
// One event of the tenant as one line of JSON: what kind it is, of which task,
// and what it says in the words of the guide's frames. A pure function of the
// event and its task, so that a stream that was resumed is, byte for byte, the
// stream that was not.
#pragma once

#include <string>

#include "task/feed.h"

namespace meshai::doors::live {

/// At most wire::guide::kFrameBytesMax bytes: what is larger is named, and where it is.
std::string event_line(const task::FeedItem& item);

}  // namespace meshai::doors::live
