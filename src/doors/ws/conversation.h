// doors/ws/conversation.h
//
// What a client and the server say to each other on one WebSocket: operations
// one after the other, and beside them the lines of everything that is
// subscribed to, each subscription a coroutine with a cursor and nothing else.
// Each operation is judged as the same request over HTTP would be: the key
// again, its rate, its scope. Lives while the connection does, on its executor.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/scope.h"
#include "doors/front/call.h"
#include "doors/ws/ask.h"
#include "doors/ws/channel.h"
#include "doors/ws/said.h"
#include "doors/ws/turns.h"
#include "net/ws/socket.h"

namespace meshai::doors::ws {

class Conversation {
  public:
    /// `news` is the bell that `socket` rings, and the server when it drains.
    Conversation(Executor ex, Call& call, net::ws::Socket& socket, Signal news);
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    /// Until the socket has ended.
    Async<void> run();

    /// Lets go of everything that is followed. Awaited before the conversation goes.
    Async<void> end();

  private:
    struct Subscription {
        Topic topic{};
        std::unique_ptr<Channel> channel{};
        std::string after{};  ///< id of the last event that was sent
        bool is_stopped = false;
    };

    // conversation.cc: what happens by itself
    void greet();
    Async<void> look_around();
    Async<void> hear_all();
    void say(std::string_view line);
    void leave(net::ws::CloseCode code, std::string_view message);
    std::vector<Cursor> cursors() const;
    void follow(Topic topic, std::unique_ptr<Channel> channel, std::string after);
    Async<void> feed(std::shared_ptr<Subscription> subscription);
    Async<void> pass_on(std::shared_ptr<Subscription> subscription, std::vector<ChannelLine> lines);
    void drop(const Topic& topic);
    void drop_all();

    // operations.cc: what the client wants
    Async<void> hear(std::string text);
    Async<bool> admit(const Heard* heard);
    bool may(const Heard& heard, std::string_view scope);
    void refuse(const Heard* heard, const Error& error, json::object more = {});
    bool has_place(const Heard& heard, const Topic& topic);
    Async<void> act(const Heard& heard, SubmitAsk ask);
    Async<void> act(const Heard& heard, SubscribeAsk ask);
    Async<void> act(const Heard& heard, UnsubscribeAsk ask);
    Async<void> act(const Heard& heard, CancelAsk ask);
    Async<void> act(const Heard& heard, AnswerAsk ask);
    Async<void> act(const Heard& heard, PingAsk ask);
    Async<Result<std::unique_ptr<Channel>>> open(Topic topic, std::string after, json::object filter);

    Executor ex_;
    Call& call_;
    net::ws::Socket& socket_;
    Signal news_;
    Turns turns_;
    Gauge& followed_;
    std::map<Topic, std::shared_ptr<Subscription>> subscriptions_{};
    int bad_messages_ = 0;
    MonoTime keepalive_at_;
    MonoTime key_check_at_;
    Scope scope_;
};

}  // namespace meshai::doors::ws
