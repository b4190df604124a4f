#include "mesh/conversation/recall.h"

#include <algorithm>

namespace meshai::mesh {
namespace {

/// A walk over the turns before one, from the newest back.
struct Walk {
    std::vector<TaskId> turns{};   ///< still to look at, oldest first
    std::vector<Exchange> said{};  ///< that were answered, newest first
    std::size_t missing = 0;       ///< whose logs are gone
};

/// The next turn back that was answered; nothing when there is none.
Async<Result<std::optional<Exchange>>> step_back(task::TaskLog& log, TenantId tenant, Walk& walk) {
    while (!walk.turns.empty()) {
        auto id = std::move(walk.turns.back());
        walk.turns.pop_back();
        auto view = co_await log.view(tenant, id);
        const bool is_forgotten =
            !view && (view.error().code == Code::Gone || view.error().code == Code::NotFound);
        if (is_forgotten) ++walk.missing;
        if (is_forgotten) continue;
        if (!view) co_return view.error();
        if (!view->completed) continue;
        co_return std::optional<Exchange>(
            Exchange{std::move(id), spoken(view->submitted.request.input), spoken(view->completed->result)});
    }
    co_return std::optional<Exchange>{};
}

struct Room {
    std::size_t turns = 0;
    std::size_t bytes = 0;

    bool take(const Exchange& exchange) {
        if (turns == 0 || exchange.bytes() > bytes) return false;
        --turns;
        bytes -= exchange.bytes();
        return true;
    }
};

void cut(std::string& text) {
    if (text.size() <= kOverdueTextBytesMax) return;
    text.resize(utf8_prefix(text, kOverdueTextBytesMax).size());
    text += " …";
}

/// What a summary is made of: `said`, newest first, and older ones as far as the bound has room. What is
/// older still was never told of and never will be.
Async<Result<Overdue>> gather(task::TaskLog& log, TenantId tenant, Walk& walk, std::vector<Exchange> said,
                              std::size_t bytes_max) {
    Overdue overdue;
    overdue.last = said.front().turn;
    Room room{kOverdueTurnsMax, bytes_max};
    for (std::size_t i = 0;; ++i) {
        if (i == said.size()) {
            auto older = co_await step_back(log, tenant, walk);
            if (!older) co_return older.error();
            if (!*older) break;
            said.push_back(std::move(**older));
        }
        cut(said[i].question);
        cut(said[i].answer);
        const bool has_room = room.take(said[i]) || i == 0;
        if (!has_room) overdue.left_out = walk.turns.size() + 1;
        if (!has_room) break;
        overdue.exchanges.push_back(std::move(said[i]));
    }
    std::ranges::reverse(overdue.exchanges);
    co_return overdue;
}

/// How many of `said`, newest first, stay as they were said when a summary is made of the others: as
/// many as fill half of the bound, so that the summary serves the next turns as well.
std::size_t staying(const std::vector<Exchange>& said, const task::ContextBound& bound, std::size_t bytes) {
    Room half{std::max<std::size_t>(1, bound.turns_max / 2), bytes / 2};
    std::size_t stay = 0;
    while (stay < said.size() && half.take(said[stay])) ++stay;
    const bool newest_fits = !said.empty() && said.front().bytes() <= bytes;
    return stay == 0 && newest_fits && bound.turns_max > 1 ? 1 : stay;
}

/// Turns that a row of the conversation counts although none tells of them any more.
std::size_t forgotten(const task::Conversation& conversation, std::size_t known) {
    return conversation.turns > known ? conversation.turns - known : 0;
}

}  // namespace

std::string spoken(const json::value& value) {
    if (const auto* text = value.if_string()) return std::string(*text);
    const auto* object = value.if_object();
    const auto text = object ? find_string(*object, "text") : std::nullopt;
    return text ? *text : to_text(value);
}

void Overdue::forget_words() {
    for (auto& exchange : exchanges) exchange = Exchange{};
    if (before) before->text.clear();
}

Async<Result<Recall>> recall(task::TaskLog& log, TenantId tenant, Subject subject, std::string conversation,
                             TaskId id) {
    task::Conversations conversations(log);
    const auto head = co_await conversations.find({tenant, subject, false}, conversation);
    if (!head && head.error().code != Code::NotFound) co_return head.error();
    auto rows = co_await conversations.turns(tenant, subject, conversation, {}, task::kConversationTurnsMax);
    if (!rows) co_return rows.error();
    auto summary = co_await conversations.summary(tenant, subject, conversation, id);
    if (!summary) co_return summary.error();

    Recall recalled;
    if (head) recalled.bound = head->settings.context;
    recalled.summary = std::move(*summary);
    recalled.missing = head ? forgotten(*head, rows->size()) : 0;
    // Only what came before this turn: a rerun after a restart says the same again.
    std::erase_if(*rows, [&id](const TaskId& turn) { return turn >= id; });
    recalled.turns = rows->size() + recalled.missing;
    const auto from = recalled.summary ? recalled.summary->last : TaskId{};
    std::erase_if(*rows, [&from](const TaskId& turn) { return turn <= from; });
    // What the summary tells of is not missing, whatever became of its logs.
    recalled.missing -= std::min(recalled.missing, recalled.summarised());

    const bool summarises = recalled.bound.overflow == task::Overflow::Summarise;
    const auto reserved = summarises ? std::min(task::kSummaryBytesMax, recalled.bound.bytes_max / 4) : 0;
    const auto bytes = recalled.bound.bytes_max - reserved;
    Room room{recalled.bound.turns_max, bytes};
    Walk walk{std::move(*rows), {}, 0};
    std::optional<Exchange> left_out;
    while (!left_out) {
        auto earlier = co_await step_back(log, tenant, walk);
        if (!earlier) co_return earlier.error();
        if (!*earlier) break;
        if (room.take(**earlier))
            walk.said.push_back(std::move(**earlier));
        else
            left_out = std::move(**earlier);
    }
    recalled.dropped = left_out ? walk.turns.size() + 1 : 0;
    if (recalled.summary) recalled.dropped += recalled.summary->left_out;
    if (left_out && summarises) {
        const auto stay = static_cast<std::ptrdiff_t>(staying(walk.said, recalled.bound, bytes));
        std::vector<Exchange> said(walk.said.begin() + stay, walk.said.end());
        said.push_back(std::move(*left_out));
        auto overdue = co_await gather(log, tenant, walk, std::move(said), recalled.bound.bytes_max);
        if (!overdue) co_return overdue.error();
        overdue->before = recalled.summary;
        overdue->summary_bytes_max = reserved;
        recalled.overdue = std::move(*overdue);
    }
    recalled.missing += walk.missing;
    recalled.told.assign(std::make_move_iterator(walk.said.rbegin()),
                         std::make_move_iterator(walk.said.rend()));
    co_return recalled;
}

}  // namespace meshai::mesh
