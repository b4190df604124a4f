#include "doors/ws/said.h"

#include <fmt/format.h>

#include "doors/stream/stream.h"
#include "doors/ws/limits.h"
#include "net/ws/frames.h"
#include "wire/meshai/frames.h"

namespace meshai::doors::ws {
namespace {

json::object limits_json() {
    json::object limits;
    limits["message_bytes"] = kMessageBytesMax;
    limits["subscriptions"] = kSubscriptionsMax;
    limits["bad_messages"] = kBadMessagesMax;
    return limits;
}

}  // namespace

std::string connected_line(const Greeting& greeting) {
    json::object line;
    line["type"] = "connected";
    line["protocol"] = kProtocol;
    line["service"] = greeting.service;
    line["version"] = greeting.version;
    line["timestamp"] = rfc3339(greeting.now);
    line["keepalive_seconds"] = std::chrono::duration_cast<std::chrono::seconds>(kKeepalivePeriod).count();
    line["limits"] = limits_json();
    json::object data;
    data["agents"] = greeting.agents;
    data["uptime"] = greeting.uptime_s;
    line["data"] = std::move(data);
    return to_text(line);
}

std::string event_line(const Topic& topic, std::string_view id, std::string_view event) {
    std::string line = R"({"type":"event",")";
    line.append(topic.member()).append("\":").append(json::serialize(json::string(topic.name)));
    // Ids are letters and digits; nothing in them needs an escape.
    if (!id.empty()) line.append(",\"id\":\"").append(id).append("\"");
    return line.append(",\"event\":").append(event).append("}");
}

std::string cursor_line(const Topic& topic, std::string_view id) {
    json::object line;
    line["type"] = "cursor";
    line[topic.member()] = topic.name;
    line["id"] = id;
    return to_text(line);
}

std::string done_line(const Topic& topic) {
    json::object line;
    line["type"] = "done";
    line[topic.member()] = topic.name;
    return to_text(line);
}

std::string keepalive_line(WallTime now) {
    return wire::guide::keepalive_frame(now);
}

json::object answer_to(const Heard& heard, std::string_view type) {
    json::object line;
    line["type"] = type;
    if (!heard.ref.is_null()) line["ref"] = heard.ref;
    line["op"] = heard.op;
    return line;
}

json::object error_of(const Heard* heard, const Error& error) {
    json::object line;
    line["type"] = "error";
    if (heard && !heard->ref.is_null()) line["ref"] = heard->ref;
    if (heard && !heard->op.empty()) line["op"] = heard->op;
    line["code"] = code_name(error.code);
    line["message"] = error.message;
    return line;
}

std::string closing_line(std::uint16_t code, std::string_view message, const std::vector<Cursor>& cursors) {
    json::object line;
    line["type"] = "closing";
    line["code"] = code;
    line["message"] = message;
    json::array places;
    for (const auto& cursor : cursors) {
        json::object place;
        place[cursor.topic.member()] = cursor.topic.name;
        if (!cursor.after.empty()) place["after"] = cursor.after;
        places.push_back(std::move(place));
    }
    line["cursors"] = std::move(places);
    return to_text(line);
}

std::string closing_reason(std::string_view message, const std::vector<Cursor>& cursors) {
    std::string reason(message);
    std::string_view before = " after ";
    for (const auto& cursor : cursors) {
        if (cursor.after.empty()) continue;
        if (reason.size() + before.size() + cursor.after.size() > net::ws::kReasonBytesMax) break;
        reason.append(before).append(cursor.after);
        before = ",";
    }
    return reason;
}

}  // namespace meshai::doors::ws
