#include "task/rows.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "task/event_words.h"

namespace meshai::task {
namespace {

Error corrupt(std::string cause) {
    return Error{Code::Corrupt, "A row about this task cannot be read back from the store.",
                 std::move(cause)};
}

Result<json::object> read_object(std::string_view bytes) {
    auto object = parse_json_object(bytes);
    if (!object) return corrupt(object.error().message);
    return object;
}

std::string text(const json::object& object, std::string_view key) {
    return find_string(object, key).value_or("");
}

WallTime time(const json::object& object, std::string_view key) {
    return wall_of(find_int(object, key).value_or(0));
}

json::value sorted(const json::value& value) {
    if (const auto* array = value.if_array()) {
        json::array out;
        for (const auto& item : *array) out.push_back(sorted(item));
        return out;
    }
    const auto* object = value.if_object();
    if (!object) return value;
    std::vector<json::string_view> keys;
    for (const auto& member : *object) keys.push_back(member.key());
    std::ranges::sort(keys);
    json::object out;
    for (const auto& key : keys) out.emplace(key, sorted(object->at(key)));
    return out;
}

}  // namespace

std::string open_key(const TaskId& id) {
    return std::string(kOpenPrefix) + id.value;
}
std::string gone_key(const TaskId& id) {
    return std::string(kGonePrefix) + id.value;
}

std::string done_key(WallTime finished_at, const TaskId& id) {
    // Fifteen digits last until the year 33658, and text then sorts as numbers do.
    return fmt::format("{}{:015}/{}", kDonePrefix, std::max<std::int64_t>(0, unix_ms(finished_at)), id.value);
}

std::optional<Done> done_of(std::string_view key) {
    if (!key.starts_with(kDonePrefix)) return std::nullopt;
    key.remove_prefix(kDonePrefix.size());
    std::int64_t ms = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), ms);
    if (error != std::errc{} || end == key.data() + key.size() || *end != '/') return std::nullopt;
    return Done{TaskId{std::string(key.substr(static_cast<std::size_t>(end - key.data()) + 1))}, wall_of(ms)};
}

std::string turn_key(const std::string& conversation, const TaskId& id) {
    return conversation + "/" + id.value;
}

std::string encode_row(const TurnRow& row) {
    return to_text(json::object{{"subject", row.subject.value}});
}

Result<TurnRow> decode_turn_row(std::string_view bytes) {
    const auto object = read_object(bytes);
    if (!object) return object.error();
    return TurnRow{Subject{text(*object, "subject")}};
}

std::string encode_row(const Holder& holder) {
    return to_text(json::object{{"server", holder.server}, {"attempt", holder.attempt}});
}

Result<Holder> decode_holder(const store::Row& row) {
    const auto object = read_object(row.value);
    if (!object) return object.error();
    return Holder{text(*object, "server"), static_cast<int>(find_int(*object, "attempt").value_or(0)),
                  row.version};
}

std::string encode_row(const Summary& summary) {
    json::object out{{"state", state_name(summary.state)}, {"submitted_at", unix_ms(summary.submitted_at)}};
    const auto put = [&](std::string_view key, const std::string& value) {
        if (!value.empty()) out[key] = value;
    };
    put("subject", summary.subject.value);
    put("task_type", summary.task_type);
    put("conversation", summary.conversation);
    put("parent", summary.parent.value);
    put("workflow", summary.workflow);
    put("agent", summary.agent.value);
    put("error_code", summary.error_code);
    if (summary.attempt != 0) out["attempt"] = summary.attempt;
    if (summary.started_at != WallTime{}) out["started_at"] = unix_ms(summary.started_at);
    if (summary.finished_at != WallTime{}) out["finished_at"] = unix_ms(summary.finished_at);
    return to_text(out);
}

Result<Summary> decode_summary(const store::Row& row) {
    const auto object = read_object(row.value);
    if (!object) return object.error();
    const auto state = state_of(text(*object, "state"));
    if (!state) return corrupt("The row of " + row.key + " has no state.");
    Summary summary;
    summary.id.value = row.key;
    summary.state = *state;
    summary.subject.value = text(*object, "subject");
    summary.task_type = text(*object, "task_type");
    summary.conversation = text(*object, "conversation");
    summary.parent.value = text(*object, "parent");
    summary.workflow = text(*object, "workflow");
    summary.agent.value = text(*object, "agent");
    summary.attempt = static_cast<int>(find_int(*object, "attempt").value_or(0));
    summary.submitted_at = time(*object, "submitted_at");
    summary.started_at = time(*object, "started_at");
    summary.finished_at = time(*object, "finished_at");
    summary.error_code = text(*object, "error_code");
    summary.version = row.version;
    return summary;
}

std::string encode_row(const KeyRow& row) {
    return to_text(json::object{{"task", row.task.value},
                                {"subject", row.subject.value},
                                {"digest", row.digest},
                                {"at", unix_ms(row.at)}});
}

Result<KeyRow> decode_key_row(std::string_view bytes) {
    const auto object = read_object(bytes);
    if (!object) return object.error();
    KeyRow row{TaskId{text(*object, "task")}, Subject{text(*object, "subject")}, text(*object, "digest"),
               time(*object, "at")};
    if (row.task.empty() || row.digest.empty())
        return corrupt("The row of an idempotency key is incomplete.");
    return row;
}

std::string request_digest(const Request& request) {
    auto tree = to_json(request);
    // A client that asks again numbers its request anew, and has another span; that alone makes no other
    // request.
    tree.erase("correlation_id");
    tree.erase("trace");
    const auto canonical = to_text(sorted(tree));
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(canonical.data()), canonical.size(), digest.data());
    std::string hex;
    for (const auto byte : digest) hex += fmt::format("{:02x}", byte);
    return hex;
}

std::string encode_row(const Tombstone& row) {
    return to_text(json::object{{"subject", row.subject.value}, {"at", unix_ms(row.at)}});
}

Result<Tombstone> decode_tombstone(std::string_view bytes) {
    const auto object = read_object(bytes);
    if (!object) return object.error();
    return Tombstone{Subject{text(*object, "subject")}, time(*object, "at")};
}

}  // namespace meshai::task
