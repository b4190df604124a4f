#include "task/conversation.h"

#include <fmt/format.h>

#include <algorithm>

#include "task/commit.h"
#include "task/conversation_rows.h"
#include "task/retention.h"

namespace meshai::task {
namespace {

constexpr std::size_t kPage = 64;  // rows of the list, looked at in one go
constexpr auto kTable = store::Table::Conversations;

Error unknown() {
    return Error{Code::NotFound, "No such conversation."};
}

Status check(const TalkSettings& settings) {
    if (settings.title.size() > kTitleBytesMax)
        return Error{Code::InvalidArgument,
                     fmt::format("\"title\" may have at most {} bytes.", kTitleBytesMax)};
    if (to_text(settings.metadata).size() > kMetadataBytesMax)
        return Error{Code::TooLarge,
                     fmt::format("\"metadata\" may have at most {} bytes as JSON.", kMetadataBytesMax)};
    if (to_text(settings.instructions).size() > kTalkInstructionsBytesMax)
        return Error{Code::TooLarge, fmt::format("\"instructions\" may have at most {} bytes as JSON.",
                                                 kTalkInstructionsBytesMax)};
    const auto& context = settings.context;
    if (context.turns_max < 1 || context.turns_max > kTalkTurnsMax)
        return Error{
            Code::InvalidArgument,
            fmt::format("\"context.max_turns\" must be a whole number from 1 to {}.", kTalkTurnsMax)};
    if (context.bytes_max < kTalkBytesMin || context.bytes_max > kTalkBytesMax)
        return Error{Code::InvalidArgument,
                     fmt::format("\"context.max_bytes\" must be a whole number from {} to {}.", kTalkBytesMin,
                                 kTalkBytesMax)};
    return {};
}

/// Whether the head is of this subject: the end of its key says whose it is.
bool is_head_of(std::string_view key, const Subject& subject) {
    return key.ends_with(subject_suffix(subject));
}

bool is_same(const Conversation& there, const Conversation& wanted) {
    return there.settings == wanted.settings && there.forked_from == wanted.forked_from &&
           there.forked_at == wanted.forked_at;
}

Conversations::Page page_up_to(Conversations::Page page, const std::string& last_seen) {
    if (!last_seen.empty()) page.next = last_seen.substr(kListPrefix.size());
    return page;
}

store::Put removal(std::string key, std::uint64_t version = store::kAnyVersion) {
    return {kTable, std::move(key), version, std::nullopt};
}

}  // namespace

Async<Result<bool>> Conversations::is_running(TenantId tenant, TaskId turn) {
    return is_unfinished(engine_, std::move(tenant), std::move(turn));
}

Async<Result<MadeConversation>> Conversations::create(Caller caller, std::string id, TalkSettings settings) {
    if (auto fine = check_conversation_id(id); !fine) co_return fine.error();
    if (auto fine = check(settings); !fine) co_return fine.error();
    auto there = co_await turns(caller.tenant, caller.subject, id, {}, 1);
    if (!there) co_return there.error();
    Conversation wanted;
    wanted.id = std::move(id);
    wanted.subject = caller.subject;
    wanted.settings = std::move(settings);
    // Turns without a head were said before there were heads: the id is in use.
    auto head = co_await engine_.get(caller.tenant, kTable, head_key(wanted.id, wanted.subject));
    if (!head) co_return head.error();
    if (!*head && !there->empty()) co_return Error{Code::Conflict, "A conversation of this id is there."};
    co_return co_await make(caller.tenant, std::move(wanted), {}, std::nullopt);
}

Async<Result<MadeConversation>> Conversations::make(TenantId tenant, Conversation wanted,
                                                    std::vector<TaskId> shared,
                                                    std::optional<TalkSummary> summary) {
    wanted.created_at = clock_.wall();
    wanted.used_at = wanted.created_at;
    wanted.turns = shared.size();
    if (!shared.empty()) wanted.last = shared.back();
    store::Unit unit{tenant, {}, {}};
    const auto key = head_key(wanted.id, wanted.subject);
    unit.puts.push_back({kTable, key, 0, encode_row(wanted)});
    unit.puts.push_back({kTable, list_key(wanted), store::kAnyVersion, std::string("{}")});
    for (const auto& turn : shared)
        unit.puts.push_back(
            {kTable, turn_key(wanted.id, turn), store::kAnyVersion, encode_row(TurnRow{wanted.subject})});
    if (summary)
        unit.puts.push_back({kTable, summaries_prefix(wanted.id, wanted.subject) + summary->last.value,
                             store::kAnyVersion, encode_row(*summary)});
    const auto outcome = co_await commit_surely(engine_, clock_, std::move(unit));
    wanted.version = 1;
    if (outcome) co_return MadeConversation{std::move(wanted), true};
    if (outcome.error().code != Code::Conflict) co_return outcome.error();
    const auto row = co_await engine_.get(tenant, kTable, key);
    if (!row) co_return row.error();
    if (!*row) co_return Error{Code::Unavailable, "The conversation was removed just now; try again."};
    auto there = decode_conversation(**row);
    if (!there) co_return there.error();
    if (!is_same(*there, wanted))
        co_return Error{Code::Conflict, "A conversation of this id is there already, with other settings."};
    co_return MadeConversation{std::move(*there), false};
}

Async<Result<MadeConversation>> Conversations::fork(Caller caller, std::string id, TalkSettings settings,
                                                    Conversation from, TaskId at) {
    if (auto fine = check_conversation_id(id); !fine) co_return fine.error();
    if (auto fine = check(settings); !fine) co_return fine.error();
    auto shared = co_await turns(caller.tenant, from.subject, from.id, {}, kConversationTurnsMax);
    if (!shared) co_return shared.error();
    const auto found = std::ranges::find(*shared, at);
    if (found == shared->end()) co_return Error{Code::NotFound, "The conversation has no such turn."};
    shared->erase(found + 1, shared->end());
    const auto running = co_await is_unfinished(engine_, caller.tenant, at);
    if (!running) co_return running.error();
    if (*running)
        co_return Error{Code::Conflict,
                        fmt::format("Turn {} still runs; a fork begins at a turn that has ended.", at.value)};
    // The summary that the fork's first turn would be told if it came in `from`.
    const TaskId behind{at.value + "~"};
    auto summary = co_await this->summary(caller.tenant, from.subject, from.id, behind);
    if (!summary) co_return summary.error();
    Conversation wanted;
    wanted.id = std::move(id);
    wanted.subject = caller.subject;
    wanted.settings = std::move(settings);
    wanted.forked_from = from.id;
    wanted.forked_at = at;
    co_return co_await make(caller.tenant, std::move(wanted), std::move(*shared), std::move(*summary));
}

Async<Result<Conversation>> Conversations::find(Caller caller, std::string id) {
    if (!check_conversation_id(id)) co_return unknown();
    auto own = co_await engine_.get(caller.tenant, kTable, head_key(id, caller.subject));
    if (!own) co_return own.error();
    if (*own) co_return decode_conversation(**own);
    if (!caller.sees_tenant) co_return unknown();
    auto others =
        co_await engine_.scan(caller.tenant, kTable, heads_prefix(id), "", 1, store::Order::Ascending);
    if (!others) co_return others.error();
    if (others->empty()) co_return unknown();
    co_return decode_conversation(others->front());
}

Async<Result<Conversations::Page>> Conversations::list(Caller caller, std::string before, std::size_t max) {
    Page page;
    std::string last_seen;
    auto after = before.empty() ? std::string() : std::string(kListPrefix) + before;
    for (std::size_t looked_at = 0; looked_at < kListRowsMax;) {
        const auto rows = co_await engine_.scan(caller.tenant, kTable, std::string(kListPrefix), after, kPage,
                                                store::Order::Descending);
        if (!rows) co_return rows.error();
        if (rows->empty()) co_return page;
        looked_at += rows->size();
        after = rows->back().key;
        for (const auto& row : *rows) {
            const auto key = head_of_list_key(row.key);
            if (key.empty() || !(caller.sees_tenant || is_head_of(key, caller.subject))) continue;
            // Only a row that the caller has seen is named in the cursor.
            if (page.conversations.size() == max) co_return page_up_to(std::move(page), last_seen);
            const auto head = co_await engine_.get(caller.tenant, kTable, key);
            if (!head) co_return head.error();
            if (!*head) continue;  // removed since the list was read
            auto conversation = decode_conversation(**head);
            if (!conversation) co_return conversation.error();
            page.conversations.push_back(std::move(*conversation));
            last_seen = row.key;
        }
    }
    co_return page_up_to(std::move(page), last_seen);
}

Async<Result<std::vector<TaskId>>> Conversations::turns(TenantId tenant, Subject subject, std::string id,
                                                        TaskId after, std::size_t max) {
    return turns_of(engine_, std::move(tenant), std::move(subject), std::move(id), std::move(after), max);
}

Async<Status> Conversations::remove(TenantId tenant, Conversation conversation) {
    if (!conversation.last.empty()) {
        const auto running = co_await is_unfinished(engine_, tenant, conversation.last);
        if (!running) co_return running.error();
        if (*running)
            co_return Error{Code::Conflict,
                            fmt::format("Turn {} of this conversation still runs.", conversation.last.value)};
    }
    auto shared = co_await turns(tenant, conversation.subject, conversation.id, {}, kConversationTurnsMax);
    if (!shared) co_return shared.error();
    const auto summaries =
        co_await engine_.scan(tenant, kTable, summaries_prefix(conversation.id, conversation.subject), "",
                              store::kScanRowsMax, store::Order::Ascending);
    if (!summaries) co_return summaries.error();
    // One unit: a conversation is there whole or not at all. A turn that came meanwhile changed the head.
    store::Unit unit{tenant, {}, {}};
    unit.puts.push_back(removal(head_key(conversation.id, conversation.subject), conversation.version));
    unit.puts.push_back(removal(list_key(conversation)));
    for (const auto& turn : *shared) unit.puts.push_back(removal(turn_key(conversation.id, turn)));
    for (const auto& row : *summaries) unit.puts.push_back(removal(row.key));
    co_return co_await commit_surely(engine_, clock_, std::move(unit));
}

Async<Result<std::optional<TalkSummary>>> Conversations::summary(TenantId tenant, Subject subject,
                                                                 std::string id, TaskId before) {
    const auto prefix = summaries_prefix(id, subject);
    const auto rows =
        co_await engine_.scan(tenant, kTable, prefix, prefix + before.value, 1, store::Order::Descending);
    if (!rows) co_return rows.error();
    if (rows->empty()) co_return std::optional<TalkSummary>{};
    auto summary = decode_talk_summary(rows->front());
    if (!summary) co_return summary.error();
    co_return std::optional<TalkSummary>(std::move(*summary));
}

Async<Status> Conversations::keep_summary(TenantId tenant, Subject subject, std::string id,
                                          TalkSummary summary) {
    summary.text.resize(utf8_prefix(summary.text, kSummaryBytesMax).size());
    store::Unit unit{tenant, {}, {}};
    unit.puts.push_back({kTable, summaries_prefix(id, subject) + summary.last.value, store::kAnyVersion,
                         encode_row(summary)});
    return commit_surely(engine_, clock_, std::move(unit));
}

// The newest turn is the last to go; of a conversation without turns there is only its own age.
Async<Result<bool>> Conversations::is_over(TenantId tenant, const Conversation& conversation,
                                           WallTime unused_before) {
    if (conversation.last.empty()) co_return conversation.used_at <= unused_before;
    const auto row = co_await engine_.get(tenant, store::Table::Tasks, conversation.last.value);
    if (!row) co_return row.error();
    co_return !*row;
}

Async<Result<std::size_t>> Conversations::forget_empty(TenantId tenant, Duration kept) {
    const auto unused_before = clock_.wall() - std::chrono::duration_cast<Millis>(kept);
    std::size_t removed = 0;
    std::string after;
    for (;;) {
        const auto rows = co_await engine_.scan(tenant, kTable, std::string(kListPrefix), after, kPage,
                                                store::Order::Ascending);
        if (!rows) co_return rows.error();
        if (rows->empty()) co_return removed;
        after = rows->back().key;
        for (const auto& row : *rows) {
            const auto key = head_of_list_key(row.key);
            if (key.empty()) continue;
            const auto head = co_await engine_.get(tenant, kTable, key);
            if (!head) co_return head.error();
            if (!*head) continue;
            const auto conversation = decode_conversation(**head);
            if (!conversation) co_return conversation.error();
            const auto over = co_await is_over(tenant, *conversation, unused_before);
            if (!over) co_return over.error();
            if (!*over) continue;
            const auto done = co_await remove(tenant, *conversation);
            if (!done && done.error().code != Code::Conflict) co_return done.error();
            if (done) ++removed;
        }
        if (auto fine = co_await pause(clock_, kRetentionPause); !fine) co_return fine.error();
    }
}

}  // namespace meshai::task
