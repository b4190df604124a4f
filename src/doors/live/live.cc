#include "doors/live/live.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "doors/live/channel.h"
#include "doors/live/line.h"

namespace meshai::doors::live {
namespace {

const Error kClosed{Code::Unavailable, "The server is draining; come back soon."};
constexpr MonoTime kAtOnce = MonoTime::min();

// A place at a channel, given up at the end.
class Seat {
  public:
    Seat(std::shared_ptr<Channel> channel, Channel::Watcher watcher, Gauge& open)
        : channel_(std::move(channel)), mine_(channel_->enter(std::move(watcher))), open_(open) {
        open_.add(1);
    }
    ~Seat() {
        channel_->leave(mine_);
        open_.add(-1);
    }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    Channel& channel() const { return *channel_; }

  private:
    std::shared_ptr<Channel> channel_;
    Channel::Watchers::iterator mine_;
    Gauge& open_;
};

}  // namespace

struct EventWatch::State {
    task::TaskLog& tasks;
    task::Feed& feed;
    Clock& clock;
    task::Caller caller;
    Filter filter;
    std::unique_ptr<Seat> seat{};
    std::optional<std::uint64_t>
        next{};  ///< number of the next line at the channel; nothing: the store is read
    WorkingAgents working{};
    bool was_called = false;  ///< the bell was rung on a long way through the store
};

struct MetricsWatch::State {
    std::unique_ptr<Seat> seat{};
    std::uint64_t seen = 0;
};

struct Live::State {
    explicit State(Parts the_parts)
        : parts(the_parts),
          feed(parts.tasks, parts.log),
          scope(parts.ex, parts.clock, parts.log),
          events_open(gauge("events")),
          metrics_open(gauge("metrics")) {}

    Gauge& gauge(const std::string& view) const {
        return parts.metrics.gauge("meshai_live_watches", "Clients that watch a tenant live",
                                   {{"view", view}});
    }

    Parts parts;
    task::Feed feed;
    Scope scope;  // on parts.ex only
    Gauge& events_open;
    Gauge& metrics_open;
    std::mutex mutex;  // guards all below
    std::map<TenantId, std::shared_ptr<Channel>> channels{};
    bool is_closed = false;

    static Result<std::unique_ptr<Seat>> enter(const std::shared_ptr<State>& self, const TenantId& tenant,
                                               Channel::Watcher watcher);
    void start(const std::shared_ptr<State>& self, std::shared_ptr<Channel> channel);
    bool forget(const Channel& channel);
};

Live::Live(Parts parts) : state_(std::make_shared<State>(parts)) {}
Live::~Live() = default;

Result<std::unique_ptr<Seat>> Live::State::enter(const std::shared_ptr<State>& self, const TenantId& tenant,
                                                 Channel::Watcher watcher) {
    std::lock_guard lock(self->mutex);
    if (self->is_closed) return kClosed;
    auto& channel = self->channels[tenant];
    const bool is_new = !channel;
    if (is_new)
        channel =
            std::make_shared<Channel>(Channel::Parts{self->parts.tasks, self->feed, self->parts.registry,
                                                     self->parts.ex, self->parts.clock, self->parts.log},
                                      tenant);
    if (channel->watchers() >= kWatchesPerTenantMax)
        return Error{Code::ResourceExhausted,
                     fmt::format("{} clients watch this tenant already; close one.", kWatchesPerTenantMax)};
    auto& open = watcher.wants_metrics ? self->metrics_open : self->events_open;
    auto seat = std::make_unique<Seat>(channel, std::move(watcher), open);
    if (is_new) self->start(self, channel);
    return seat;
}

void Live::State::start(const std::shared_ptr<State>& self, std::shared_ptr<Channel> channel) {
    asio::post(parts.ex, [weak = std::weak_ptr<State>(self), channel = std::move(channel)]() mutable {
        const auto state = weak.lock();
        if (!state) return;
        auto may_end = [weak, watched = channel.get()] {
            const auto still = weak.lock();
            return !still || still->forget(*watched);
        };
        state->scope.spawn("live view", Channel::run(std::move(channel), std::move(may_end)));
    });
}

// Asked under the mutex under which watchers enter: nobody comes to a channel that has ended.
bool Live::State::forget(const Channel& channel) {
    std::lock_guard lock(mutex);
    if (channel.watchers() > 0) return false;
    channels.erase(channel.tenant());
    return true;
}

Async<Result<std::unique_ptr<EventWatch>>> Live::watch_events(task::Caller caller, EventsWanted wanted) {
    const auto state = state_;
    auto place = std::move(wanted.after);
    if (place.empty() && !wanted.from_start) {
        auto now = co_await state->feed.end(caller.tenant);
        if (!now) co_return now.error();
        place = std::move(*now);
    }
    // Looked at before the client is answered: a place that is none is an error and no stream.
    if (const auto probe = co_await state->feed.read(caller, place, 0); !probe) co_return probe.error();
    std::set<AgentId> agents;
    for (const auto& name : wanted.filter.agents) {
        const auto known = state->parts.registry.get(caller.tenant, name.value);
        agents.insert(known ? known->spec.id : name);
    }
    wanted.filter.agents = std::move(agents);

    const auto ex = co_await this_executor();
    const bool wants_bulk = wanted.filter.wants_bulk();
    const auto tenant = caller.tenant;
    auto made = std::make_unique<EventWatch::State>(EventWatch::State{.tasks = state->parts.tasks,
                                                                      .feed = state->feed,
                                                                      .clock = state->parts.clock,
                                                                      .caller = std::move(caller),
                                                                      .filter = std::move(wanted.filter)});
    std::unique_ptr<EventWatch> watch(
        new EventWatch(std::move(made), ex, state->parts.clock, std::move(place)));
    auto seat = State::enter(state, tenant, {watch->news_, /*wants_metrics=*/false, wants_bulk});
    if (!seat) co_return seat.error();
    watch->state_->seat = std::move(*seat);
    co_return watch;
}

Async<Result<std::unique_ptr<MetricsWatch>>> Live::watch_metrics(task::Caller caller) {
    const auto state = state_;
    const auto ex = co_await this_executor();
    std::unique_ptr<MetricsWatch> watch(
        new MetricsWatch(std::make_unique<MetricsWatch::State>(), ex, state->parts.clock));
    auto seat =
        State::enter(state, caller.tenant, {watch->news_, /*wants_metrics=*/true, /*wants_bulk=*/false});
    if (!seat) co_return seat.error();
    watch->state_->seat = std::move(*seat);
    // A snapshot of this second is good for one more client; an older one is not.
    const auto last = watch->state_->seat->channel().snapshot();
    const bool is_fresh = last.number > 0 && state->parts.clock.now() - last.at < kMetricsPeriod;
    watch->state_->seen = is_fresh ? last.number - 1 : last.number;
    co_return watch;
}

Async<void> Live::close() {
    const auto state = state_;
    {
        std::lock_guard lock(state->mutex);
        state->is_closed = true;
        for (const auto& [tenant, channel] : state->channels) channel->end();
        state->channels.clear();
    }
    co_await state->scope.close();
}

EventWatch::EventWatch(std::unique_ptr<State> state, Executor ex, Clock& clock, std::string cursor)
    : state_(std::move(state)), news_(ex, clock), bell_(ex, clock, news_), cursor_(std::move(cursor)) {}
EventWatch::~EventWatch() = default;

Async<Result<std::vector<Line>>> EventWatch::next(MonoTime deadline, std::size_t max) {
    auto& channel = state_->seat->channel();
    for (;;) {
        auto lines = co_await take(deadline, max);
        if (!lines || !lines->empty() || std::exchange(state_->was_called, false)) co_return lines;
        if (channel.is_over()) co_return kClosed;
        const auto woken = co_await news_.wait_until(deadline);
        if (woken == Wake::Cancelled) co_return Error{Code::Cancelled, "Watching the tenant was cancelled."};
        if (woken == Wake::Deadline || co_await is_called()) co_return co_await take(deadline, max);
    }
}

Async<bool> EventWatch::is_called() {
    co_return co_await bell_.wait_until(kAtOnce) == Wake::Notified;
}

// What is there; nothing also when the time is up in the middle of a long way through the store.
Async<Result<std::vector<Line>>> EventWatch::take(MonoTime deadline, std::size_t max) {
    auto& state = *state_;
    auto& channel = state.seat->channel();
    for (bool is_end = false;;) {
        if (!state.next) state.next = channel.number_behind(cursor_);
        if (state.next) {
            auto taken = channel.take(*state.next, state.caller, state.filter, max);
            if (!taken.cursor.empty()) cursor_ = std::move(taken.cursor);
            if (!taken.is_behind || !taken.lines.empty()) co_return std::move(taken.lines);
            state.next.reset();
        }
        auto lines = co_await read_store(max, is_end);
        if (!lines || !lines->empty()) co_return lines;
        if (is_end || state.clock.now() >= deadline) co_return lines;
        state.was_called = co_await is_called();
        if (state.was_called) co_return lines;
    }
}

Async<Result<std::vector<Line>>> EventWatch::read_store(std::size_t max, bool& is_end) {
    auto& state = *state_;
    auto page = co_await state.feed.read(state.caller, cursor_, max);
    if (!page) co_return page.error();
    is_end = page->is_end;
    cursor_ = std::move(page->cursor);
    std::vector<Line> lines;
    for (const auto& item : page->items) {
        auto facts = facts_of(item);
        if (!state.filter.agents.empty())
            facts.working = co_await state.working.of(state.tasks, state.caller.tenant, item);
        if (state.filter.wants(facts))
            lines.push_back({item.cursor, std::make_shared<const std::string>(event_line(item))});
    }
    co_return lines;
}

MetricsWatch::MetricsWatch(std::unique_ptr<State> state, Executor ex, Clock& clock)
    : state_(std::move(state)), news_(ex, clock), bell_(ex, clock, news_) {}
MetricsWatch::~MetricsWatch() = default;

Async<Result<std::shared_ptr<const std::string>>> MetricsWatch::next(MonoTime deadline) {
    auto& channel = state_->seat->channel();
    for (;;) {
        auto newest = channel.snapshot();
        if (newest.number > state_->seen) {
            state_->seen = newest.number;
            co_return std::move(newest.json);
        }
        if (channel.is_over()) co_return kClosed;
        const auto woken = co_await news_.wait_until(deadline);
        if (woken == Wake::Cancelled) co_return Error{Code::Cancelled, "Watching the tenant was cancelled."};
        const bool is_called = co_await bell_.wait_until(kAtOnce) == Wake::Notified;
        if (woken == Wake::Deadline || is_called) co_return std::shared_ptr<const std::string>{};
    }
}

}  // namespace meshai::doors::live
