// meshai top: a tenant's tasks and agents, live, from its two live streams.
#include <fmt/format.h>

#include "base/scope.h"
#include "base/signal.h"
#include "cli/commands.h"
#include "cli/top_view.h"
#include "net/sse/reader.h"

namespace meshai::cli {
namespace {

constexpr const char* kEventsPath = "/api/v1/events/stream";
constexpr const char* kMetricsPath = "/api/v1/metrics/stream";

/// A page is drawn so often at most.
constexpr Duration kDrawPeriod = std::chrono::milliseconds(250);

/// Without a terminal the numbers are one line in so many snapshots.
constexpr int kSnapshotsPerLine = 10;

/// What both streams write to, and the command reads.
struct Top {
    explicit Top(Session& the_session, Signal the_signal)
        : session(the_session), changed(std::move(the_signal)) {}

    Session& session;
    Signal changed;
    TopView view{};
    int snapshots = 0;
    std::optional<Trouble> trouble{};

    void take(const json::object& event) {
        const auto type = find_string(event, "type").value_or("");
        const bool is_screen = session.screen.is_terminal();
        if (type == "metrics") {
            view.take_metrics(event);
            if (!is_screen && snapshots++ % kSnapshotsPerLine == 0)
                session.screen.result(view.numbers_line());
        } else if (event.contains("task_id")) {
            view.take_event(event);
            if (!is_screen) session.screen.result(event_words(event));
        }
        changed.notify();
    }
};

Async<void> read_answer(std::unique_ptr<net::client::Answer> answer, Top& top, std::string& last_id) {
    net::sse::Reader messages;
    while (!messages.has_failed()) {
        auto bytes = co_await answer->next();
        if (!bytes || !bytes->has_value()) co_return;
        for (const auto& message : messages.feed(**bytes)) {
            if (const auto event = parse_json_object(message.data)) top.take(*event);
            if (!message.id.empty()) last_id = message.id;
        }
    }
}

// Over as many connections as it takes, each behind the last event of the one before.
Async<void> keep_reading(Top& top, std::string path) {
    auto& api = top.session.api;
    std::string last_id;
    auto give_up = api.clock().in(kPatience);
    for (int tries = 0;; ++tries) {
        auto answer = co_await api.open_events(path, last_id);
        auto wait = retry_wait(tries);
        if (answer) {
            co_await read_answer(std::move(*answer), top, last_id);
            give_up = api.clock().in(kPatience);
            tries = 0;
        } else if (!answer.error().may_pass() || api.clock().now() > give_up) {
            top.trouble = std::move(answer.error());
            top.changed.notify();
            co_return;
        } else if (answer.error().retry_after) {
            wait = *answer.error().retry_after;
        }
        if (auto waited = co_await pause(api.clock(), wait); !waited) co_return;
    }
}

Async<std::optional<Trouble>> take_open_tasks(Session& session, TopView& view) {
    auto reply = co_await session.api.call({.path = fmt::format("/api/v1/tasks?limit={}", kTopTasksMax)});
    if (!reply) co_return std::move(reply.error());
    if (const auto* list = reply->if_array())
        for (const auto& one : *list)
            if (const auto* summary = one.if_object()) view.take_task(*summary);
    co_return std::nullopt;
}

Async<void> take_first_metrics(std::unique_ptr<net::client::Answer> answer, TopView& view) {
    net::sse::Reader messages;
    while (!view.has_metrics() && !messages.has_failed()) {
        auto bytes = co_await answer->next();
        if (!bytes || !bytes->has_value()) co_return;
        for (const auto& message : messages.feed(**bytes))
            if (const auto event = parse_json_object(message.data)) view.take_metrics(*event);
    }
}

Async<int> show_once(Session& session, TopWish wish) {
    TopView view;
    auto answer = co_await session.api.open_events(kMetricsPath, "");
    if (!answer) co_return report(session, answer.error());
    co_await take_first_metrics(std::move(*answer), view);
    if (!view.has_metrics())
        co_return report(
            session, Trouble{{Code::Unavailable, "The server ended the stream before it said a number."}});
    if (wish.form == Form::Json) {
        session.screen.result_json(view.metrics());
        co_return kOk;
    }
    if (auto trouble = co_await take_open_tasks(session, view)) co_return report(session, *trouble);
    session.screen.result(view.page({.rows = kTopTasksMax, .columns = kTopTasksMax}));
    co_return kOk;
}

}  // namespace

Async<int> top(Session& session, TopWish wish) {
    if (wish.is_once) co_return co_await show_once(session, wish);
    const auto ex = co_await this_executor();
    Top top(session, Signal(ex, session.api.clock()));
    if (auto trouble = co_await take_open_tasks(session, top.view)) co_return report(session, *trouble);
    Scope scope(ex, session.api.clock(), session.log);
    scope.spawn("events", keep_reading(top, kEventsPath));
    scope.spawn("metrics", keep_reading(top, kMetricsPath));
    session.interrupt.then([changed = top.changed] { changed.notify(); });
    while (!top.trouble && !session.interrupt.is_set()) {
        if (session.screen.is_terminal()) session.screen.page(top.view.page(session.screen.size()));
        if (co_await top.changed.wait_until(kNever) != Wake::Notified) break;
        if (session.interrupt.is_set() || top.trouble) break;
        if (auto waited = co_await pause(session.api.clock(), kDrawPeriod); !waited) break;
    }
    session.interrupt.then({});
    co_await scope.close();
    if (top.trouble) co_return report(session, *top.trouble);
    co_return kOk;
}

}  // namespace meshai::cli
