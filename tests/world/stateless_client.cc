#include "tests/world/stateless_client.h"

#include "wire/mcp/codec.h"
#include "wire/mcp/headers.h"

namespace meshai::tests {

StatelessClient::StatelessClient(World& world, json::object capabilities, std::string key)
    : world_(world), capabilities_(std::move(capabilities)), key_(std::move(key)) {}

Stream& StatelessClient::request(const std::string& method, json::object params, net::http::Headers extra) {
    if (id.is_int64()) id = id.get_int64() + 1;
    net::http::Headers headers{{"Content-Type", "application/json"},
                               {"Accept", "application/json, text/event-stream"},
                               {"MCP-Protocol-Version", "2026-07-28"},
                               {"Mcp-Method", method}};
    if (const auto name = wire::mcp::name_in_body(method, params))
        headers.set("Mcp-Name", wire::mcp::encode_header_value(*name));
    if (!key_.empty()) headers.set("Authorization", "Bearer " + key_);
    for (const auto& [name, value] : extra.fields()) headers.set(name, value);

    auto& meta = params["_meta"];
    if (!meta.is_object()) meta.emplace_object();
    meta.get_object()[wire::mcp::kMetaProtocolVersion] = "2026-07-28";
    meta.get_object()[wire::mcp::kMetaClientCapabilities] = capabilities_;
    const json::object body{
        {"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}};
    return world_.send("POST", "/mcp", std::move(headers), to_text(body));
}

Stream& StatelessClient::call(const std::string& tool, json::object arguments) {
    return request(
        "tools/call",
        {{"name", tool}, {"arguments", std::move(arguments)}, {"_meta", {{"progressToken", "p"}}}});
}

Stream& StatelessClient::answer(const Stream& asked, const std::string& tool, json::object answers) {
    json::object params{{"name", tool}, {"arguments", json::object{}}};
    params["inputResponses"] = std::move(answers);
    if (const auto state = find_string(result_of(asked), "requestState")) params["requestState"] = *state;
    return request("tools/call", std::move(params));
}

json::object result_of(const Stream& stream) {
    for (const auto& message : messages_of(stream))
        if (const auto* result = find_object(message, "result")) return *result;
    return {};
}

std::int64_t error_of(const Stream& stream) {
    for (const auto& message : messages_of(stream))
        if (const auto* error = find_object(message, "error")) return find_int(*error, "code").value_or(0);
    return 0;
}

std::string outcome_of(const Stream& stream) {
    if (const auto error = error_of(stream)) return "error " + std::to_string(error);
    const auto result = result_of(stream);
    const auto type = find_string(result, "resultType").value_or("nothing");
    if (type == "input_required") {
        std::string words = "ask";
        const auto* requests = find_object(result, "inputRequests");
        if (requests)
            for (const auto& [key, request] : *requests) words += " " + std::string(key);
        return words;
    }
    const auto* content = find_array(result, "content");
    if (!content || content->empty()) return type;
    const bool is_error = find_bool(result, "isError").value_or(false);
    return (is_error ? "failed " : "result ") +
           find_string(content->front().as_object(), "text").value_or("");
}

}  // namespace meshai::tests
