#include "agents/http/adapter.h"

#include <fmt/format.h>

#include "agents/address.h"
#include "agents/delegation/delegation.h"
#include "agents/dialect/relay.h"
#include "agents/event_stream.h"
#include "agents/failure.h"
#include "agents/task_input.h"
#include "agents/trace.h"

namespace meshai::agents::http {
namespace {

constexpr std::string_view kExecute = "/execute";
constexpr std::string_view kHealth = "/health";

using AnswerPtr = std::unique_ptr<net::client::Answer>;

class HttpAdapter final : public Adapter {
  public:
    HttpAdapter(Spec spec, net::http::Url url, std::optional<net::http::Url> health, Tools tools)
        : spec_(std::move(spec)), url_(std::move(url)), health_(std::move(health)), tools_(tools) {}

    Async<Ending> run(Call call, Sink& sink) override;
    Async<Status> probe(MonoTime deadline) override;

  private:
    net::client::Request request_for(const Call& call) const;
    Async<Ending> read(Peer peer, AnswerPtr answer, Sink& sink);
    Async<Ending> read_refusal(Peer peer, AnswerPtr answer);
    Async<Ending> read_body(Peer peer, AnswerPtr answer);
    Async<Ending> read_events(Peer peer, AnswerPtr answer, Sink& sink);

    Spec spec_;
    net::http::Url url_;
    std::optional<net::http::Url> health_;
    Tools tools_;
};

// Beside what the family's agents know; they leave alone what they do not.
void put_access(json::object& body, const DelegateAccess& access) {
    auto& context = body["context"].get_object();
    context["delegate_url"] = access.delegate_url;
    context["ask_url"] = access.ask_url;
    context["delegate_key"] = access.key.reveal();
}

net::client::Request HttpAdapter::request_for(const Call& call) const {
    auto request = request_to(spec_, with_path(url_, kExecute), tools_.limits, call.deadline);
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Accept", "text/event-stream, application/json");
    // A run after a lost connection must not do the work twice where the agent can tell.
    request.headers.set("Idempotency-Key", call.task.value);
    put_trace(request, call, tools_.tracing);
    auto body = execute_body(spec_, call, tools_.clock);
    if (const auto access = access_for(spec_, tools_, call)) put_access(body, *access);
    request.body = to_text(body);
    // An agent that does not stream answers when the work is done, and for that
    // it has the task's whole time.
    if (call.deadline != kNever)
        request.limits.first_byte =
            std::max<Duration>(request.limits.first_byte, call.deadline - tools_.clock.now());
    return request;
}

Async<Ending> HttpAdapter::run(Call call, Sink& sink) {
    const Peer peer{.name = spec_.name, .key = spec_.api_key, .deadline = call.deadline};
    auto answer = co_await tools_.http.open(request_for(call));
    if (!answer) co_return std::unexpected(no_answer(peer, answer.error(), tools_.clock.now()));
    co_return co_await read(peer, std::move(*answer), sink);
}

Async<Ending> HttpAdapter::read(Peer peer, AnswerPtr answer, Sink& sink) {
    if (answer->status() < 200 || answer->status() > 299)
        co_return co_await read_refusal(peer, std::move(answer));
    const auto type = media_type(answer->headers());
    if (type == kEventStream) co_return co_await read_events(peer, std::move(answer), sink);
    // Small agents forget the type of their only document.
    if (type.empty() || is_json(type)) co_return co_await read_body(peer, std::move(answer));
    co_return std::unexpected(
        broke_contract(peer, fmt::format("answered with \"{}\" instead of JSON or an event stream",
                                         quoted(peer, utf8_prefix(type, 100)))));
}

Async<Ending> HttpAdapter::read_refusal(Peer peer, AnswerPtr answer) {
    auto words = co_await read_words(*answer, tools_.limits.error_body_bytes);
    if (!words) co_return std::unexpected(broken_answer(peer, words.error(), tools_.clock.now()));
    co_return std::unexpected(
        refused(peer, answer->status(), answer->headers(), *words, tools_.clock.wall()));
}

Async<Ending> HttpAdapter::read_body(Peer peer, AnswerPtr answer) {
    auto body = co_await read_whole(*answer, tools_.limits.body_bytes);
    if (!body) co_return std::unexpected(broken_answer(peer, body.error(), tools_.clock.now()));
    co_return read_document({.agent = spec_.name, .key = spec_.api_key, .price = spec_.cost}, *body);
}

Async<Ending> HttpAdapter::read_events(Peer peer, AnswerPtr answer, Sink& sink) {
    EventStream stream(std::move(answer), tools_.limits.line_bytes);
    dialect::Relay relay(peer, spec_.cost, tools_.limits, sink);
    while (!relay.has_ended()) {
        auto batch = co_await stream.next();
        if (batch)
            co_await relay.take_batch(std::move(*batch));
        else
            relay.end(std::unexpected(broken_answer(peer, batch.error(), tools_.clock.now())));
    }
    co_return relay.ending();
}

Async<Status> HttpAdapter::probe(MonoTime deadline) {
    if (health_) co_return co_await ask_health(spec_, *health_, tools_, deadline, false);
    auto url = with_path(without_path(url_, kExecute), kHealth);
    co_return co_await ask_health(spec_, std::move(url), tools_, deadline, true);
}

}  // namespace

Result<std::unique_ptr<Adapter>> make_adapter(Spec spec, Tools tools) {
    auto url = net::http::parse_url(spec.url);
    if (!url) return Error{Code::Configuration, "url: " + url.error().message};
    std::optional<net::http::Url> health;
    if (!spec.health_url.empty()) {
        auto parsed = net::http::parse_url(spec.health_url);
        if (!parsed) return Error{Code::Configuration, "health_url: " + parsed.error().message};
        health = std::move(*parsed);
    }
    return std::unique_ptr<Adapter>(
        std::make_unique<HttpAdapter>(std::move(spec), std::move(*url), std::move(health), tools));
}

}  // namespace meshai::agents::http
