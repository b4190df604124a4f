#include "doors/ws/task_channel.h"

#include "doors/approval/link.h"
#include "doors/ws/limits.h"
#include "doors/ws/said.h"

namespace meshai::doors::ws {

TaskChannel::TaskChannel(const Call& call, Executor ex, Followed what, std::uint64_t after)
    : topic_{true, what.task.value},
      encoder_(what.task, after, std::nullopt, links_for(call)),
      attachment_(call.house.executor.attach(call.caller.tenant, what.task, what.policy)),
      // From the first event on, as every stream: what an event says depends on the ones before it.
      follower_(call.house.tasks, ex, call.caller.tenant, what.task, Seq{0}) {}

Async<Result<std::vector<ChannelLine>>> TaskChannel::next() {
    std::vector<ChannelLine> lines;
    while (lines.empty() && !is_over_) {
        auto events = co_await follower_.next(kNever, kEventsPerTurnMax);
        if (!events) co_return events.error();
        if (events->empty()) break;
        for (const auto& event : *events) add(lines, event);
    }
    co_return lines;
}

void TaskChannel::add(std::vector<ChannelLine>& lines, const task::Event& event) {
    for (auto& said : encoder_.events_of(event)) {
        if (said.data == wire::guide::kDone) continue;
        auto text = event_line(topic_, said.id, said.data);
        lines.push_back({std::move(text), std::move(said.id)});
    }
    if (!task::is_last(event.body)) return;
    is_over_ = true;
    lines.push_back({done_line(topic_), {}});
}

}  // namespace meshai::doors::ws
