#include "wire/jsonrpc/message.h"

#include <fmt/format.h>

namespace meshai::wire::jsonrpc {
namespace {

std::unexpected<Fault> refuse(int number, std::string message, json::value id = nullptr) {
    return std::unexpected(Fault{number, std::move(message), std::move(id)});
}

std::expected<RequestId, Fault> parse_id(const json::value& id) {
    if (const auto* text = id.if_string()) {
        if (text->size() > kIdBytesMax)
            return refuse(kInvalidRequest, fmt::format("The id may have at most {} bytes; this one has {}.",
                                                       kIdBytesMax, text->size()));
        return RequestId{std::string(*text)};
    }
    if (const auto* number = id.if_int64()) return RequestId{*number};
    if (const auto* number = id.if_uint64()) return RequestId{*number};
    return refuse(kInvalidRequest, "The id of a request must be a string or a whole number.");
}

std::expected<std::string, Fault> parse_method(const json::value& method, const json::value& id) {
    const auto* text = method.if_string();
    if (!text || text->empty())
        return refuse(kInvalidRequest, "The member \"method\" must be a string that is not empty.", id);
    if (text->size() > kMethodBytesMax)
        return refuse(kInvalidRequest,
                      fmt::format("The member \"method\" may have at most {} bytes.", kMethodBytesMax), id);
    return std::string(*text);
}

std::expected<json::object, Fault> parse_params(const json::object& message, const json::value& id) {
    const auto* params = find(message, "params");
    if (!params || params->is_null()) return json::object{};
    if (const auto* object = params->if_object()) return *object;
    return refuse(kInvalidParams, "The member \"params\" must be an object.", id);
}

std::expected<Message, Fault> parse_response(const json::object& message) {
    const auto* raw_id = find(message, "id");
    if (!raw_id) return refuse(kInvalidRequest, "A message needs a \"method\", or an \"id\" and a result.");
    auto id = parse_id(*raw_id);
    if (!id) return std::unexpected(id.error());

    const auto* result = find(message, "result");
    const auto* error = find(message, "error");
    if ((result != nullptr) == (error != nullptr))
        return refuse(kInvalidRequest, "A response holds either \"result\" or \"error\".", id->as_json());
    if (result) return Response{*id, *result, false};
    if (!error->is_object())
        return refuse(kInvalidRequest, "The member \"error\" must be an object.", id->as_json());
    return Response{*id, error->get_object(), true};
}

// The id as far as it can be given back with a refusal; null otherwise
// (JSON-RPC 2.0, section 5: "If there was an error in detecting the id in the
// Request object, it MUST be Null.").
json::value readable_id(const json::object& message) {
    const auto* raw = find(message, "id");
    if (!raw) return nullptr;
    auto id = parse_id(*raw);
    return id ? id->as_json() : json::value(nullptr);
}

bool has_wrong_version(const json::object& message, Version version) {
    const auto* stated = find(message, "jsonrpc");
    if (!stated) return version == Version::Required;
    return !stated->is_string() || stated->get_string() != "2.0";
}

}  // namespace

std::expected<Message, Fault> parse_message(const json::value& tree, Version version) {
    const auto* message = tree.if_object();
    if (!message) return refuse(kInvalidRequest, "A message must be a JSON object.");
    const auto known_id = readable_id(*message);
    if (has_wrong_version(*message, version))
        return refuse(kInvalidRequest, "The member \"jsonrpc\" must be \"2.0\".", known_id);

    const auto* raw_method = find(*message, "method");
    if (!raw_method) return parse_response(*message);
    auto method = parse_method(*raw_method, known_id);
    if (!method) return std::unexpected(method.error());

    const auto* raw_id = find(*message, "id");
    std::optional<RequestId> id;
    if (raw_id) {
        auto parsed = parse_id(*raw_id);
        if (!parsed) return std::unexpected(parsed.error());
        id = *parsed;
    }
    auto params = parse_params(*message, known_id);
    if (!params) return std::unexpected(params.error());
    if (!id) return Notification{std::move(*method), std::move(*params)};
    return Request{std::move(*id), std::move(*method), std::move(*params)};
}

std::expected<Body, Fault> parse_body(std::string_view bytes, Version version) {
    const auto tree = parse_json(bytes);
    if (!tree) return refuse(kParseError, tree.error().message);
    return body_of(*tree, version);
}

std::expected<Body, Fault> body_of(const json::value& tree, Version version) {
    Body body;
    const auto* batch = tree.if_array();
    if (!batch) {
        body.messages.push_back(parse_message(tree, version));
        return body;
    }
    body.is_batch = true;
    if (batch->empty()) return refuse(kInvalidRequest, "A batch must hold at least one message.");
    if (batch->size() > kBatchMessagesMax)
        return refuse(kInvalidRequest,
                      fmt::format("A batch may hold at most {} messages.", kBatchMessagesMax));
    for (const auto& item : *batch) body.messages.push_back(parse_message(item, version));
    return body;
}

json::value RequestId::as_json() const {
    return std::visit([](const auto& id) { return json::value(id); }, value);
}

json::object result_message(const RequestId& id, json::value result) {
    json::object message;
    message["jsonrpc"] = "2.0";
    message["id"] = id.as_json();
    message["result"] = std::move(result);
    return message;
}

json::object error_message(const Fault& fault) {
    json::object data;
    data["code"] = code_name(fault.code);
    for (const auto& [key, value] : fault.details) data[key] = value;

    json::object error;
    error["code"] = fault.number;
    error["message"] = fault.message;
    error["data"] = std::move(data);

    json::object message;
    message["jsonrpc"] = "2.0";
    message["id"] = fault.id;
    message["error"] = std::move(error);
    return message;
}

json::object notification_message(std::string_view method, json::object params) {
    json::object message;
    message["jsonrpc"] = "2.0";
    message["method"] = method;
    message["params"] = std::move(params);
    return message;
}

int number_of(Code code) {
    switch (code) {
        case Code::InvalidArgument:
            return kInvalidParams;
        case Code::Unauthenticated:
            return 1401;
        case Code::PermissionDenied:
            return 1403;
        case Code::NotFound:
        case Code::AgentNotFound:
            return 1404;
        case Code::Conflict:
        case Code::AlreadyFinished:
            return 1409;
        case Code::Gone:
            return 1410;
        case Code::TooLarge:
            return 1413;
        case Code::RateLimited:
            return 1429;
        case Code::Cancelled:
            return 1499;
        case Code::AgentFailed:
        case Code::AgentProtocol:
            return 1502;
        case Code::ResourceExhausted:
        case Code::BudgetExhausted:
        case Code::NoAgent:
        case Code::AgentUnavailable:
        case Code::Interrupted:
        case Code::Unavailable:
            return 1503;
        case Code::Timeout:
            return 1504;
        case Code::StorageFull:
            return 1507;
        case Code::OutcomeUnknown:
        case Code::Corrupt:
        case Code::Configuration:
        case Code::Internal:
            return kInternalError;
    }
    return kInternalError;
}

Fault fault_of(const Error& error, json::value id) {
    return Fault{number_of(error.code), error.message, std::move(id), error.code};
}

}  // namespace meshai::wire::jsonrpc
