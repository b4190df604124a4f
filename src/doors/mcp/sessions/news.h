// doors/mcp/sessions/news.h
//
// From the news of a toolbox to the unasked stream of a session. While nobody
// reads that stream the news wait, coalesced, where they are.
#pragma once

#include "doors/mcp/sessions/context.h"

namespace meshai::doors::mcp {

/// A client reads the unasked stream of `session` from now on, on `ex`: it is told what is new.
void tell_news(const House& house, std::shared_ptr<Session> session, Executor ex);

}  // namespace meshai::doors::mcp
