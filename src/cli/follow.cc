#include "cli/follow.h"

#include <fmt/format.h>

#include "base/signal.h"
#include "cli/answer.h"
#include "net/sse/reader.h"

namespace meshai::cli {
namespace {

/// Reads one connection until it ends, for whatever reason.
Async<void> read_stream(std::unique_ptr<net::client::Answer> answer, StreamReader& reader) {
    net::sse::Reader messages;
    while (!reader.ended() && !messages.has_failed()) {
        auto bytes = co_await answer->next();
        if (!bytes || !bytes->has_value()) co_return;
        for (const auto& message : messages.feed(**bytes)) reader.take(message.data, message.id);
    }
}

}  // namespace

void StreamReader::take(const std::string& data, const std::string& id) {
    const auto event = parse_json_object(data);
    if (event) take_event(*event, !id.empty());
    if (!id.empty()) last_id_ = id;
}

void StreamReader::take_event(const json::object& event, bool is_numbered) {
    const auto type = find_string(event, "type").value_or("");
    const auto text = [&](std::string_view member) { return find_string(event, member).value_or(""); };
    if (type == "start") {
        screen_.started(text("task_id"));
    } else if (type == "progress") {
        take_progress(event);
    } else if (type == "token") {
        take_token(event);
    } else if (type == "step") {
        take_step(event);
    } else if (type == "agent_message") {
        screen_.note(fmt::format("{} to {}: {}", text("from"), text("to"), text("kind")));
    } else if (type == "input_required" || type == "input_given") {
        take_question(event, type == "input_given");
    } else if (type == "complete") {
        steps_.complete();
        if (!steps_.is_empty()) draw_steps();
        ended_ = Ended{text("status"), "", "", find_int(event, "duration_ms").value_or(0)};
    } else if (type == "error" && !is_numbered) {
        // Not an event of the task: the stream itself broke on the server's side.
        screen_.note(text("message"));
    } else if (type == "error") {
        const auto code = text("code");
        ended_ = Ended{code_of(code) == Code::Cancelled ? "cancelled" : "failed", code, text("message")};
    }
}

void StreamReader::take_progress(const json::object& event) {
    const auto* details = find_object(event, "details");
    const auto detail = [&](std::string_view member) {
        return details ? find_string(*details, member).value_or("") : "";
    };
    const auto message = find_string(event, "message").value_or("");
    if (screen_.has_boards() && asked_.empty() && steps_.says(detail("current_step"), message))
        return draw_steps();
    screen_.progress(message, find_number(event, "progress"), detail("agent"));
}

// The words of steps that write at the same time would stand among each other.
void StreamReader::take_token(const json::object& event) {
    const auto words = find_string(event, "text").value_or("");
    const auto step = find_string(event, "step");
    if (!step) return screen_.token(words, find_int(event, "attempt").value_or(1));
    if (steps_.wrote(*step, words.size())) draw_steps();
}

void StreamReader::take_step(const json::object& event) {
    steps_.take(event);
    if (screen_.has_boards() && asked_.empty())
        draw_steps();
    else
        screen_.note(step_line(event));
}

void StreamReader::draw_steps() {
    if (asked_.empty()) screen_.board(steps_.page(screen_.size()));
}

void StreamReader::take_question(const json::object& event, bool is_answered) {
    const auto key = find_string(event, "key").value_or("");
    if (is_answered)
        asked_.erase(key);
    else if (asked_.insert(key).second)
        screen_.leave_board();
    if (asking_ == nullptr) return;
    if (is_answered)
        asking_->given(key, find_string(event, "by").value_or(""));
    else
        asking_->asked(question_of(event));
}

Async<Reply<Ended>> follow(Api& api, Screen& screen, std::string task_id, Asking* asking) {
    StreamReader reader(screen, asking);
    auto give_up = api.clock().in(kPatience);
    for (int tries = 0;; ++tries) {
        const auto seen = reader.last_id();
        auto answer = co_await api.open_stream(task_id, seen);
        if (answer) {
            co_await read_stream(std::move(*answer), reader);
            if (reader.ended()) co_return *reader.ended();
        } else if (!answer.error().may_pass()) {
            co_return std::unexpected(answer.error());
        }
        // Whoever heard something new was connected: patience begins anew.
        if (reader.last_id() != seen) {
            give_up = api.clock().in(kPatience);
            tries = 0;
        }
        auto wait = retry_wait(tries);
        if (!answer && answer.error().retry_after) wait = *answer.error().retry_after;
        if (api.clock().in(wait) > give_up) {
            Trouble trouble{
                {Code::Unavailable, "The server went away and did not come back; the task may still go on."}};
            co_return std::unexpected(answer ? std::move(trouble) : std::move(answer.error()));
        }
        screen.note(fmt::format("the connection is lost; trying again in {:.1f} s",
                                std::chrono::duration<double>(wait).count()));
        if (auto waited = co_await pause(api.clock(), wait); !waited)
            co_return std::unexpected(Trouble{waited.error()});
    }
}

namespace {

struct Watched {
    explicit Watched(Signal the_signal) : changed(std::move(the_signal)) {}
    Signal changed;
    std::optional<Reply<Ended>> outcome{};
};

Async<void> watch(Api& api, Screen& screen, std::string task_id, Watched& watched, Asking& asking) {
    watched.outcome.emplace(co_await follow(api, screen, std::move(task_id), &asking));
    watched.changed.notify();
}

Async<void> cancel_task(Api& api, Screen& screen, std::string task_id) {
    ApiCall wanted{.method = "DELETE", .path = "/api/v1/tasks/" + percent_encoded(task_id)};
    auto reply = co_await api.call_patiently(std::move(wanted), api.clock().in(kCancelTime));
    if (!reply) screen.note(fmt::format("cancelling failed: {}", reply.error().error.message));
}

}  // namespace

Async<Reply<Ended>> follow_until(Api& api, Screen& screen, Log& log, Interrupt& interrupt,
                                 std::string task_id, MonoTime until, OnInterrupt on_interrupt,
                                 Prompt* prompt) {
    const auto ex = co_await this_executor();
    Watched watched(Signal(ex, api.clock()));
    Asking asking(api, screen, prompt, log, ex, task_id);
    Scope scope(ex, api.clock(), log);
    scope.spawn("follow", watch(api, screen, task_id, watched, asking));
    interrupt.then([changed = watched.changed] { changed.notify(); });

    bool is_cancelling = false;
    while (!watched.outcome) {
        if (interrupt.is_set() && !is_cancelling) {
            if (on_interrupt == OnInterrupt::StopWatching) break;
            is_cancelling = true;
            until = api.clock().in(kCancelTime);
            screen.note("cancelling the task");
            scope.spawn("cancel", cancel_task(api, screen, task_id));
        }
        if (co_await watched.changed.wait_until(until) != Wake::Notified) break;
    }
    interrupt.then({});
    const bool is_over = watched.outcome.has_value();
    co_await scope.close();
    co_await asking.close();
    if (is_over) co_return std::move(*watched.outcome);
    if (interrupt.is_set())
        co_return std::unexpected(Trouble{{Code::Cancelled, "Interrupted; the task may still go on."}});
    co_return std::unexpected(Trouble{{Code::Timeout, "The time to wait has passed; the task goes on."}});
}

}  // namespace meshai::cli
