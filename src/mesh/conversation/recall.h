// mesh/conversation/recall.h
//
// What of a conversation an agent is told when it runs a turn: the earlier turns
// that were answered, read from their logs, within the bound of the conversation;
// in front of them a summary, where there is one; and how much was left out. The
// same rows and logs give the same answer, so a turn that is run again after a
// crash is told the same. Reads only; it runs nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "task/conversation.h"

namespace meshai::mesh {

/// One turn that was answered: what the client said, and what an agent said to it.
struct Exchange {
    TaskId turn{};
    std::string question{};
    std::string answer{};

    std::size_t bytes() const { return question.size() + answer.size(); }
};

/// Turns for which there is no room, and which a summary should tell of from now on.
struct Overdue {
    std::optional<task::TalkSummary> before{};  ///< the summary so far; the new one contains it
    std::vector<Exchange> exchanges{};          ///< oldest first
    TaskId last{};                              ///< the newest of them: the summary's key
    std::size_t left_out = 0;                   ///< older turns still, that no summary will tell of
    std::size_t summary_bytes_max = 0;

    /// How many there are is still known; what was said is not held any longer.
    void forget_words();
};

struct Recall {
    task::ContextBound bound{};
    std::optional<task::TalkSummary> summary{};
    std::vector<Exchange> told{};  ///< oldest first
    std::size_t turns = 0;         ///< that came before, as far as anything is known of them
    std::size_t dropped = 0;       ///< of these, left out: the bound has no room for them
    std::size_t missing = 0;       ///< of these, past retention
    std::optional<Overdue> overdue{};

    std::size_t summarised() const { return summary ? summary->turns : 0; }
    /// Whether the agent is told less than all that was said.
    bool is_bounded() const { return dropped > 0 || missing > 0 || summary; }
};

/// What the turn `id` of `subject` in `conversation` is told. Without an `overdue`
/// where the conversation drops its oldest turns, or all of them are told of.
Async<Result<Recall>> recall(task::TaskLog& log, TenantId tenant, Subject subject, std::string conversation,
                             TaskId id);

/// The text of what was said: of a string itself, of an object its "text", else its JSON.
std::string spoken(const json::value& value);

/// Turns that a summary is made of at once, and the bytes of each of their texts that it is shown.
inline constexpr std::size_t kOverdueTurnsMax = 200;
inline constexpr std::size_t kOverdueTextBytesMax = 8U << 10U;

}  // namespace meshai::mesh
