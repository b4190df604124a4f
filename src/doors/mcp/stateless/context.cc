#include "doors/mcp/stateless/context.h"

#include <fmt/format.h>

#include "doors/mcp/desk.h"
#include "doors/stream/encoder.h"
#include "doors/submit/submit.h"
#include "doors/toolbox/trace.h"

namespace meshai::doors::mcp {
namespace {

using Asking = std::expected<wire::mcp::Answers, std::variant<Paused, Error>>;

std::unexpected<std::variant<Paused, Error>> cannot_ask(std::string message) {
    return std::unexpected(std::variant<Paused, Error>(Error{Code::InvalidArgument, std::move(message)}));
}

// MCP 2026-07-28, MRTR, Supported Requests (R1).
bool may_need_input(std::string_view method) {
    return method == "tools/call" || method == "prompts/get" || method == "resources/read";
}

bool can_be_asked(const wire::mcp::ClientAbilities& client) {
    return client.elicitation_form || client.elicitation_url || client.sampling || client.roots;
}

}  // namespace

StatelessContext::StatelessContext(Call& call, const Envelope& envelope,
                                   const wire::jsonrpc::Request& request, Reply& reply)
    : call_(call),
      envelope_(envelope),
      request_(request),
      reply_(reply),
      purpose_(purpose_of(call.principal, request)),
      trace_(trace_of(request.params, call.http.head().headers)) {}

Result<std::unique_ptr<StatelessContext>> StatelessContext::make(Call& call, const Envelope& envelope,
                                                                 const wire::jsonrpc::Request& request,
                                                                 Reply& reply) {
    auto key = doors::idempotency_key(call, std::nullopt);
    if (!key) return key.error();
    std::unique_ptr<StatelessContext> context(new StatelessContext(call, envelope, request, reply));
    context->header_key_ = std::move(*key);
    if (auto taken = context->take_rounds_before(); !taken) return taken.error();
    return context;
}

Status StatelessContext::take_rounds_before() {
    if (!may_need_input(request_.method)) return {};
    if (const auto* given = find(request_.params, "inputResponses")) {
        if (!given->is_object()) return Error{Code::InvalidArgument, "\"inputResponses\" must be an object."};
        given_ = given->get_object();
    }
    const auto* sealed = find(request_.params, "requestState");
    if (!sealed) return {};
    if (!sealed->is_string()) return Error{Code::InvalidArgument, "\"requestState\" must be a string."};
    const auto& house = call_.house;
    auto state = open_state(house.mcp.seal(), sealed->get_string(), purpose_, house.clock.wall());
    if (!state) return state.error();
    state_ = std::move(*state);
    return {};
}

Async<Status> StatelessContext::progress(double done, std::optional<double> total, std::string message) {
    // F11: "The progress value MUST increase with each notification."
    if (!wants_progress() || (progress_ && done <= *progress_) || is_too_often()) co_return Status{};
    progress_ = done;
    auto params = wire::mcp::codec_of(envelope_.revision)
                      .progress(*envelope_.progress_token, done, total, valid_utf8(message));
    co_return co_await reply_.say(
        wire::jsonrpc::notification_message("notifications/progress", std::move(params)));
}

bool StatelessContext::is_too_often() {
    const auto now = call_.house.clock.now();
    if (now - second_began_ >= std::chrono::seconds(1)) {
        second_began_ = now;
        told_in_second_ = 0;
    }
    return ++told_in_second_ > kStatelessProgressPerSecondMax;
}

Async<Status> StatelessContext::log(wire::mcp::LogLevel level, std::string logger, json::value data) {
    // F12: "If absent, the server MUST NOT send any notifications/message for this request."
    if (!envelope_.log_level || level < *envelope_.log_level) co_return Status{};
    json::object params;
    params["level"] = name_of(level);
    if (!logger.empty()) params["logger"] = std::move(logger);
    params["data"] = std::move(data);
    co_return co_await reply_.say(
        wire::jsonrpc::notification_message("notifications/message", std::move(params)));
}

Async<Asking> StatelessContext::ask(wire::mcp::Questions questions) {
    if (!may_need_input(request_.method))
        co_return cannot_ask(fmt::format("{} cannot ask its client anything.", request_.method));
    if (questions.size() > kOpenQuestionsMax)
        co_return cannot_ask(fmt::format("A call may ask at most {} questions at once.", kOpenQuestionsMax));
    // R2: "Servers MUST NOT send an inputRequests that the client has not declared support for."
    for (const auto& [key, question] : questions)
        if (!may_ask(envelope_.client, question))
            co_return cannot_ask(
                fmt::format("The client has not declared that it can answer {}.", method_of(question)));
    wire::mcp::Answers answers;
    open_.clear();
    for (auto& [key, question] : questions) {
        if (may_answer(key, question))
            answers.emplace(key, state_.answers.at(key));
        else
            open_.emplace(key, std::move(question));
    }
    if (open_.empty()) co_return answers;
    co_return std::unexpected(std::variant<Paused, Error>(Paused{}));
}

// Whether there is an answer, from this round or an earlier one, that has the
// form of the question. One that has not is asked for again (R4).
bool StatelessContext::may_answer(const std::string& key, const wire::mcp::Question& question) {
    const auto before = state_.answers.find(key);
    if (before != state_.answers.end()) {
        if (check_answer(question, before->second)) return true;
        state_.answers.erase(before);
    }
    const auto* given = find(given_, key);
    if (!given) return false;
    auto checked = check_answer(question, *given);
    if (!checked) return false;
    state_.answers.emplace(key, std::move(*checked));
    return true;
}

std::optional<std::string> StatelessContext::idempotency_key() const {
    if (header_key_) return header_key_;
    // A call that may pause has a key, so that a later round finds the task that an earlier one began.
    if (state_.key.empty() && may_need_input(request_.method) && can_be_asked(envelope_.client))
        state_.key = new_id("call_", unix_ms(call_.house.clock.wall()), call_.house.random);
    if (state_.key.empty()) return std::nullopt;
    return state_.key;
}

std::string StatelessContext::correlation_id() const {
    return correlation_of(request_.id);
}

Result<json::object> StatelessContext::input_required() const {
    const auto& house = call_.house;
    auto sealed = seal_state(house.mcp.seal(), state_, purpose_, house.clock.wall());
    if (!sealed) return sealed.error();
    json::object requests;
    for (const auto& [key, question] : open_) requests[key] = to_json(question, envelope_.revision);
    json::object result;
    result["resultType"] = "input_required";
    if (!requests.empty()) result["inputRequests"] = std::move(requests);
    result["requestState"] = std::move(*sealed);
    return result;
}

}  // namespace meshai::doors::mcp
