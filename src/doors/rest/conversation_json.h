// doors/rest/conversation_json.h
//
// How conversations and their turns look in REST answers, and the bodies that
// make them. Pure.
#pragma once

#include "base/json.h"
#include "task/conversation.h"
#include "task/view.h"
#include "wire/meshai/ask.h"

namespace meshai::doors {

/// A body of POST /api/v1/conversations. What it leaves out is as in `otherwise`:
/// a fork is like what it was forked from. InvalidArgument names the member.
Result<task::TalkSettings> parse_settings(const json::object& body, task::TalkSettings otherwise);

/// A body of POST …/turns as one of POST /api/v1/execute: `message` is its input,
/// `agent` the agent that is wanted.
Result<wire::guide::TaskAsk> parse_turn(const json::object& body);

json::object conversation_json(const task::Conversation& conversation);

/// A turn with what was said in it. `number` is its place, the first has 1.
json::object turn_json(const std::string& conversation, std::size_t number, const TaskId& id,
                       const task::View& view);

/// A turn in one line.
json::object turn_line(std::size_t number, const task::Summary& summary);

/// A turn of which nothing is left.
json::object gone_turn_json(std::size_t number, const TaskId& id);

/// Bytes of text that a token has, roughly: for bounds that are given in tokens.
inline constexpr std::int64_t kBytesOfAToken = 4;

}  // namespace meshai::doors
