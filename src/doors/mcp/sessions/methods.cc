#include "doors/mcp/sessions/methods.h"

#include <fmt/format.h>

#include <algorithm>

#include "doors/mcp/sessions/handshake.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;
using wire::mcp::ServerAbilities;

constexpr std::size_t kUriBytesMax = 2048;

std::unexpected<rpc::Fault> refuse(const rpc::Request& request, int number, std::string sentence,
                                   Code code = Code::InvalidArgument) {
    return std::unexpected(rpc::Fault{number, std::move(sentence), request.id.as_json(), code});
}

MethodAnswer ping(const Origin&, const rpc::Request&) {
    return json::object{};
}

MethodAnswer initialize_again(const Origin&, const rpc::Request& request) {
    return refuse(request, rpc::kInvalidRequest,
                  "This session has been initialized; send initialize without a session to begin another.");
}

MethodAnswer set_level(const Origin& origin, const rpc::Request& request) {
    const auto* name = find(request.params, "level");
    const auto level = name && name->is_string() ? wire::mcp::log_level_of(name->get_string()) : std::nullopt;
    // MCP, logging: "Invalid log level: -32602 (Invalid params)" (F12).
    if (!level)
        return refuse(
            request, rpc::kInvalidParams,
            "\"level\" must be one of debug, info, notice, warning, error, critical, alert, emergency.");
    origin.session->set_level(*level);
    return json::object{};
}

std::expected<std::string, rpc::Fault> uri_of(const Origin& origin, const rpc::Request& request) {
    if (!origin.principal.may(auth::kScopeRead))
        return refuse(request, rpc::number_of(Code::PermissionDenied),
                      fmt::format("This key lacks the scope {}.", auth::kScopeRead), Code::PermissionDenied);
    const auto* uri = find(request.params, "uri");
    if (!uri || !uri->is_string() || uri->get_string().empty())
        return refuse(request, rpc::kInvalidParams, "\"uri\" is needed: the resource.");
    if (uri->get_string().size() > kUriBytesMax)
        return refuse(request, rpc::kInvalidParams,
                      fmt::format("A \"uri\" may have at most {} bytes.", kUriBytesMax));
    return std::string(uri->get_string());
}

MethodAnswer subscribe(const Origin& origin, const rpc::Request& request) {
    auto uri = uri_of(origin, request);
    if (!uri) return std::unexpected(uri.error());
    auto added = origin.session->subscriptions().add(std::move(*uri));
    if (!added) return std::unexpected(rpc::fault_of(added.error(), request.id.as_json()));
    return json::object{};
}

MethodAnswer unsubscribe(const Origin& origin, const rpc::Request& request) {
    auto uri = uri_of(origin, request);
    if (!uri) return std::unexpected(uri.error());
    origin.session->subscriptions().remove(*uri);
    return json::object{};
}

struct OwnMethod {
    std::string_view name;
    MethodAnswer (*serve)(const Origin& origin, const rpc::Request& request);
    bool ServerAbilities::* ability = nullptr;  ///< null: always there
};

constexpr OwnMethod kOwnMethods[] = {
    {"initialize", initialize_again},
    {"ping", ping},
    {"logging/setLevel", set_level, &ServerAbilities::logging},
    {"resources/subscribe", subscribe, &ServerAbilities::resources_subscribe},
    {"resources/unsubscribe", unsubscribe, &ServerAbilities::resources_subscribe},
};

}  // namespace

Async<MethodAnswer> answer_in_session(const Origin& origin, const Agreement& agreement, Context& context,
                                      const rpc::Request& request) {
    auto& toolbox = origin.house.toolbox;
    const auto own = std::ranges::find(kOwnMethods, request.method, &OwnMethod::name);
    const bool is_own = own != std::end(kOwnMethods);
    if (is_own && (!own->ability || toolbox.abilities().*own->ability)) co_return own->serve(origin, request);

    auto answer = co_await dispatch({origin.house, toolbox, agreement.codec, context, request});
    if (auto* result = std::get_if<json::object>(&answer)) co_return std::move(*result);
    if (auto* fault = std::get_if<rpc::Fault>(&answer)) {
        fault->id = request.id.as_json();
        co_return std::unexpected(std::move(*fault));
    }
    // In this era a question waits in the context for its answer, so no handler has a reason to pause.
    co_return refuse(request, rpc::kInternalError, "The handler paused where it could have waited.",
                     Code::Internal);
}

MethodAnswer answer_before_agreement(const Origin& origin, const rpc::Request& request) {
    if (request.method == "ping") return json::object{};
    if (request.method != "initialize")
        return refuse(request, rpc::kInvalidRequest, "Send initialize first.");
    auto hands = shake_hands(origin.house.toolbox, request);
    if (!hands) return std::unexpected(hands.error());
    if (!origin.session->agree(std::move(hands->agreement))) return initialize_again(origin, request);
    origin.session->subscriptions().ring();  // what is new may be said from now on
    return std::move(hands->result);
}

}  // namespace meshai::doors::mcp
