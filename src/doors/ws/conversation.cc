#include "doors/ws/conversation.h"

#include <algorithm>

#include "doors/stream/stream.h"
#include "doors/ws/limits.h"

namespace meshai::doors::ws {

Conversation::Conversation(Executor ex, Call& call, net::ws::Socket& socket, Signal news)
    : ex_(ex),
      call_(call),
      socket_(socket),
      news_(std::move(news)),
      turns_(ex, call.house.clock, [&socket] { return socket.has_room(); }),
      followed_(call.house.metrics.gauge("meshai_websocket_subscriptions",
                                         "Tasks and streams that are followed over WebSockets now")),
      keepalive_at_(call.house.clock.in(kKeepalivePeriod)),
      key_check_at_(call.house.clock.in(kKeyCheckPeriod)),
      scope_(ex, call.house.clock, call.house.log) {}

Async<void> Conversation::run() {
    greet();
    while (!socket_.ending()) {
        co_await look_around();
        co_await hear_all();
        turns_.look();
        const auto until = std::min(keepalive_at_, key_check_at_);
        if (co_await news_.wait_until(until) != Wake::Cancelled) continue;
        leave(net::ws::kGoingAway, "The server stops; come back");
        co_return;
    }
}

Async<void> Conversation::end() {
    turns_.close();
    drop_all();
    co_await scope_.close();
}

void Conversation::greet() {
    const auto& house = call_.house;
    Greeting greeting;
    greeting.service = house.identity.service;
    greeting.version = house.identity.version;
    greeting.agents = house.registry.routable(call_.caller.tenant).size();
    greeting.uptime_s =
        std::chrono::duration_cast<std::chrono::seconds>(house.clock.now() - house.started_at).count();
    greeting.now = house.clock.wall();
    say(connected_line(greeting));
}

/// What has to happen now without anybody asking for it.
Async<void> Conversation::look_around() {
    const auto& clock = call_.house.clock;
    if (call_.http.is_draining()) leave(net::ws::kGoingAway, "The server stops; come back");
    if (socket_.is_slow()) leave(net::ws::kTryAgainLater, "You read too slowly; come back");
    if (clock.now() >= keepalive_at_) {
        keepalive_at_ = clock.in(kKeepalivePeriod);
        if (socket_.has_room()) say(keepalive_line(clock.wall()));
    }
    if (clock.now() >= key_check_at_) {
        key_check_at_ = clock.in(kKeyCheckPeriod);
        co_await admit(nullptr);
    }
}

/// Answers need room like everything else: a client that takes none is not heard.
Async<void> Conversation::hear_all() {
    while (socket_.has_room()) {
        auto text = socket_.take();
        if (!text) co_return;
        co_await hear(std::move(*text));
    }
}

void Conversation::say(std::string_view line) {
    socket_.send(line);
    turns_.look();
}

void Conversation::leave(net::ws::CloseCode code, std::string_view message) {
    if (!socket_.is_open()) return;
    const auto places = cursors();
    if (!places.empty()) socket_.send(closing_line(code, message, places));
    socket_.close(code, closing_reason(message, places));
    turns_.close();
    drop_all();
}

std::vector<Cursor> Conversation::cursors() const {
    std::vector<Cursor> places;
    for (const auto& [topic, subscription] : subscriptions_) places.push_back({topic, subscription->after});
    return places;
}

void Conversation::follow(Topic topic, std::unique_ptr<Channel> channel, std::string after) {
    auto subscription = std::make_shared<Subscription>(topic, std::move(channel), std::move(after));
    subscriptions_[std::move(topic)] = subscription;
    followed_.add(1);
    scope_.spawn("follow on a websocket", feed(std::move(subscription)));
}

Async<void> Conversation::feed(std::shared_ptr<Subscription> subscription) {
    while (!subscription->is_stopped && !subscription->channel->is_over()) {
        auto lines = co_await subscription->channel->next();
        if (!lines && lines.error().code == Code::Cancelled) co_return;
        if (!lines) {
            json::object more;
            more[subscription->topic.member()] = subscription->topic.name;
            if (!subscription->is_stopped) refuse(nullptr, lines.error(), std::move(more));
            break;
        }
        co_await pass_on(subscription, std::move(*lines));
    }
    if (!subscription->is_stopped) drop(subscription->topic);
}

Async<void> Conversation::pass_on(std::shared_ptr<Subscription> subscription,
                                  std::vector<ChannelLine> lines) {
    for (auto& line : lines) {
        const bool has_turn = co_await turns_.take();
        if (!has_turn || subscription->is_stopped) {
            turns_.look();  // the turn is the next one's
            co_return;
        }
        if (!line.id.empty()) subscription->after = std::move(line.id);
        say(line.text);
    }
}

void Conversation::drop(const Topic& topic) {
    const auto found = subscriptions_.find(topic);
    if (found == subscriptions_.end()) return;
    found->second->is_stopped = true;
    found->second->channel->wake();
    subscriptions_.erase(found);
    followed_.add(-1);
}

void Conversation::drop_all() {
    while (!subscriptions_.empty()) drop(Topic(subscriptions_.begin()->first));
}

}  // namespace meshai::doors::ws
