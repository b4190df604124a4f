// doors/ws/ask.h
//
// What a client says over a WebSocket: one JSON object a message, whose "op" is
// what it wants. Pure: text in, a value out. Members nobody knows are ignored,
// as everywhere; what is missing or of a wrong type is refused by name. Whether
// a task exists, and who may do what, is for others to say.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "base/result.h"

namespace meshai::doors::ws {

/// The client's own name for a message, given back with its answer: as JSON text.
inline constexpr std::size_t kRefBytesMax = 256;
inline constexpr std::size_t kCursorBytesMax = 64;

/// What can be subscribed to: a task, or a stream of the tenant.
struct Topic {
    bool is_task = true;
    std::string name{};

    std::string_view member() const { return is_task ? "task_id" : "stream"; }
    friend auto operator<=>(const Topic&, const Topic&) = default;
};

struct SubmitAsk {
    json::object task{};  ///< a body of POST /api/v1/tasks
    bool subscribe = false;
    std::string after{};  ///< of the subscription: for a task that was there already
};
struct SubscribeAsk {
    Topic topic{};
    std::string after{};    ///< the id of the last event that the client has; empty: none
    json::object filter{};  ///< of a stream: the whole message
};
struct UnsubscribeAsk {
    Topic topic{};
};
struct CancelAsk {
    std::string task_id{};
};
struct AnswerAsk {
    std::string task_id{};
    json::object answers{};  ///< by key
};
struct PingAsk {};

using Ask = std::variant<SubmitAsk, SubscribeAsk, UnsubscribeAsk, CancelAsk, AnswerAsk, PingAsk>;

/// A message that was understood, or why not. `ref` and `op` are there as far as
/// they could be read, so that an error can name them.
struct Heard {
    json::value ref = nullptr;
    std::string op{};
    json::object message{};
    Result<Ask> ask = Error{};
};

Heard read_message(std::string_view text);

}  // namespace meshai::doors::ws
