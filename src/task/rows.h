// task/rows.h
//
// The small rows that stand beside the logs in the store, and their keys:
//   Tasks            "t_…"                 the index row of a task (Summary)
//                    "open/t_…"            a task without a terminal event
//                    "done/<ms>/t_…"       a finished task, by the time it ended
//                    "gone/t_…"            a task past retention
//   IdempotencyKeys  the client's key      what it was used for
//   Conversations    "<id>/t_…"            a task that is a turn of a conversation
//   Runs             "t_…"                 which server has an unfinished task (Holder)
// They are put in the units of the events they follow from. Only for this room.
#pragma once

#include "task/log.h"

namespace meshai::task {

inline constexpr std::string_view kTaskPrefix = "t_";
inline constexpr std::string_view kOpenPrefix = "open/";
inline constexpr std::string_view kDonePrefix = "done/";
inline constexpr std::string_view kGonePrefix = "gone/";

std::string open_key(const TaskId& id);
std::string gone_key(const TaskId& id);
std::string done_key(WallTime finished_at, const TaskId& id);

/// Keys of one conversation sort as its turns came.
std::string turn_key(const std::string& conversation, const TaskId& id);

/// The task and the time in a key that done_key made.
struct Done {
    TaskId id;
    WallTime finished_at;
};
std::optional<Done> done_of(std::string_view key);

std::string encode_row(const Summary& summary);
Result<Summary> decode_summary(const store::Row& row);

/// What a client's idempotency key was used for.
struct KeyRow {
    TaskId task;
    Subject subject;
    std::string digest;  ///< of the request, see request_digest
    WallTime at;
};
std::string encode_row(const KeyRow& row);
Result<KeyRow> decode_key_row(std::string_view bytes);

/// Whose turn a task of a conversation is.
struct TurnRow {
    Subject subject;
};
std::string encode_row(const TurnRow& row);
Result<TurnRow> decode_turn_row(std::string_view bytes);

/// SHA-256 of the request with the members of every object in order of their
/// names: two spellings of one request are one request.
std::string request_digest(const Request& request);

/// The version of a holder is that of its row.
std::string encode_row(const Holder& holder);
Result<Holder> decode_holder(const store::Row& row);

/// What stays of a task past its retention, so that its reader hears "gone".
struct Tombstone {
    Subject subject;
    WallTime at;
};
std::string encode_row(const Tombstone& row);
Result<Tombstone> decode_tombstone(std::string_view bytes);

}  // namespace meshai::task
