// doors/ws/task_channel.h
//
// A task on a WebSocket: a cursor in its log and the events of the guide's
// dialect, each in an envelope. The same events, ids and order as on a stream of
// the same task. While it is there, a client follows the task; when it goes, the
// task's own policy says what that means.
#pragma once

#include <memory>

#include "doors/stream/stream.h"
#include "doors/ws/ask.h"
#include "doors/ws/channel.h"

namespace meshai::doors::ws {

class TaskChannel final : public Channel {
  public:
    /// `after` is the place of the last event that the client has.
    TaskChannel(const Call& call, Executor ex, Followed what, std::uint64_t after);

    Async<Result<std::vector<ChannelLine>>> next() override;
    bool is_over() const override { return is_over_; }
    void wake() override { follower_.signal().notify(); }

  private:
    void add(std::vector<ChannelLine>& lines, const task::Event& event);

    Topic topic_;
    GuideEncoder encoder_;
    std::unique_ptr<mesh::Attachment> attachment_;
    task::Follower follower_;
    bool is_over_ = false;
};

}  // namespace meshai::doors::ws
