#include "agents/openai/adapter.h"

#include <fmt/format.h>

#include "agents/address.h"
#include "agents/cost.h"
#include "agents/failure.h"
#include "agents/openai/ask.h"
#include "agents/openai/model_call.h"
#include "agents/openai/tools.h"
#include "agents/output_text.h"
#include "agents/trace.h"

namespace meshai::agents::openai {
namespace {

constexpr std::string_view kCompletions = "/chat/completions";
constexpr std::string_view kModels = "/models";

class OpenAiAdapter final : public Adapter {
  public:
    OpenAiAdapter(Spec spec, net::http::Url url, Tools tools)
        : spec_(std::move(spec)), url_(std::move(url)), tools_(tools) {}

    Async<Ending> run(Call call, Sink& sink) override;
    Async<Status> probe(MonoTime deadline) override;

  private:
    net::client::Request request_for(const Call& call, const json::object& body) const;
    Async<Ending> talk(Call call, Sink& sink, Peer peer, json::object body);

    Spec spec_;
    net::http::Url url_;
    Tools tools_;
};

net::client::Request OpenAiAdapter::request_for(const Call& call, const json::object& body) const {
    auto request = request_to(spec_, with_path(url_, kCompletions), tools_.limits, call.deadline);
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Accept", "text/event-stream, application/json");
    put_trace(request, call, tools_.tracing);
    request.body = to_text(body);
    return request;
}

Async<Ending> OpenAiAdapter::run(Call call, Sink& sink) {
    Peer peer{.name = spec_.name, .key = spec_.api_key, .deadline = call.deadline};
    auto body = completion_request(spec_, call.request);
    if (spec_.delegates) offer_tools(body);
    co_return co_await talk(std::move(call), sink, std::move(peer), std::move(body));
}

// Completion by completion: where the model asks for tools it is told what they
// answered, and goes on; where it does not, it has said its answer.
Async<Ending> OpenAiAdapter::talk(Call call, Sink& sink, Peer peer, json::object body) {
    OutputText output(sink, tools_.limits.output_bytes);
    Tooling tooling(spec_, tools_, sink);
    task::Usage usage;
    for (int round = 0;; ++round) {
        const bool is_last = round == kToolRoundsMax;
        if (is_last) body["tool_choice"] = "none";
        auto answer = co_await tools_.http.open(request_for(call, body));
        if (!answer) co_return std::unexpected(no_answer(peer, answer.error(), tools_.clock.now()));
        ModelCall model(tools_, peer, sink, output, spec_.delegates ? Offered::Tools : Offered::Nothing);
        if (auto failure = co_await model.read(std::move(*answer))) co_return std::unexpected(*failure);

        const auto used = with_cost(model.completion().usage(), spec_.cost);
        usage += used;
        const auto& calls = model.completion().tool_calls();
        if (!spec_.delegates || calls.empty())
            co_return Answer{.result = json::string(output.text()), .usage = usage};
        if (is_last)
            co_return std::unexpected(
                broke_contract(peer, fmt::format("asked for tools {} times in a row", kToolRoundsMax + 1)));
        // Whether there may be another completion is asked before the tools run: what they
        // find would be told to nobody.
        if (auto may = co_await sink.spend(used); !may) co_return std::unexpected(run_over(may.error()));
        auto answers = co_await tooling.run(calls);
        if (!answers) co_return std::unexpected(run_over(answers.error()));
        add_round(body, model.text(), calls, *answers);
    }
}

Async<Status> OpenAiAdapter::probe(MonoTime deadline) {
    auto url = with_path(without_path(url_, kCompletions), kModels);
    auto health = net::http::parse_url(spec_.health_url);
    if (health) url = std::move(*health);
    // Not every compatible server lists its models; that it answers is enough.
    co_return co_await ask_health(spec_, std::move(url), tools_, deadline, !health.has_value());
}

}  // namespace

Result<std::unique_ptr<Adapter>> make_adapter(Spec spec, Tools tools) {
    auto url = net::http::parse_url(spec.url);
    if (!url) return Error{Code::Configuration, "url: " + url.error().message};
    return std::unique_ptr<Adapter>(std::make_unique<OpenAiAdapter>(std::move(spec), std::move(*url), tools));
}

}  // namespace meshai::agents::openai
