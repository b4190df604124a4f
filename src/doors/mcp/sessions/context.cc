#include "doors/mcp/sessions/context.h"

#include <fmt/format.h>

#include "doors/mcp/core/meta.h"
#include "doors/mcp/sessions/sessions.h"
#include "doors/stream/encoder.h"
#include "doors/toolbox/toolbox.h"
#include "doors/toolbox/trace.h"

namespace meshai::doors::mcp {

namespace rpc = wire::jsonrpc;

namespace {

// MCP 2025-11-25, tasks, Associating Task-Related Messages: "All requests,
// notifications, and responses related to a task MUST include the
// io.modelcontextprotocol/related-task key in their _meta field" (K2).
void add_related_task(json::object& message, const TaskId& task) {
    auto& params = message["params"];
    if (!params.is_object()) params.emplace_object();
    auto& meta = params.get_object()["_meta"];
    if (!meta.is_object()) meta.emplace_object();
    json::object related;
    related["taskId"] = task.value;
    meta.get_object()[wire::mcp::kMetaRelatedTask] = std::move(related);
}

}  // namespace

SessionContext::SessionContext(const Origin& origin, std::shared_ptr<Running> running,
                               std::shared_ptr<const Agreement> agreement, Executor ex)
    : origin_(origin),
      running_(std::move(running)),
      agreement_(std::move(agreement)),
      ex_(ex),
      token_(progress_token(running_->request().params)),
      trace_(trace_of(running_->request().params, origin.trace_fields)) {}

bool SessionContext::wants_progress() const {
    return token_.has_value() && origin_.hears == Hears::Stream;
}

Async<Status> SessionContext::progress(double done, std::optional<double> total, std::string message) {
    // MCP, progress: "The progress value MUST increase with each notification" (F11).
    if (!wants_progress() || (done_ && done <= *done_)) co_return Status{};
    done_ = done;
    say("notifications/progress", agreement_->codec.progress(*token_, done, total, message), Weight::Light);
    co_return Status{};
}

Async<Status> SessionContext::log(wire::mcp::LogLevel level, std::string logger, json::value data) {
    if (level < origin_.session->level() || origin_.hears != Hears::Stream) co_return Status{};
    if (!origin_.house.toolbox.abilities().logging) co_return Status{};
    json::object params;
    params["level"] = wire::mcp::name_of(level);
    if (!logger.empty()) params["logger"] = std::move(logger);
    params["data"] = std::move(data);
    say("notifications/message", std::move(params), Weight::Light);
    co_return Status{};
}

Async<std::expected<wire::mcp::Answers, std::variant<Paused, Error>>> SessionContext::ask(
    wire::mcp::Questions questions) {
    return put_and_wait(std::move(questions), TaskId{});
}

Async<std::expected<wire::mcp::Answers, std::variant<Paused, Error>>> SessionContext::ask_for(
    TaskId task, wire::mcp::Questions questions) {
    return put_and_wait(std::move(questions), std::move(task));
}

Async<std::expected<wire::mcp::Answers, std::variant<Paused, Error>>> SessionContext::put_and_wait(
    wire::mcp::Questions questions, TaskId about) {
    using Refused = std::unexpected<std::variant<Paused, Error>>;
    if (auto fine = check(questions); !fine) co_return Refused(fine.error());
    Signal signal(ex_, origin_.house.clock);
    auto asked = put(questions, about, signal);
    if (!asked) co_return Refused(asked.error());
    auto answers = co_await collect(std::move(*asked), signal);
    if (!answers) co_return Refused(answers.error());
    co_return std::move(*answers);
}

Status SessionContext::check(const wire::mcp::Questions& questions) const {
    if (origin_.hears != Hears::Stream)
        return Error{
            Code::InvalidArgument,
            "This needs a client that can be asked: send \"Accept: application/json, text/event-stream\"."};
    for (const auto& [key, question] : questions) {
        auto fine = check_question(question, agreement_->codec.features(), agreement_->abilities);
        if (!fine) return fine;
    }
    return {};
}

Result<SessionContext::Asked> SessionContext::put(const wire::mcp::Questions& questions, const TaskId& about,
                                                  const Signal& signal) {
    Asked asked;
    for (const auto& [key, question] : questions) {
        auto id = origin_.session->questions().add(question, signal);
        if (!id) {
            take_back(asked, id.error().message);
            return id.error();
        }
        asked[key] = *id;
        // MCP, transports: requests of the server that relate to a request of the
        // client stand on the stream of that request (H11).
        auto message = question_message(*id, question, agreement_->codec.features());
        if (!about.empty() && agreement_->codec.features().core_tasks) add_related_task(message, about);
        running_->outbox().put(to_text(message), Weight::Heavy);
    }
    return asked;
}

Async<Result<wire::mcp::Answers>> SessionContext::collect(Asked asked, Signal signal) {
    const auto until = origin_.house.clock.in(origin_.house.sessions->limits().question_time);
    wire::mcp::Answers answers;
    for (;;) {
        for (auto it = asked.begin(); it != asked.end();) {
            auto answer = origin_.session->questions().take(it->second);
            if (!answer) {
                ++it;
                continue;
            }
            const auto key = it->first;
            it = asked.erase(it);
            if (!*answer) {
                take_back(asked, "another question of this request failed");
                co_return answer->error();
            }
            answers[key] = std::move(**answer);
        }
        if (asked.empty()) co_return answers;
        const auto woken = co_await signal.wait_until(until);
        if (woken == Wake::Notified) continue;
        take_back(asked, woken == Wake::Cancelled ? "the request is over" : "no answer in time");
        if (woken == Wake::Cancelled) co_return Error{Code::Cancelled, "The request is over."};
        co_return Error{Code::Timeout, "The client did not answer in time."};
    }
}

void SessionContext::take_back(const Asked& asked, std::string_view why) {
    for (const auto& [key, id] : asked) {
        origin_.session->questions().forget(id);
        json::object params;
        params["requestId"] = id;
        params["reason"] = why;
        say("notifications/cancelled", std::move(params), Weight::Heavy);
    }
}

Async<Status> SessionContext::elicitation_completed(std::string elicitation_id) {
    if (!agreement_->codec.features().elicitation_url || !agreement_->abilities.elicitation_url)
        co_return Status{};
    json::object params;
    params["elicitationId"] = std::move(elicitation_id);
    say("notifications/elicitation/complete", std::move(params), Weight::Heavy);
    co_return Status{};
}

Async<Status> SessionContext::hang_up() {
    const bool can_come_back =
        agreement_->codec.features().priming_event && origin_.session->transport() == Transport::Streamable;
    if (can_come_back && origin_.hears == Hears::Stream) running_->outbox().hang_up();
    co_return Status{};
}

void SessionContext::follows(const TaskId& task) {
    // Taken back while the task was being made: nobody else knows that it must end.
    if (!running_->follows(task) && running_->stopped() == Stopped::TakenBack)
        origin_.house.sessions->scope_on(ex_).spawn("cancel a task",
                                                    cancel_followed(origin_.house, origin_.caller, task));
}

std::string SessionContext::correlation_id() const {
    return correlation_of(running_->request().id);
}

void SessionContext::say(std::string_view method, json::object params, Weight weight) const {
    if (running_->stopped() == Stopped::TakenBack) return;  // T4: "send nothing more for it"
    running_->outbox().put(to_text(rpc::notification_message(method, std::move(params))), weight);
}

Async<void> cancel_followed(const House& house, task::Caller caller, TaskId task) {
    // A task that has ended meanwhile needs nothing.
    (void)co_await house.executor.cancel(std::move(caller), std::move(task),
                                         "The client cancelled the request.");
}

}  // namespace meshai::doors::mcp
