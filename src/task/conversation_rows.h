// task/conversation_rows.h
//
// The rows of a conversation in the table Conversations, beside the rows of its
// turns (rows.h), and their keys. `I` and `S` are digests of the id and of the
// subject, so that a key has the same length whatever a client calls things:
//   "/head/I/S"        the conversation (Conversation)
//   "/list/<ms>/I/S"   where it stands in a list by age
//   "/sum/I/S/t_…"     a summary of its turns up to this one (TalkSummary)
// No id of a conversation begins with '/', so these are no rows of a turn. Only
// for this room.
#pragma once

#include "task/conversation.h"
#include "task/rows.h"

namespace meshai::task {

inline constexpr std::string_view kHeadPrefix = "/head/";
inline constexpr std::string_view kListPrefix = "/list/";
inline constexpr std::string_view kSummaryPrefix = "/sum/";

/// What all heads of one id have in common, whosever they are.
std::string heads_prefix(const std::string& id);
std::string head_key(const std::string& id, const Subject& subject);
std::string list_key(const Conversation& conversation);
std::string summaries_prefix(const std::string& id, const Subject& subject);

/// The end of every key of a subject's head.
std::string subject_suffix(const Subject& subject);

/// The key of the head that a row of the list stands for; empty if it is no such key.
std::string head_of_list_key(std::string_view key);

std::string encode_row(const Conversation& conversation);
Result<Conversation> decode_conversation(const store::Row& row);

std::string encode_row(const TalkSummary& summary);
Result<TalkSummary> decode_talk_summary(const store::Row& row);

/// 1 to kConversationBytesMax bytes, no control characters, not beginning with '/'.
Status check_conversation_id(const std::string& id);

/// The conversation as it is with one turn more, whose id is still to be set.
/// Conflict while the newest turn runs; TooLarge at kConversationTurnsMax.
Async<Result<Conversation>> open_turn(store::Engine& engine, Caller caller, std::string id, WallTime now);

/// What makes `conversation` have the turn `last` that it names.
void put_turn(store::Unit& unit, const Conversation& conversation);

/// Whether the task has no ending yet.
Async<Result<bool>> is_unfinished(store::Engine& engine, TenantId tenant, TaskId task);

/// See Conversations::turns.
Async<Result<std::vector<TaskId>>> turns_of(store::Engine& engine, TenantId tenant, Subject subject,
                                            std::string id, TaskId after, std::size_t max);

}  // namespace meshai::task
