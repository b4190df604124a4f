#include "agents/mesh/remote.h"

#include <algorithm>

#include "agents/address.h"
#include "agents/task_input.h"
#include "agents/trace.h"

namespace meshai::agents::mesh {
namespace {

constexpr std::string_view kTasks = "/api/v1/tasks";
constexpr std::size_t kTaskIdBytesMax = 128;

json::object task_body(const Spec& spec, const task::Request& request) {
    json::object body;
    body["input"] = request.input;
    if (!request.task_type.empty()) body["task_type"] = request.task_type;
    if (!request.capabilities.empty()) body["required_capabilities"] = to_array(request.capabilities);
    if (!request.preferred_framework.empty()) body["preferred_framework"] = request.preferred_framework;
    if (!request.context.empty()) body["context"] = request.context;
    if (!request.parameters.empty()) body["parameters"] = request.parameters;
    auto instructions = merged_instructions(spec.instructions, request.instructions);
    if (!instructions.is_null()) body["instructions"] = std::move(instructions);
    if (!request.correlation_id.empty()) body["correlation_id"] = request.correlation_id;
    if (!request.affinity.empty()) body["affinity"] = request.affinity;
    // The whole time, not what is left of it: a rerun must send the same bytes.
    if (request.timeout)
        body["timeout_seconds"] =
            std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(*request.timeout).count());
    // Should this server die, its rerun finds the remote task still at work.
    body["on_disconnect"] = "continue";
    return body;
}

net::client::Request get(const Remote& remote, net::http::Url url, MonoTime deadline) {
    auto request = request_to(remote.spec, std::move(url), remote.limits, deadline);
    request.method = "GET";
    return request;
}

}  // namespace

net::client::Request submission(const Remote& remote, const Call& call, const std::string& key) {
    auto request = request_to(remote.spec, with_path(remote.url, std::string(kTasks) + "/stream"),
                              remote.limits, call.deadline);
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Accept", "text/event-stream");
    request.headers.set("Idempotency-Key", key);
    put_trace(request, call, remote.tracing);
    request.body = to_text(task_body(remote.spec, call.request));
    return request;
}

net::client::Request resumption(const Remote& remote, const std::string& id, const std::string& last_event,
                                MonoTime deadline) {
    auto request = get(remote, with_path(remote.url, std::string(kTasks) + "/" + id + "/stream"), deadline);
    request.headers.set("Accept", "text/event-stream");
    if (!last_event.empty()) request.headers.set("Last-Event-ID", last_event);
    return request;
}

std::optional<net::client::Request> result_request(const Remote& remote, const std::string& url,
                                                   MonoTime deadline) {
    const bool is_own_path = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
    if (!is_own_path) return std::nullopt;
    auto parsed = net::http::parse_url(remote.url.scheme + "://" + remote.url.authority() + url);
    if (!parsed) return std::nullopt;
    auto request = get(remote, std::move(*parsed), deadline);
    request.headers.set("Accept", "application/json");
    request.limits.body_bytes = remote.limits.body_bytes;
    return request;
}

net::client::Request cancellation(const Remote& remote, const std::string& id, MonoTime deadline) {
    auto request = request_to(remote.spec, with_path(remote.url, std::string(kTasks) + "/" + id),
                              remote.limits, deadline);
    request.method = "DELETE";
    return request;
}

bool is_task_id(std::string_view text) {
    return !text.empty() && text.size() <= kTaskIdBytesMax && text.front() != '.' &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '-' || c == '.';
           });
}

json::value unwrapped(json::value data) {
    const auto* object = data.if_object();
    if (!object || object->size() != 1) return data;
    const auto* text = find(*object, "text");
    if (!text || !text->is_string()) return data;
    return json::value(text->get_string());
}

}  // namespace meshai::agents::mesh
