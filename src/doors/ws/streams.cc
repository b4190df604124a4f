#include "doors/ws/streams.h"

#include <fmt/format.h>

#include "doors/stream/stream.h"
#include "doors/ws/limits.h"
#include "doors/ws/said.h"

namespace meshai::doors::ws {
namespace {

class EventsChannel final : public Channel {
  public:
    EventsChannel(const Clock& clock, Topic topic, std::unique_ptr<live::EventWatch> watch)
        : clock_(clock), topic_(std::move(topic)), watch_(std::move(watch)), told_(watch_->cursor()) {}

    Async<Result<std::vector<ChannelLine>>> next() override {
        std::vector<ChannelLine> lines;
        while (lines.empty() && !is_woken_) {
            auto events = co_await watch_->next(clock_.in(kKeepalivePeriod), kEventsPerTurnMax);
            if (!events) co_return events.error();
            for (const auto& event : *events)
                lines.push_back({event_line(topic_, event.cursor, *event.json), event.cursor});
            // A filter that fits nothing for an hour must not make its client read that hour again.
            if (lines.empty() && watch_->cursor() != told_)
                lines.push_back({cursor_line(topic_, watch_->cursor()), watch_->cursor()});
            told_ = watch_->cursor();
        }
        co_return lines;
    }
    bool is_over() const override { return false; }
    void wake() override {
        is_woken_ = true;
        watch_->signal().notify();
    }

  private:
    const Clock& clock_;
    Topic topic_;
    std::unique_ptr<live::EventWatch> watch_;
    std::string told_;
    bool is_woken_ = false;
};

/// A client that is slow misses snapshots, never the newest.
class MetricsChannel final : public Channel {
  public:
    MetricsChannel(Topic topic, std::unique_ptr<live::MetricsWatch> watch)
        : topic_(std::move(topic)), watch_(std::move(watch)) {}

    Async<Result<std::vector<ChannelLine>>> next() override {
        std::vector<ChannelLine> lines;
        while (lines.empty() && !is_woken_) {
            auto snapshot = co_await watch_->next(kNever);
            if (!snapshot) co_return snapshot.error();
            if (*snapshot) lines.push_back({event_line(topic_, "", **snapshot), {}});
        }
        co_return lines;
    }
    bool is_over() const override { return false; }
    void wake() override {
        is_woken_ = true;
        watch_->signal().notify();
    }

  private:
    Topic topic_;
    std::unique_ptr<live::MetricsWatch> watch_;
    bool is_woken_ = false;
};

// One text, or a list of them.
Result<std::vector<std::string>> values_of(const json::object& filter, std::string_view name) {
    if (auto one = find_string(filter, name)) return std::vector<std::string>{std::move(*one)};
    return find_strings(filter, name);
}

}  // namespace

Result<live::EventsWanted> events_wanted(const json::object& filter, std::string after) {
    std::vector<std::vector<std::string>> values;
    for (const auto* name : {"kind", "task", "agent", "workflow"}) {
        auto given = values_of(filter, name);
        if (!given) return given.error();
        values.push_back(std::move(*given));
    }
    auto made = live::make_filter(values[0], values[1], values[2], values[3]);
    if (!made) return made.error();
    const auto from = find_string(filter, "from");
    if (filter.contains("from") && from != "now" && from != "start")
        return Error{Code::InvalidArgument, R"("from" must be "now" or "start".)"};
    live::EventsWanted wanted;
    wanted.filter = std::move(*made);
    wanted.after = std::move(after);
    wanted.from_start = from == "start";
    return wanted;
}

Async<Result<std::unique_ptr<Channel>>> open_stream(const Call& call, Topic topic, std::string after,
                                                    json::object filter) {
    auto* live = call.house.live;
    if (live == nullptr) co_return Error{Code::Unavailable, "This server has no live views."};
    if (topic.name == "metrics") {
        auto watch = co_await live->watch_metrics(call.caller);
        if (!watch) co_return watch.error();
        co_return std::make_unique<MetricsChannel>(std::move(topic), std::move(*watch));
    }
    if (topic.name != "events")
        co_return Error{Code::InvalidArgument, R"("stream" must be "events" or "metrics".)"};
    auto wanted = events_wanted(filter, std::move(after));
    if (!wanted) co_return wanted.error();
    auto watch = co_await live->watch_events(call.caller, std::move(*wanted));
    if (!watch) co_return watch.error();
    co_return std::make_unique<EventsChannel>(call.house.clock, std::move(topic), std::move(*watch));
}

}  // namespace meshai::doors::ws
