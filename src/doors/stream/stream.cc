#include "doors/stream/stream.h"

#include <fmt/format.h>

#include "wire/meshai/event_number.h"

namespace meshai::doors {
namespace {

// Counts a stream while it is open.
class OpenStream {
  public:
    explicit OpenStream(Metrics& metrics)
        : open_(metrics.gauge("meshai_streams_open", "Streams of task events that clients read now")) {
        metrics.counter("meshai_streams_total", "Streams of task events begun").add();
        open_.add(1);
    }
    ~OpenStream() { open_.add(-1); }
    OpenStream(const OpenStream&) = delete;
    OpenStream& operator=(const OpenStream&) = delete;

  private:
    Gauge& open_;
};

// Joins frames and writes them in pieces of whole frames.
class Joiner {
  public:
    explicit Joiner(net::http::Exchange& http) : http_(http) {}

    Async<Status> add(std::string frame) {
        if (!bytes_.empty() && bytes_.size() + frame.size() > kWriteBytesMax) {
            auto sent = co_await flush();
            if (!sent) co_return sent;
        }
        bytes_ += frame;
        co_return Status{};
    }

    Async<Status> flush() {
        if (bytes_.empty()) co_return Status{};
        const auto bytes = std::exchange(bytes_, {});
        co_return co_await http_.write(bytes);
    }

  private:
    net::http::Exchange& http_;
    std::string bytes_{};
};

Async<Status> write_all(Joiner& joiner, std::vector<std::string> frames) {
    for (auto& frame : frames) {
        auto sent = co_await joiner.add(std::move(frame));
        if (!sent) co_return sent;
    }
    co_return Status{};
}

// Everything that is ready, in as few writes as whole frames allow. True when the task has ended.
Async<Result<bool>> write_events(Joiner& joiner, Encoder& encoder, std::vector<task::Event> events) {
    bool is_over = false;
    for (const auto& event : events) {
        auto sent = co_await write_all(joiner, encoder.encode(event));
        if (!sent) co_return sent.error();
        is_over = is_over || task::is_last(event.body);
    }
    auto sent = co_await joiner.flush();
    if (!sent) co_return sent.error();
    co_return is_over;
}

// The log can no longer be read. The client is told where that is final
// (retention took the task); otherwise the stream ends without [DONE], and the
// client comes back with its last id.
Async<void> break_off(Call& call, Joiner& joiner, Encoder& encoder, Error error) {
    if (error.code == Code::Cancelled) co_return;
    call.house.log.warn("a stream broke off", {{"code", code_name(error.code)}, {"cause", error.cause}});
    if (error.code == Code::Gone || error.code == Code::NotFound) {
        auto sent = co_await write_all(joiner, encoder.broken(error));
        if (sent) sent = co_await joiner.flush();
        if (!sent) co_return;
    }
    (void)co_await call.http.finish_stream();
}

}  // namespace

Async<void> stream_task(Call& call, Followed what, Encoder& encoder) {
    const auto& house = call.house;
    const OpenStream counted(house.metrics);
    const auto attachment = house.executor.attach(call.caller.tenant, what.task, what.policy);
    task::Follower follower(house.tasks, co_await this_executor(), call.caller.tenant, what.task, Seq{0});
    auto started = co_await start_event_stream(call);
    if (!started) co_return;
    call.http.watch_peer(follower.signal());

    Joiner joiner(call.http);
    auto keepalive_at = house.clock.in(kKeepalivePeriod);
    for (;;) {
        auto events = co_await follower.next(keepalive_at, kEventsAtOnceMax);
        if (!events) co_return co_await break_off(call, joiner, encoder, events.error());
        if (call.http.is_peer_gone()) co_return;
        auto is_over = co_await write_events(joiner, encoder, std::move(*events));
        if (!is_over) co_return;
        // What has been sent ends with an id: whoever was cut by a drain resumes there.
        if (*is_over || call.http.is_draining()) break;
        if (house.clock.now() < keepalive_at) continue;
        keepalive_at = house.clock.in(kKeepalivePeriod);
        auto sent = co_await call.http.write(encoder.keepalive(house.clock.wall()));
        if (!sent) co_return;
    }
    (void)co_await call.http.finish_stream();
}

Async<Result<task::View>> wait_for_end(Call& call, Followed what, MonoTime until) {
    const auto& house = call.house;
    auto attachment = house.executor.attach(call.caller.tenant, what.task, what.policy);
    task::Follower follower(house.tasks, co_await this_executor(), call.caller.tenant, what.task, Seq{0});
    call.http.watch_peer(follower.signal());
    task::View view;
    for (;;) {
        auto events = co_await follower.next(until, kEventsAtOnceMax);
        if (!events) co_return events.error();
        for (const auto& event : *events) view = task::apply(std::move(view), event);
        if (task::is_final(view.state)) co_return view;
        if (call.http.is_peer_gone()) co_return Error{Code::Unavailable, "The client has gone."};
        const bool must_answer = house.clock.now() >= until || call.http.is_draining();
        if (!must_answer) continue;
        // The client leaves with the task's handle, which is not the same as
        // leaving the task: it must not be cancelled for it.
        const auto kept = house.executor.attach(call.caller.tenant, what.task, task::OnDisconnect::Continue);
        attachment.reset();
        co_return view;
    }
}

Async<Result<Followed>> followed(Call& call, TaskId task) {
    auto seen = co_await call.house.tasks.summary(call.caller, task);
    if (!seen) co_return seen.error();
    auto first = co_await call.house.tasks.read(call.caller.tenant, task, Seq{0}, 1);
    if (!first) co_return first.error();
    Followed what{std::move(task)};
    if (!first->empty())
        if (const auto* submitted = std::get_if<task::Submitted>(&first->front().body))
            what.policy = submitted->request.on_disconnect;
    co_return what;
}

Async<Result<std::uint64_t>> resume_place(Call& call, TaskId task) {
    const auto last_id = call.header("Last-Event-ID");
    // A POST names its place in the header only: its query belongs to a task that may be new.
    const auto after = call.http.head().method == "POST" ? std::nullopt : call.query("after");
    if (!last_id && !after) co_return 0;
    // Browsers send an empty Last-Event-ID when they have seen none.
    const std::string text(last_id ? *last_id : std::string_view(*after));
    if (last_id && text.empty()) co_return 0;
    co_return co_await place_in_stream(call, std::move(task), text);
}

Async<Result<std::uint64_t>> place_in_stream(const Call& call, TaskId task, std::string text) {
    const auto place = wire::guide::place_of(task, text);
    if (!place) co_return place.error();
    if (*place == 0) co_return 0;

    // The events just before it tell whether the stream reaches that far.
    const Seq before{*place > kEndingFramesMax ? *place - kEndingFramesMax - 1 : 0};
    auto near = co_await call.house.tasks.read(call.caller.tenant, task, before, kEndingFramesMax + 1);
    if (!near) co_return near.error();
    const bool reaches =
        !near->empty() &&
        (near->back().seq.value >= *place ||
         (task::is_last(near->back().body) && near->back().seq.value + kEndingFramesMax >= *place));
    if (!reaches)
        co_return Error{Code::InvalidArgument,
                        fmt::format("The event id {} lies beyond the end of this task's stream.", text)};
    co_return *place;
}

}  // namespace meshai::doors
