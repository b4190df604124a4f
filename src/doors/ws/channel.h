// doors/ws/channel.h
//
// What one subscription of a WebSocket carries: lines, in order, from a cursor
// on. A channel holds its place and nothing else; it makes the next lines when it
// is asked, which is when the connection has taken the ones before. So a
// connection that is slow costs no memory, however many channels it has. One
// executor, one reader.
#pragma once

#include <string>
#include <vector>

#include "base/async.h"
#include "base/result.h"

namespace meshai::doors::ws {

/// One message for the client.
struct ChannelLine {
    std::string text{};  ///< a whole JSON object
    std::string id{};    ///< the cursor behind it; empty: the one before stays
};

class Channel {
  public:
    virtual ~Channel() = default;

    /// The next lines, as many as are ready; waits for one. None at all: it is
    /// over, or `wake` was called. An error ends it, and is told to the client.
    virtual Async<Result<std::vector<ChannelLine>>> next() = 0;

    /// Nothing follows the lines that were given.
    virtual bool is_over() const = 0;

    /// Ends the wait of `next` early.
    virtual void wake() = 0;
};

}  // namespace meshai::doors::ws
