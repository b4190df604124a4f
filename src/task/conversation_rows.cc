#include "task/conversation_rows.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace meshai::task {
namespace {

constexpr std::size_t kDigestLetters = 2 * static_cast<std::size_t>(SHA256_DIGEST_LENGTH);
constexpr std::size_t kTimeLetters = 15;
constexpr std::size_t kRowsAtOnce = 256;

std::string digest(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data());
    std::string hex;
    for (const auto byte : bytes) hex += fmt::format("{:02x}", byte);
    return hex;
}

std::string whose(const std::string& id, const Subject& subject) {
    return digest(id) + "/" + digest(subject.value);
}

Error corrupt(std::string cause) {
    return Error{Code::Corrupt, "A row about this conversation cannot be read back from the store.",
                 std::move(cause)};
}

Result<json::object> read_object(std::string_view bytes) {
    auto object = parse_json_object(bytes);
    if (!object) return corrupt(object.error().message);
    return object;
}

json::object to_json(const TalkSettings& settings) {
    json::object out{{"turns_max", settings.context.turns_max},
                     {"bytes_max", settings.context.bytes_max},
                     {"overflow", overflow_name(settings.context.overflow)}};
    if (!settings.title.empty()) out["title"] = settings.title;
    if (!settings.agents.empty()) out["agents"] = to_array(settings.agents);
    if (!settings.capabilities.empty()) out["capabilities"] = to_array(settings.capabilities);
    if (!settings.instructions.is_null()) out["instructions"] = settings.instructions;
    if (!settings.metadata.empty()) out["metadata"] = settings.metadata;
    return out;
}

std::size_t size(const json::object& object, std::string_view key, std::size_t otherwise) {
    const auto number = find_int(object, key);
    return number && *number > 0 ? static_cast<std::size_t>(*number) : otherwise;
}

TalkSettings settings_of(const json::object& object) {
    TalkSettings settings;
    settings.title = find_string(object, "title").value_or("");
    settings.agents = find_strings(object, "agents").value_or(std::vector<std::string>{});
    settings.capabilities = find_strings(object, "capabilities").value_or(std::vector<std::string>{});
    if (const auto* said = find(object, "instructions")) settings.instructions = *said;
    if (const auto* metadata = find_object(object, "metadata")) settings.metadata = *metadata;
    settings.context.turns_max = size(object, "turns_max", kTalkTurnsDefault);
    settings.context.bytes_max = size(object, "bytes_max", kTalkBytesDefault);
    settings.context.overflow =
        overflow_of(find_string(object, "overflow").value_or("")).value_or(Overflow::Drop);
    return settings;
}

// How many turns there are of a conversation that no row tells of yet, and the newest.
Async<Result<Conversation>> as_found(store::Engine& engine, Caller caller, std::string id, WallTime now) {
    auto there = co_await turns_of(engine, caller.tenant, caller.subject, id, {}, kConversationTurnsMax);
    if (!there) co_return there.error();
    Conversation found;
    found.id = std::move(id);
    found.subject = caller.subject;
    found.created_at = now;
    found.turns = there->size();
    if (!there->empty()) found.last = there->back();
    co_return found;
}

}  // namespace

std::string_view overflow_name(Overflow overflow) {
    return overflow == Overflow::Summarise ? "summarise" : "drop";
}

std::optional<Overflow> overflow_of(std::string_view name) {
    if (name == "drop") return Overflow::Drop;
    if (name == "summarise" || name == "summarize") return Overflow::Summarise;
    return std::nullopt;
}

std::string conversation_of_key(std::string_view idempotency_key) {
    constexpr std::size_t kLetters = 26;
    return "c_" + digest(idempotency_key).substr(0, kLetters);
}

std::string heads_prefix(const std::string& id) {
    return std::string(kHeadPrefix) + digest(id) + "/";
}

std::string head_key(const std::string& id, const Subject& subject) {
    return std::string(kHeadPrefix) + whose(id, subject);
}

std::string subject_suffix(const Subject& subject) {
    return "/" + digest(subject.value);
}

std::string list_key(const Conversation& conversation) {
    return fmt::format("{}{:015}/{}", kListPrefix,
                       std::max<std::int64_t>(0, unix_ms(conversation.created_at)),
                       whose(conversation.id, conversation.subject));
}

std::string summaries_prefix(const std::string& id, const Subject& subject) {
    return std::string(kSummaryPrefix) + whose(id, subject) + "/";
}

std::string head_of_list_key(std::string_view key) {
    const auto whole = kListPrefix.size() + kTimeLetters + 1 + 2 * kDigestLetters + 1;
    if (!key.starts_with(kListPrefix) || key.size() != whole) return {};
    return std::string(kHeadPrefix) + std::string(key.substr(kListPrefix.size() + kTimeLetters + 1));
}

std::string encode_row(const Conversation& conversation) {
    json::object out{{"id", conversation.id},
                     {"subject", conversation.subject.value},
                     {"settings", to_json(conversation.settings)},
                     {"created_at", unix_ms(conversation.created_at)},
                     {"used_at", unix_ms(conversation.used_at)},
                     {"turns", conversation.turns}};
    if (!conversation.last.empty()) out["last"] = conversation.last.value;
    if (!conversation.forked_from.empty()) out["forked_from"] = conversation.forked_from;
    if (!conversation.forked_at.empty()) out["forked_at"] = conversation.forked_at.value;
    return to_text(out);
}

Result<Conversation> decode_conversation(const store::Row& row) {
    const auto object = read_object(row.value);
    if (!object) return object.error();
    Conversation found;
    found.id = find_string(*object, "id").value_or("");
    if (found.id.empty()) return corrupt("The row " + row.key + " names no conversation.");
    found.subject.value = find_string(*object, "subject").value_or("");
    if (const auto* settings = find_object(*object, "settings")) found.settings = settings_of(*settings);
    found.forked_from = find_string(*object, "forked_from").value_or("");
    found.forked_at.value = find_string(*object, "forked_at").value_or("");
    found.created_at = wall_of(find_int(*object, "created_at").value_or(0));
    found.used_at = wall_of(find_int(*object, "used_at").value_or(0));
    found.turns = size(*object, "turns", 0);
    found.last.value = find_string(*object, "last").value_or("");
    found.version = row.version;
    return found;
}

std::string encode_row(const TalkSummary& summary) {
    return to_text(json::object{{"last", summary.last.value},
                                {"text", summary.text},
                                {"turns", summary.turns},
                                {"left_out", summary.left_out}});
}

Result<TalkSummary> decode_talk_summary(const store::Row& row) {
    const auto object = read_object(row.value);
    if (!object) return object.error();
    return TalkSummary{TaskId{find_string(*object, "last").value_or("")},
                       find_string(*object, "text").value_or(""), size(*object, "turns", 0),
                       size(*object, "left_out", 0)};
}

Status check_conversation_id(const std::string& id) {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (id.empty() || id.size() > kConversationBytesMax)
        return Error{Code::InvalidArgument,
                     fmt::format("The id of a conversation has 1 to {} bytes.", kConversationBytesMax)};
    if (id.front() == '/' || std::ranges::any_of(id, is_control))
        return Error{Code::InvalidArgument,
                     "The id of a conversation begins with no \"/\" and holds no control characters."};
    return {};
}

Async<Result<bool>> is_unfinished(store::Engine& engine, TenantId tenant, TaskId task) {
    const auto row = co_await engine.get(tenant, store::Table::Tasks, task.value);
    if (!row) co_return row.error();
    if (!*row) co_return false;
    const auto summary = decode_summary(**row);
    if (!summary) co_return summary.error();
    co_return !is_final(summary->state);
}

Async<Result<std::vector<TaskId>>> turns_of(store::Engine& engine, TenantId tenant, Subject subject,
                                            std::string id, TaskId after, std::size_t max) {
    if (max < 1 || max > kConversationTurnsMax)
        co_return Error{Code::InvalidArgument,
                        fmt::format("\"max\" must be between 1 and {}.", kConversationTurnsMax)};
    const auto prefix = id + "/";
    std::vector<TaskId> got;
    auto from = after.empty() ? std::string() : prefix + after.value;
    for (std::size_t looked_at = 0; looked_at < kListRowsMax && got.size() < max;) {
        const auto rows = co_await engine.scan(tenant, store::Table::Conversations, prefix, from, kRowsAtOnce,
                                               store::Order::Ascending);
        if (!rows) co_return rows.error();
        if (rows->empty()) break;
        looked_at += rows->size();
        from = rows->back().key;
        for (const auto& row : *rows) {
            const auto owner = decode_turn_row(row.value);
            if (!owner) co_return owner.error();
            // A conversation may have a name that begins like another's and goes on behind a slash.
            TaskId turn{row.key.substr(prefix.size())};
            if (owner->subject != subject || !is_id(turn.value, kTaskPrefix)) continue;
            if (got.size() < max) got.push_back(std::move(turn));
        }
    }
    co_return got;
}

Async<Result<Conversation>> open_turn(store::Engine& engine, Caller caller, std::string id, WallTime now) {
    const auto row =
        co_await engine.get(caller.tenant, store::Table::Conversations, head_key(id, caller.subject));
    if (!row) co_return row.error();
    Result<Conversation> found = Conversation{};
    if (*row)
        found = decode_conversation(**row);
    else
        found = co_await as_found(engine, caller, std::move(id), now);
    if (!found) co_return found;
    if (!found->last.empty()) {
        const auto running = co_await is_unfinished(engine, caller.tenant, found->last);
        if (!running) co_return running.error();
        if (*running)
            co_return Error{
                Code::Conflict,
                fmt::format("Turn {} of this conversation still runs; wait for its end, or cancel "
                            "it, before you go on.",
                            found->last.value)};
    }
    if (found->turns >= kConversationTurnsMax)
        co_return Error{Code::TooLarge, fmt::format("A conversation has at most {} turns; begin a new one.",
                                                    kConversationTurnsMax)};
    ++found->turns;
    found->used_at = now;
    co_return found;
}

void put_turn(store::Unit& unit, const Conversation& conversation) {
    const auto table = store::Table::Conversations;
    unit.puts.push_back(
        {table, turn_key(conversation.id, conversation.last), 0, encode_row(TurnRow{conversation.subject})});
    unit.puts.push_back({table, head_key(conversation.id, conversation.subject), conversation.version,
                         encode_row(conversation)});
    if (conversation.version == 0)
        unit.puts.push_back({table, list_key(conversation), store::kAnyVersion, std::string("{}")});
}

}  // namespace meshai::task
