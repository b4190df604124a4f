#include "tests/world/mcp_client.h"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

#include "tests/world/toy_toolbox.h"

namespace meshai::tests {
namespace {

std::string text_of(const json::object& result) {
    const auto* content = find_array(result, "content");
    if (!content || content->empty()) return to_text(result);
    return find_string(content->front().as_object(), "text").value_or("?");
}

std::string notice(const std::string& method, const json::object& params) {
    if (method == "notifications/progress") {
        const auto* total = find(params, "total");
        return fmt::format("progress {}{} {}", to_text(params.at("progress")),
                           total ? "/" + to_text(*total) : "", find_string(params, "message").value_or("-"));
    }
    if (method == "notifications/message") return "log " + find_string(params, "level").value_or("?");
    if (method == "notifications/cancelled") return "cancelled " + to_text(params.at("requestId"));
    if (method == "notifications/resources/updated")
        return "updated " + find_string(params, "uri").value_or("?");
    return "tell " + method;
}

std::string in_words(const json::object& message) {
    static const json::object kNone;
    const auto* params = find_object(message, "params");
    const auto method = find_string(message, "method");
    if (method && message.contains("id")) return "ask " + *method;
    if (method) return notice(*method, params ? *params : kNone);
    if (const auto* error = find_object(message, "error")) return "error " + to_text(error->at("code"));
    const auto* result = find_object(message, "result");
    if (!result) return "nothing";
    return (find_bool(*result, "isError").value_or(false) ? "failure " : "result ") + text_of(*result);
}

void add(std::vector<json::object>& messages, std::string_view text) {
    const auto value = parse_json(text);
    if (!value) throw std::runtime_error("not JSON: " + std::string(text));
    if (const auto* object = value->if_object()) messages.push_back(*object);
    if (const auto* batch = value->if_array())
        for (const auto& one : *batch) messages.push_back(one.as_object());
}

}  // namespace

World::ToolboxFactory toys() {
    return [](const doors::ToolboxNeeds& needs) { return std::make_unique<ToyToolbox>(needs); };
}

McpClient::McpClient(World& world, std::string revision, json::object capabilities, std::string key)
    : world_(world), revision_(std::move(revision)), key_(std::move(key)) {
    auto& stream = request("initialize", {{"protocolVersion", revision_},
                                          {"capabilities", std::move(capabilities)},
                                          {"clientInfo", {{"name", "story"}, {"version", "1"}}}});
    const auto messages = messages_of(stream);
    if (stream.status() != 200 || messages.size() != 1 || !messages.front().contains("result"))
        throw std::runtime_error(fmt::format("initialize: {} {}", stream.status(), stream.bytes()));
    agreed_ = messages.front().at("result").as_object();
    session_ = stream.headers().get("Mcp-Session-Id").value_or("");
    notify("notifications/initialized");
}

net::http::Headers McpClient::headers() const {
    net::http::Headers headers{{"Content-Type", "application/json"},
                               {"Accept", "application/json, text/event-stream"}};
    if (!key_.empty()) headers.set("Authorization", "Bearer " + key_);
    if (session_.empty()) return headers;
    headers.set("Mcp-Session-Id", session_);
    headers.set("MCP-Protocol-Version", *find_string(agreed_, "protocolVersion"));
    return headers;
}

Stream& McpClient::post(const json::value& body, net::http::Headers extra) {
    auto all = headers();
    for (const auto& [name, value] : extra.fields()) all.set(name, value);
    return world_.send("POST", "/mcp", std::move(all), to_text(body));
}

Stream& McpClient::request(const std::string& method, json::object params) {
    return post({{"jsonrpc", "2.0"}, {"id", ++requests_}, {"method", method}, {"params", std::move(params)}});
}

Stream& McpClient::call(const std::string& tool, json::object arguments) {
    return request(
        "tools/call",
        {{"name", tool}, {"arguments", std::move(arguments)}, {"_meta", {{"progressToken", "p"}}}});
}

int McpClient::notify(const std::string& method, json::object params) {
    return post({{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}}).status();
}

int McpClient::answer(const json::value& question, json::value result) {
    return post({{"jsonrpc", "2.0"}, {"id", question}, {"result", std::move(result)}}).status();
}

Stream& McpClient::listen(const std::string& last_id) {
    auto all = headers();
    all.set("Accept", "text/event-stream");
    if (!last_id.empty()) all.set("Last-Event-ID", last_id);
    return world_.send("GET", "/mcp", std::move(all), {});
}

int McpClient::ends() {
    return world_.send("DELETE", "/mcp", headers(), {}).status();
}

std::vector<json::object> messages_of(const Stream& stream) {
    std::vector<json::object> messages;
    if (stream.headers().get("Content-Type") == "application/json") add(messages, stream.bytes());
    for (const auto& message : stream.messages())
        if (message.event != "endpoint" && !message.data.empty()) add(messages, message.data);
    return messages;
}

Frames said(const Stream& stream) {
    Frames words;
    for (const auto& message : messages_of(stream)) words.push_back(in_words(message));
    return words;
}

json::value question_on(const Stream& stream) {
    json::value id;
    for (const auto& message : messages_of(stream))
        if (message.contains("method") && message.contains("id")) id = message.at("id");
    return id;
}

std::vector<std::string> event_ids(const Stream& stream) {
    std::vector<std::string> ids;
    std::istringstream lines(stream.bytes());
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("id: ")) ids.push_back(line.substr(4));
    return ids;
}

}  // namespace meshai::tests
