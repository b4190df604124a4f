// wire/jsonrpc/message.h
//
// JSON-RPC 2.0 messages as values, read strictly and written back. Every door
// that speaks JSON-RPC decodes here; which methods exist and what they do is
// the door's business. Ids come back exactly as they came: a string stays a
// string, a 64-bit number keeps every digit. Pure; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace meshai::wire::jsonrpc {

/// The id of a request: a string or a whole number, never null, never a
/// fraction (MCP: "Requests MUST include a string or integer ID. Unlike base
/// JSON-RPC, the ID MUST NOT be null.").
struct RequestId {
    std::variant<std::string, std::int64_t, std::uint64_t> value;

    json::value as_json() const;
    friend bool operator==(const RequestId&, const RequestId&) = default;
};

/// A longer id would not fit into an answer of bounded size.
inline constexpr std::size_t kIdBytesMax = 1024;
inline constexpr std::size_t kMethodBytesMax = 256;
inline constexpr std::size_t kBatchMessagesMax = 100;

struct Request {
    RequestId id;
    std::string method;
    json::object params;
};

struct Notification {
    std::string method;
    json::object params;
};

/// The peer's answer to a request of ours.
struct Response {
    RequestId id;
    std::variant<json::value, json::object> outcome;  ///< result, or the error object
    bool is_error = false;
};

using Message = std::variant<Request, Notification, Response>;

/// Codes of JSON-RPC 2.0, section 5.1. The server's own codes come from `number_of`.
inline constexpr int kParseError = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kInternalError = -32603;

/// Why a message cannot be served, as the answer will say it.
struct Fault {
    int number = kInternalError;
    std::string message;
    json::value id = nullptr;  ///< of the request, where it could be read
    Code code = Code::InvalidArgument;
    json::object details{};  ///< goes into error.data beside the code
};

/// Whether a message without the member "jsonrpc" is taken for 2.0, as the
/// guide's own clients need it. Another value is refused in both cases.
enum class Version { Required, MayBeAbsent };

/// One message from a tree.
std::expected<Message, Fault> parse_message(const json::value& tree, Version version);

/// What one HTTP body holds: one message, or a batch in which each has its own verdict.
struct Body {
    bool is_batch = false;
    std::vector<std::expected<Message, Fault>> messages;
};

/// A whole body. A fault here is of the body: not JSON, an empty batch, too many messages.
std::expected<Body, Fault> parse_body(std::string_view bytes, Version version);

/// The same from a tree that has been read already.
std::expected<Body, Fault> body_of(const json::value& tree, Version version);

/// {"jsonrpc":"2.0","id":…,"result":…}
json::object result_message(const RequestId& id, json::value result);

/// {"jsonrpc":"2.0","id":…,"error":{"code":…,"message":…,"data":{"code":"TIMEOUT",…}}}
json::object error_message(const Fault& fault);

/// {"jsonrpc":"2.0","method":…,"params":…}
json::object notification_message(std::string_view method, json::object params);

/// The number of a code in an error object. JSON-RPC's own numbers where they
/// fit; else 1000 + the HTTP status of the same failure, which lies outside
/// the range -32768…-32000 that JSON-RPC and MCP keep for themselves.
int number_of(Code code);

/// A fault that says what `error` says, as the answer to the request `id`.
Fault fault_of(const Error& error, json::value id);

}  // namespace meshai::wire::jsonrpc
