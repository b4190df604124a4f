#include "tests/world/stdio_client.h"

#include <fmt/format.h>

namespace meshai::tests {
namespace {

const json::object kStatelessMeta{
    {"io.modelcontextprotocol/protocolVersion", "2026-07-28"},
    {"io.modelcontextprotocol/clientCapabilities", json::object{}},
    {"progressToken", "p"},
};

json::object mesh_execute(const std::string& task) {
    return {{"name", "mesh_execute"}, {"arguments", {{"task", task}}}, {"_meta", {{"progressToken", "p"}}}};
}

/// The text of a tool's result; the result itself where there is none.
std::string text_of(const json::value& result) {
    const auto* object = result.if_object();
    const auto* content = object ? find_array(*object, "content") : nullptr;
    const auto* first = content && !content->empty() ? content->front().if_object() : nullptr;
    const auto text = first ? find_string(*first, "text") : std::nullopt;
    return text.value_or(to_text(result));
}

}  // namespace

StdioClient::StdioClient(World& world)
    : world_(world),
      stdio_(world.loop),
      http_(world.loop.ex(), world.network(), world.loop.clock, world.loop.log),
      bridge_({world.loop.ex(), http_, world.loop.clock, world.loop.log,
               cli::Target{*net::http::parse_url("http://127.0.0.1:8080/"), world.key()}, stdio_, stdio_}) {
    world.loop.scope.spawn("a client over stdio", run());
    world.loop.settle();
}

StdioClient::~StdioClient() {
    leaves();
    if (!has_ended_) world_.passes(cli::mcp::kEndGrace + 10s);
}

Async<void> StdioClient::run() {
    co_await bridge_.run();
    has_ended_ = true;
}

json::object StdioClient::initializes(const std::string& revision, json::object capabilities) {
    asks("initialize", {{"protocolVersion", revision},
                        {"capabilities", std::move(capabilities)},
                        {"clientInfo", {{"name", "story"}, {"version", "1"}}}});
    const auto lines = stdio_.heard();
    if (lines.size() != 1) throw std::runtime_error("initialize was not answered");
    auto answer = parse_json_object(lines.front());
    notifies("notifications/initialized");
    return answer->at("result").as_object();
}

int StdioClient::asks(const std::string& method, json::object params) {
    says(json::object{
        {"jsonrpc", "2.0"}, {"id", ++requests_}, {"method", method}, {"params", std::move(params)}});
    return requests_;
}

int StdioClient::asks_stateless(const std::string& method, json::object params) {
    params["_meta"] = kStatelessMeta;
    return asks(method, std::move(params));
}

int StdioClient::executes(const std::string& task) {
    return asks("tools/call", mesh_execute(task));
}

int StdioClient::executes_stateless(const std::string& task) {
    return asks_stateless("tools/call", mesh_execute(task));
}

void StdioClient::notifies(const std::string& method, json::object params) {
    says(json::object{{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}});
}

void StdioClient::says(const json::value& message) {
    says_line(to_text(message));
}

void StdioClient::says_line(const std::string& line) {
    stdio_.says(line + "\n");
    world_.passes(1s);  // the server decides after a moment whether an answer is a stream
}

void StdioClient::leaves() {
    stdio_.leaves();
    world_.loop.settle();
}

std::vector<std::string> StdioClient::lines() {
    world_.passes(cli::mcp::kProgressLead);
    return stdio_.heard();
}

Frames StdioClient::heard() {
    Frames words;
    for (const auto& line : lines()) words.push_back(words_of(*parse_json_object(line)));
    return words;
}

std::string StdioClient::words_of(const json::object& message) {
    const auto method = find_string(message, "method");
    if (const auto* id = find(message, "id"); method && id) {
        question_ = *id;
        return "ask " + *method;
    }
    if (method == "notifications/progress") return "progress " + to_text(message.at("params").at("progress"));
    if (method) return "tell " + *method;
    if (const auto* error = find_object(message, "error"))
        return fmt::format("error {}", find_int(*error, "code").value_or(0));
    return "result " + text_of(message.at("result"));
}

}  // namespace meshai::tests
