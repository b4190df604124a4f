#include "doors/live/streams.h"

#include "doors/stream/stream.h"
#include "net/sse/writer.h"
#include "wire/meshai/frames.h"

namespace meshai::doors {
namespace {

using live::EventsWanted;
using live::EventWatch;
using live::Line;
using live::MetricsWatch;

std::vector<std::string> values_of(const Call& call, std::string_view name) {
    std::vector<std::string> values;
    for (const auto& [key, value] : call.http.head().query)
        if (key == name) values.push_back(value);
    return values;
}

void add_frame(std::string& bytes, std::string_view event, const std::string& cursor, std::string_view data) {
    net::sse::Frame frame{.event = event, .data = data};
    if (!cursor.empty()) frame.id = cursor;
    net::sse::write_frame(bytes, frame);
}

// Everything that is ready, in as few writes as whole frames allow.
Async<Status> write_lines(Call& call, std::vector<Line> lines) {
    std::string bytes;
    for (const auto& line : lines) {
        if (!bytes.empty() && bytes.size() + line.json->size() > kWriteBytesMax) {
            auto sent = co_await call.http.write(bytes);
            if (!sent) co_return sent;
            bytes.clear();
        }
        add_frame(bytes, "mesh", line.cursor, *line.json);
    }
    if (bytes.empty()) co_return Status{};
    co_return co_await call.http.write(bytes);
}

// The keepalive of this stream has an id: a filter that fits nothing for an hour must not make its client
// read that hour again.
Async<Status> write_keepalive(Call& call, std::string cursor) {
    std::string bytes;
    add_frame(bytes, "keepalive", cursor, wire::guide::keepalive_frame(call.house.clock.wall()));
    co_return co_await call.http.write(bytes);
}

// The last word of a stream that the server ends: come back with this id.
Async<void> say_goodbye(Call& call, std::string cursor) {
    json::object goodbye{{"type", "end"}, {"reason", "draining"}};
    if (!cursor.empty()) goodbye["cursor"] = cursor;
    std::string bytes;
    add_frame(bytes, "end", cursor, to_text(goodbye));
    const auto sent = co_await call.http.write(bytes);
    if (sent) (void)co_await call.http.finish_stream();
}

Async<void> break_off(Call& call, Error error, std::string cursor) {
    if (error.code == Code::Cancelled) co_return;
    if (error.code == Code::Unavailable) co_return co_await say_goodbye(call, std::move(cursor));
    // The stream ends without a last word, and its client comes back with the id it has.
    call.house.log.warn("a live view broke off", {{"code", code_name(error.code)}, {"cause", error.cause}});
    (void)co_await call.http.finish_stream();
}

Error no_live_views() {
    return Error{Code::Unavailable, "This server has no live views."};
}

Async<void> stream_events(Call& call) {
    if (call.house.live == nullptr) co_return co_await answer_error(call, no_live_views());
    auto wanted = live::events_wanted(call);
    if (!wanted) co_return co_await answer_error(call, wanted.error());
    auto watch = co_await call.house.live->watch_events(call.caller, std::move(*wanted));
    if (!watch) co_return co_await answer_error(call, watch.error());
    auto& events = **watch;
    const auto started = co_await start_event_stream(call);
    if (!started) co_return;
    call.http.watch_peer(events.signal());

    const auto& clock = call.house.clock;
    auto keepalive_at = clock.in(kKeepalivePeriod);
    for (;;) {
        auto lines = co_await events.next(keepalive_at, kEventsAtOnceMax);
        if (!lines) co_return co_await break_off(call, lines.error(), events.cursor());
        if (call.http.is_peer_gone()) co_return;
        auto sent = co_await write_lines(call, std::move(*lines));
        if (!sent) co_return;
        if (call.http.is_draining()) co_return co_await say_goodbye(call, events.cursor());
        if (clock.now() < keepalive_at) continue;
        keepalive_at = clock.in(kKeepalivePeriod);
        sent = co_await write_keepalive(call, events.cursor());
        if (!sent) co_return;
    }
}

Async<void> stream_metrics(Call& call) {
    if (call.house.live == nullptr) co_return co_await answer_error(call, no_live_views());
    auto watch = co_await call.house.live->watch_metrics(call.caller);
    if (!watch) co_return co_await answer_error(call, watch.error());
    auto& metrics = **watch;
    const auto started = co_await start_event_stream(call);
    if (!started) co_return;
    call.http.watch_peer(metrics.signal());
    for (;;) {
        // Something comes every second, so this stream needs no keepalive.
        auto snapshot = co_await metrics.next(call.house.clock.in(kKeepalivePeriod));
        if (!snapshot) co_return co_await break_off(call, snapshot.error(), {});
        if (call.http.is_peer_gone()) co_return;
        if (call.http.is_draining()) co_return co_await say_goodbye(call, {});
        std::string bytes;
        if (*snapshot)
            add_frame(bytes, "metrics", {}, **snapshot);
        else
            add_frame(bytes, "keepalive", {}, wire::guide::keepalive_frame(call.house.clock.wall()));
        const auto sent = co_await call.http.write(bytes);
        if (!sent) co_return;
    }
}

}  // namespace

Result<EventsWanted> live::events_wanted(const Call& call) {
    auto filter = make_filter(values_of(call, "kind"), values_of(call, "task"), values_of(call, "agent"),
                              values_of(call, "workflow"));
    if (!filter) return filter.error();
    EventsWanted wanted{.filter = std::move(*filter)};
    const auto from = call.query("from");
    if (from && *from != "now" && *from != "start")
        return Error{Code::InvalidArgument, "The parameter \"from\" must be \"now\" or \"start\"."};
    wanted.from_start = from == "start";
    // Browsers send an empty Last-Event-ID when they have seen none.
    const auto last_id = call.header("Last-Event-ID");
    if (last_id && !last_id->empty())
        wanted.after = *last_id;
    else
        wanted.after = call.query("after").value_or("");
    return wanted;
}

std::vector<Route> live_routes() {
    constexpr std::string_view kMedia = "text/event-stream";
    return {
        {"GET",
         "/api/v1/events/stream",
         auth::kScopeRead,
         stream_events,
         {.name = "streamEvents",
          .tag = "live",
          .summary = "Stream everything that happens in the tenant",
          .media = kMedia,
          .parameters = {{"kind", "query", "string", "Only events of this kind; may be given several times"},
                         {"task", "query", "string", "Only this task and the tasks below it; the same"},
                         {"agent", "query", "string", "Only events of this agent, by id or name; the same"},
                         {"workflow", "query", "string", "Only tasks of the workflow of this name; the same"},
                         {"from", "query", "string",
                          "Where a client without an id begins: \"now\" (default) or \"start\""},
                         {"Last-Event-ID", "header", "string", "Go on behind the event with this id"},
                         {"after", "query", "string", "The same as Last-Event-ID"}},
          .failures = {400, 503}}},
        {"GET",
         "/api/v1/metrics/stream",
         auth::kScopeRead,
         stream_metrics,
         {.name = "streamMetrics",
          .tag = "live",
          .summary = "Stream the tenant's numbers, once a second",
          .media = kMedia,
          .failures = {503}}}};
}

}  // namespace meshai::doors
