// meshai run, meshai task watch: a task from its first event to its result.
#include <fmt/format.h>

#include "base/id.h"
#include "cli/commands.h"
#include "cli/follow.h"
#include "cli/workflow.h"

namespace meshai::cli {
namespace {

void add_wishes(json::object& body, const RunWish& wish) {
    if (!wish.task_type.empty()) body["task_type"] = wish.task_type;
    if (!wish.capabilities.empty()) body["required_capabilities"] = to_array(wish.capabilities);
    if (!wish.agents.empty()) body["agents"] = to_array(wish.agents);
    if (!wish.strategy.empty()) body["routing_strategy"] = wish.strategy;
    if (wish.timeout_s) body["timeout_seconds"] = *wish.timeout_s;
}

using Wanted = std::expected<ApiCall, Refused>;

/// A definition of a file goes to the server as it is; a name the server looks up.
Wanted workflow_call(const RunWish& wish) {
    auto input = workflow_input(wish.input, wish.task);
    if (!input) return std::unexpected(Refused{kUsage, {input.error().message}});
    if (!is_workflow_file(wish.workflow)) {
        json::object body{{"workflow", wish.workflow}, {"input", std::move(*input)}};
        add_wishes(body, wish);
        return ApiCall{.method = "POST", .path = "/api/v1/tasks", .body = std::move(body)};
    }
    const auto definition = read_definition(wish.workflow);
    if (!definition) return std::unexpected(definition.error());
    json::object body{{"workflow_type", "graph"}, {"payload", workflow::to_json(*definition)}};
    body["input"] = std::move(*input);
    if (!wish.agents.empty()) body["agents"] = to_array(wish.agents);
    return ApiCall{.method = "POST", .path = "/api/v1/workflows", .body = std::move(body)};
}

Wanted call_of(const RunWish& wish) {
    if (!wish.workflow.empty()) return workflow_call(wish);
    json::object body{{"input", wish.task}};
    add_wishes(body, wish);
    return ApiCall{.method = "POST", .path = "/api/v1/tasks", .body = std::move(body)};
}

/// The task's id. Sent again while the server cannot be reached in the middle of
/// it: the key makes sure that it is one task all the same.
Async<Reply<std::string>> submit(Session& session, ApiCall wanted, const RunWish& wish) {
    wanted.idempotency_key = wish.idempotency_key.empty()
                                 ? new_id("run_", unix_ms(session.api.clock().wall()), session.random)
                                 : wish.idempotency_key;
    auto reply = co_await session.api.call(wanted);
    // Where nobody answered at all there is no server to wait for; a wrong URL should be told at once.
    const bool is_there = reply || reply.error().status != 0 || reply.error().error.code != Code::Unavailable;
    if (!reply && is_there && reply.error().may_pass())
        reply = co_await session.api.call_patiently(std::move(wanted), session.api.clock().in(kPatience));
    if (!reply) co_return std::unexpected(reply.error());
    const auto* object = reply->if_object();
    auto id = object ? find_string(*object, "task_id") : std::nullopt;
    if (!id)
        co_return std::unexpected(
            Trouble{{Code::Internal, "The server's answer names no task; is it a MeshAI server?"}, 200});
    co_return std::move(*id);
}

int report_failure(Session& session, const Ended& ended, const std::string& id) {
    session.complain(fmt::format("task {} {}: {}{}", id, ended.status, ended.message,
                                 ended.code.empty() ? "" : " [" + ended.code + "]"));
    return ended.status == "cancelled" ? kCancelled : kFailed;
}

int report_unfinished(Session& session, const Trouble& trouble, const std::string& id) {
    session.complain(trouble.error.message);
    session.complain(fmt::format("see it again with: meshai task watch {}", id));
    if (trouble.status == 0 && trouble.error.code == Code::Timeout) return kTimedOut;
    if (trouble.error.code == Code::Cancelled) return kCancelled;
    return trouble.exit_code();
}

Async<int> show_end(Session& session, std::string id, Ended ended, Form form) {
    const auto base = "/api/v1/tasks/" + percent_encoded(id);
    const auto give_up = session.api.clock().in(kPatience);
    if (form == Form::Json) {
        auto task = co_await session.api.call_patiently({.path = base}, give_up);
        if (!task) co_return report(session, task.error());
        session.screen.result_json(*task);
    }
    if (ended.status != "completed") co_return report_failure(session, ended, id);
    if (form == Form::Json) co_return kOk;
    // Read once more as a whole: in the stream a large result is only named.
    auto result = co_await session.api.call_patiently({.path = base + "/result"}, give_up);
    if (!result) co_return report(session, result.error());
    const auto* object = result->if_object();
    const auto* value = object ? find(*object, "result") : nullptr;
    session.screen.result(result_text(value ? *value : *result));
    co_return kOk;
}

}  // namespace

Async<int> follow_and_show(Session& session, std::string id, std::optional<Millis> wait, Form form,
                           OnInterrupt on_interrupt) {
    const auto until = wait ? session.api.clock().in(*wait) : kNever;
    auto ended = co_await follow_until(session.api, session.screen, session.log, session.interrupt, id, until,
                                       on_interrupt, session.prompt);
    if (!ended && ended.error().status != 0) co_return report(session, ended.error());
    if (!ended) co_return report_unfinished(session, ended.error(), id);
    co_return co_await show_end(session, std::move(id), std::move(*ended), form);
}

Async<int> run_task(Session& session, RunWish wish) {
    auto call = call_of(wish);
    if (!call) {
        for (const auto& line : call.error().lines) session.complain(line);
        co_return call.error().code;
    }
    auto id = co_await submit(session, std::move(*call), wish);
    if (!id) co_return report(session, id.error());
    if (wish.is_detached) {
        if (wish.form == Form::Json)
            session.screen.result_json(json::object{{"task_id", *id}});
        else
            session.screen.result(*id);
        co_return kOk;
    }
    co_return co_await follow_and_show(session, std::move(*id), wish.wait, wish.form,
                                       OnInterrupt::CancelTask);
}

Async<int> watch_task(Session& session, std::string id, std::optional<Millis> wait, Form form) {
    co_return co_await follow_and_show(session, std::move(id), wait, form, OnInterrupt::StopWatching);
}

}  // namespace meshai::cli
