#include "agents/openai/adapter.h"

#include <fmt/format.h>

#include "agents/address.h"
#include "agents/cost.h"
#include "agents/event_stream.h"
#include "agents/failure.h"
#include "agents/openai/ask.h"
#include "agents/openai/completion.h"
#include "agents/output_text.h"
#include "agents/trace.h"

namespace meshai::agents::openai {
namespace {

constexpr std::string_view kCompletions = "/chat/completions";
constexpr std::string_view kModels = "/models";

using AnswerPtr = std::unique_ptr<net::client::Answer>;

class OpenAiAdapter final : public Adapter {
  public:
    OpenAiAdapter(Spec spec, net::http::Url url, Tools tools)
        : spec_(std::move(spec)), url_(std::move(url)), tools_(tools) {}

    Async<Ending> run(Call call, Sink& sink) override;
    Async<Status> probe(MonoTime deadline) override;

  private:
    net::client::Request request_for(const Call& call) const;

    Spec spec_;
    net::http::Url url_;
    Tools tools_;
};

// One call from the head of its answer to its ending.
class Run {
  public:
    Run(const Spec& spec, const Tools& tools, Peer peer, Sink& sink)
        : spec_(spec),
          tools_(tools),
          peer_(std::move(peer)),
          sink_(sink),
          output_(sink, tools.limits.output_bytes) {}

    Async<Ending> read(AnswerPtr answer);

  private:
    Async<void> read_refusal(AnswerPtr answer);
    Async<void> read_document(AnswerPtr answer);
    Async<void> read_stream(AnswerPtr answer);
    void take(std::string_view data, bool is_last);
    Async<void> pass_on();
    Async<void> say_thinking();
    Async<void> finish();
    void stopped(std::size_t unfinished);
    void end(Failure failure) {
        if (!failure_) failure_ = std::move(failure);
    }

    const Spec& spec_;
    const Tools& tools_;
    Peer peer_;
    Sink& sink_;
    OutputText output_;
    Completion completion_{};
    bool has_said_thinking_ = false;
    std::optional<Failure> failure_{};
};

Async<Ending> Run::read(AnswerPtr answer) {
    const auto type = media_type(answer->headers());
    if (answer->status() < 200 || answer->status() > 299)
        co_await read_refusal(std::move(answer));
    else if (type == kEventStream)
        co_await read_stream(std::move(answer));
    else if (type.empty() || is_json(type))
        co_await read_document(std::move(answer));
    else
        end(broke_contract(peer_, fmt::format("answered with \"{}\" instead of JSON or an event stream",
                                              quoted(peer_, utf8_prefix(type, 100)))));
    if (!failure_) co_await finish();
    if (failure_) co_return std::unexpected(std::move(*failure_));
    co_return Answer{.result = json::string(output_.text()),
                     .usage = with_cost(completion_.usage(), spec_.cost)};
}

Async<void> Run::read_refusal(AnswerPtr answer) {
    auto words = co_await read_words(*answer, tools_.limits.error_body_bytes);
    if (words)
        end(refused(peer_, answer->status(), answer->headers(), *words, tools_.clock.wall()));
    else
        end(broken_answer(peer_, words.error(), tools_.clock.now()));
}

Async<void> Run::read_document(AnswerPtr answer) {
    auto body = co_await read_whole(*answer, tools_.limits.body_bytes);
    if (!body) co_return end(broken_answer(peer_, body.error(), tools_.clock.now()));
    take(*body, /*is_last=*/false);
    co_await pass_on();
    // A document without a choice is no answer, whatever else it says.
    if (completion_.finish_reason().empty() && output_.text().empty())
        end(broke_contract(peer_, "answered without a completion"));
}

Async<void> Run::read_stream(AnswerPtr answer) {
    EventStream stream(std::move(answer), tools_.limits.line_bytes);
    while (!failure_ && !completion_.is_done()) {
        auto batch = co_await stream.next();
        if (!batch) {
            // After its last chunk a model has nothing more to say that matters.
            if (!completion_.finish_reason().empty() && batch.error().code == Code::AgentProtocol) co_return;
            co_return end(broken_answer(peer_, batch.error(), tools_.clock.now()));
        }
        for (const auto& message : batch->messages)
            if (!failure_ && !completion_.is_done()) take(message.data, batch->is_end);
        co_await pass_on();
        if (batch->is_overlong)
            end(broke_contract(peer_, fmt::format("sent a chunk of more than {} KiB, which is its bound",
                                                  tools_.limits.line_bytes >> 10U)));
        if (!batch->is_end || completion_.is_done()) continue;
        if (completion_.finish_reason().empty()) stopped(batch->unfinished);
        co_return;
    }
}

void Run::take(std::string_view data, bool is_last) {
    auto taken = completion_.take(data);
    if (taken) return;
    if (taken.error().code == Code::AgentFailed) return end(agent_failed(peer_, taken.error().message));
    if (!is_last) return end(broke_contract(peer_, taken.error().message));
    if (completion_.finish_reason().empty()) stopped(data.size());
}

void Run::stopped(std::size_t unfinished) {
    auto failure = broke_contract(
        peer_, unfinished > 0
                   ? fmt::format("stopped in the middle of a chunk ({} bytes of it came)", unfinished)
                   : "stopped before the completion was finished");
    failure.is_transient = true;
    end(std::move(failure));
}

Async<void> Run::pass_on() {
    if (completion_.has_been_thinking()) co_await say_thinking();
    auto text = completion_.new_text();
    if (text.empty()) co_return;
    auto taken = co_await output_.write(std::move(text));
    if (!taken) end(run_over(taken.error()));
}

Async<void> Run::say_thinking() {
    Status taken;
    if (std::exchange(has_said_thinking_, true)) {
        taken = co_await sink_.alive();
    } else {
        task::Progress thinking;
        thinking.message = "The model is thinking.";
        thinking.step = "thinking";
        taken = co_await sink_.progress(std::move(thinking));
    }
    if (!taken) end(run_over(taken.error()));
}

// A completion that was cut is an answer, but its reader has to know.
Async<void> Run::finish() {
    const auto& reason = completion_.finish_reason();
    const bool is_filtered = reason == "content_filter";
    if (output_.text().empty() && is_filtered)
        co_return end(agent_failed(peer_, "its content filter held the answer back",
                                   json::object{{"finish_reason", reason}}));
    if (output_.text().empty() && (reason == "tool_calls" || reason == "function_call"))
        co_return end(broke_contract(peer_, "asked for a tool although none was offered"));
    if (reason != "length" && !is_filtered) co_return;
    task::Progress note;
    note.message = is_filtered ? "The model's content filter cut the answer."
                               : "The model reached its length limit; the answer is cut.";
    note.details["finish_reason"] = reason;
    auto taken = co_await sink_.progress(std::move(note));
    if (!taken) end(run_over(taken.error()));
}

net::client::Request OpenAiAdapter::request_for(const Call& call) const {
    auto request = request_to(spec_, with_path(url_, kCompletions), tools_.limits, call.deadline);
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Accept", "text/event-stream, application/json");
    put_trace(request, call, tools_.tracing);
    request.body = to_text(completion_request(spec_, call.request));
    return request;
}

Async<Ending> OpenAiAdapter::run(Call call, Sink& sink) {
    const Peer peer{.name = spec_.name, .key = spec_.api_key, .deadline = call.deadline};
    auto answer = co_await tools_.http.open(request_for(call));
    if (!answer) co_return std::unexpected(no_answer(peer, answer.error(), tools_.clock.now()));
    Run run(spec_, tools_, peer, sink);
    co_return co_await run.read(std::move(*answer));
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
