// task/conversation.h
//
// Conversations: who talks, under which settings, and which tasks are the turns.
// A turn is a task with a log of its own that names its conversation; here are
// the rows that join them. A conversation belongs to one subject; it begins with
// its first turn or is made before, and ends when it is removed or when nothing
// is left of its turns. One turn runs at a time: that is decided in the unit that
// makes the turn (submit.cc), so of two that come at once one is refused.
// Never here: what an agent is told of the turns before (mesh/conversation), or
// running anything. Any thread.
#pragma once

#include "task/log.h"

namespace meshai::task {

/// What becomes of the turns for which there is no room any more.
enum class Overflow { Drop, Summarise };
std::string_view overflow_name(Overflow overflow);
std::optional<Overflow> overflow_of(std::string_view name);

/// How much of what was said before an agent is told.
inline constexpr std::size_t kTalkTurnsDefault = 20;
inline constexpr std::size_t kTalkTurnsMax = 200;
inline constexpr std::size_t kTalkBytesDefault = 256U << 10U;
inline constexpr std::size_t kTalkBytesMin = 1U << 10U;
inline constexpr std::size_t kTalkBytesMax = 4U << 20U;

/// The newest turns that keep both bounds are told; the oldest go first.
struct ContextBound {
    std::size_t turns_max = kTalkTurnsDefault;
    std::size_t bytes_max = kTalkBytesDefault;  ///< of what all they said
    Overflow overflow = Overflow::Drop;
    friend bool operator==(const ContextBound&, const ContextBound&) = default;
};

/// Bounds of a conversation itself.
inline constexpr std::size_t kConversationTurnsMax = 1000;  ///< shared ones of a fork, too
inline constexpr std::size_t kTitleBytesMax = 256;
inline constexpr std::size_t kMetadataBytesMax = 16U << 10U;          ///< as JSON
inline constexpr std::size_t kTalkInstructionsBytesMax = 64U << 10U;  ///< as JSON
inline constexpr std::size_t kSummaryBytesMax = 8U << 10U;            ///< of one stored summary

/// What its owner settled when it was made. Fixed from then on: a turn that is
/// run again after a crash is told the same.
struct TalkSettings {
    std::string title{};
    std::vector<std::string> agents{};        ///< wanted for a turn that names none
    std::vector<std::string> capabilities{};  ///< needed by a turn that names none
    json::value instructions{};               ///< of a turn that has none; null, string or object
    ContextBound context{};
    json::object metadata{};
    friend bool operator==(const TalkSettings&, const TalkSettings&) = default;
};

struct Conversation {
    std::string id{};
    Subject subject{};
    TalkSettings settings{};
    std::string forked_from{};  ///< the conversation whose turns it shares; may be empty
    TaskId forked_at{};         ///< the last of them
    WallTime created_at{};
    WallTime used_at{};     ///< when its newest turn came, or it was made
    std::size_t turns = 0;  ///< that it has had, shared ones too
    TaskId last{};          ///< the newest of them; may be empty
    std::uint64_t version = 0;
};

/// The oldest turns of a conversation in few words, up to and with one of them.
struct TalkSummary {
    TaskId last;               ///< the newest turn it tells of
    std::string text;          ///< at most kSummaryBytesMax
    std::size_t turns = 0;     ///< that it tells of
    std::size_t left_out = 0;  ///< older turns that it does not tell of, for which there was no room
};

/// The id of the conversation that a call with this idempotency key begins: a repeated call means the same.
std::string conversation_of_key(std::string_view idempotency_key);

/// A conversation that was made, or one with the same id and the same settings that was there.
struct MadeConversation {
    Conversation conversation;
    bool is_new = true;
};

class Conversations {
  public:
    Conversations(store::Engine& engine, Clock& clock) : engine_(engine), clock_(clock) {}
    explicit Conversations(TaskLog& log) : Conversations(log.engine(), log.clock()) {}

    /// Makes a conversation without turns. Conflict where one with this id has other
    /// settings or turns already; InvalidArgument or TooLarge over the bounds above.
    Async<Result<MadeConversation>> create(Caller caller, std::string id, TalkSettings settings);

    /// Makes `id` with the turns of `from` up to and with `at` as its own: their
    /// logs are shared, not copied, and it goes its own way from there. NotFound
    /// for a turn that is none of `from`, Conflict while that turn still runs.
    Async<Result<MadeConversation>> fork(Caller caller, std::string id, TalkSettings settings,
                                         Conversation from, TaskId at);

    /// NotFound for an unknown and for a foreign one. Who sees the tenant is given
    /// their own, if there is one, or another subject's.
    Async<Result<Conversation>> find(Caller caller, std::string id);

    /// The newest first, those made before `before` (its key; "": from the newest), at most `max`.
    struct Page {
        std::vector<Conversation> conversations{};
        std::string next{};  ///< `before` of the next page; empty: that was all
    };
    Async<Result<Page>> list(Caller caller, std::string before, std::size_t max);

    /// The turns of one subject behind `after` (empty: from the first), oldest first,
    /// at most `max` (1..kConversationTurnsMax). A turn whose task is past retention
    /// is still listed where a fork shares it.
    Async<Result<std::vector<TaskId>>> turns(TenantId tenant, Subject subject, std::string id, TaskId after,
                                             std::size_t max);

    /// Forgets the conversation with its list of turns and its summaries; the tasks
    /// stay what they are. Conflict while a turn runs.
    Async<Status> remove(TenantId tenant, Conversation conversation);

    /// The newest summary that ends before the turn `before`, if there is one.
    Async<Result<std::optional<TalkSummary>>> summary(TenantId tenant, Subject subject, std::string id,
                                                      TaskId before);
    Async<Status> keep_summary(TenantId tenant, Subject subject, std::string id, TalkSummary summary);

    /// Forgets the conversations of a tenant of which nothing is left: their newest
    /// turn is past retention, or they never had one for `kept`. Gives how many.
    Async<Result<std::size_t>> forget_empty(TenantId tenant, Duration kept);

    /// Whether `turn` has no ending yet.
    Async<Result<bool>> is_running(TenantId tenant, TaskId turn);

  private:
    Async<Result<MadeConversation>> make(TenantId tenant, Conversation wanted, std::vector<TaskId> shared,
                                         std::optional<TalkSummary> summary);
    Async<Result<bool>> is_over(TenantId tenant, const Conversation& conversation, WallTime unused_before);

    store::Engine& engine_;
    Clock& clock_;
};

}  // namespace meshai::task
