// doors/rest/conversations.h
//
// REST calls about conversations: begin one, fork one, look at it, say something in
// it, forget it. A turn is a task; its stream, status and result are those of any
// task. A foreign conversation and an unknown one get the same answer.
#pragma once

#include "doors/front/call.h"
#include "task/conversation.h"

namespace meshai::doors {

std::vector<Route> conversation_routes();

/// The turns of a conversation: a page of them, the next one, the stream of the newest.
std::vector<Route> turn_routes();

/// The conversation of the path. When nothing comes back, the answer is given already.
Async<std::optional<task::Conversation>> see_conversation(Call& call);

/// Of a list, and of its turns.
inline constexpr std::uint64_t kConversationsShown = 50;
inline constexpr std::uint64_t kConversationsShownMax = 200;
inline constexpr std::uint64_t kTurnsShown = 50;
inline constexpr std::uint64_t kTurnsShownMax = 200;

/// Newest turns that stand, in one line each, in the answer about one conversation.
inline constexpr std::size_t kTurnLines = 20;

}  // namespace meshai::doors
