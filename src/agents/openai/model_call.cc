#include "agents/openai/model_call.h"

#include <fmt/format.h>

namespace meshai::agents::openai {
namespace {

constexpr std::string_view kParagraph = "\n\n";

}  // namespace

Async<std::optional<Failure>> ModelCall::read(AnswerPtr answer) {
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
    co_return std::move(failure_);
}

Async<void> ModelCall::read_refusal(AnswerPtr answer) {
    auto words = co_await read_words(*answer, tools_.limits.error_body_bytes);
    if (words)
        end(refused(peer_, answer->status(), answer->headers(), *words, tools_.clock.wall()));
    else
        end(broken_answer(peer_, words.error(), tools_.clock.now()));
}

Async<void> ModelCall::read_document(AnswerPtr answer) {
    auto body = co_await read_whole(*answer, tools_.limits.body_bytes);
    if (!body) co_return end(broken_answer(peer_, body.error(), tools_.clock.now()));
    take(*body, /*is_last=*/false);
    co_await pass_on();
    // A document without a choice is no answer, whatever else it says.
    if (completion_.finish_reason().empty() && text_.empty() && completion_.tool_calls().empty())
        end(broke_contract(peer_, "answered without a completion"));
}

Async<void> ModelCall::read_stream(AnswerPtr answer) {
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

void ModelCall::take(std::string_view data, bool is_last) {
    auto taken = completion_.take(data);
    if (taken) return;
    if (taken.error().code == Code::AgentFailed) return end(agent_failed(peer_, taken.error().message));
    if (!is_last) return end(broke_contract(peer_, taken.error().message));
    if (completion_.finish_reason().empty()) stopped(data.size());
}

void ModelCall::stopped(std::size_t unfinished) {
    auto failure = broke_contract(
        peer_, unfinished > 0
                   ? fmt::format("stopped in the middle of a chunk ({} bytes of it came)", unfinished)
                   : "stopped before the completion was finished");
    failure.is_transient = true;
    end(std::move(failure));
}

Async<void> ModelCall::pass_on() {
    if (completion_.has_been_thinking()) co_await say_thinking();
    auto text = completion_.new_text();
    if (text.empty()) co_return;
    // What the model says after its tools have answered is a paragraph of its own.
    if (text_.empty() && !output_.text().empty()) text.insert(0, kParagraph);
    text_ += text;
    auto taken = co_await output_.write(std::move(text));
    if (!taken) end(run_over(taken.error()));
}

Async<void> ModelCall::say_thinking() {
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
Async<void> ModelCall::finish() {
    const auto& reason = completion_.finish_reason();
    const bool wants_tool = reason == "tool_calls" || reason == "function_call";
    if (text_.empty() && reason == "content_filter")
        co_return end(agent_failed(peer_, "its content filter held the answer back",
                                   json::object{{"finish_reason", reason}}));
    if (text_.empty() && wants_tool && offered_ == Offered::Nothing)
        co_return end(broke_contract(peer_, "asked for a tool although none was offered"));
    if (text_.empty() && wants_tool && completion_.tool_calls().empty())
        co_return end(broke_contract(peer_, "asked for a tool and did not say which"));
    if (reason == "length" || reason == "content_filter") co_await say_cut(reason);
}

Async<void> ModelCall::say_cut(std::string reason) {
    task::Progress note;
    note.message = reason == "length" ? "The model reached its length limit; the answer is cut."
                                      : "The model's content filter cut the answer.";
    note.details["finish_reason"] = reason;
    auto taken = co_await sink_.progress(std::move(note));
    if (!taken) end(run_over(taken.error()));
}

}  // namespace meshai::agents::openai
