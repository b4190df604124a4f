#include "doors/mcp/methods.h"

#include <fmt/format.h>

#include <algorithm>

#include "wire/meshai/ask.h"

namespace meshai::doors {
namespace {

using wire::jsonrpc::Fault;

constexpr std::string_view kInstructions =
    "mesh_execute runs a task on a mesh of AI agents and returns the answer. A task goes on when the "
    "connection "
    "is lost: ask for it again with the same idempotency_key, or read GET /api/v1/tasks/{task_id}.";

// MCP 2025-11-25, lifecycle: "If the server supports the requested protocol
// version, it MUST respond with the same version. Otherwise, the server MUST
// respond with another protocol version it supports."
std::string_view agreed_revision(const json::object& params) {
    const auto wanted = find_string(params, "protocolVersion");
    for (const auto& known : kRevisions)
        if (wanted && *wanted == known) return known;
    return kRevisions[0];
}

json::object initialize(const Identity& identity, const json::object& params) {
    json::object server;
    server["name"] = identity.service;
    server["title"] = "MeshAI";
    server["version"] = identity.version;

    json::object result;
    result["protocolVersion"] = agreed_revision(params);
    result["capabilities"] = json::object{{"tools", json::object{}}};
    result["serverInfo"] = std::move(server);
    result["instructions"] = kInstructions;
    return result;
}

}  // namespace

std::expected<json::object, Fault> answer_method(const Identity& identity,
                                                 const wire::jsonrpc::Request& request) {
    if (request.method == "initialize") return initialize(identity, request.params);
    if (request.method == "ping") return json::object{};
    if (request.method == "tools/list") {
        json::object result;
        result["tools"] = json::array{wire::guide::mesh_execute_tool()};
        return result;
    }
    return std::unexpected(
        Fault{wire::jsonrpc::kMethodNotFound,
              fmt::format("There is no method {}.", valid_utf8(utf8_prefix(request.method, 100))),
              request.id.as_json(), Code::NotFound});
}

}  // namespace meshai::doors
