#include <fmt/format.h>

#include <algorithm>

#include "doors/stream/encoder.h"
#include "task/view.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kJsonRpc = "jsonrpc:";
constexpr std::size_t kPartialBytesMax = 4U << 10U;  // of what a failed task has done, in its last event
constexpr std::size_t kNamesMax = 256;               // an agent more in one task is called by its id

std::string cancelled_message(const task::Cancelled& cancelled) {
    if (cancelled.why.empty()) return "The task was cancelled.";
    return fmt::format("The task was cancelled: {}", cancelled.why);
}

json::object cancelled_details(const task::Cancelled& cancelled) {
    json::object details;
    if (!cancelled.by.empty()) details["by"] = cancelled.by;
    return details;
}

std::int64_t elapsed_ms(WallTime from, WallTime to) {
    return std::max<std::int64_t>(0, (to - from).count());
}

void set_failed(wire::guide::Outcome& outcome, const task::Failed& failed) {
    outcome.status = "failed";
    outcome.code = failed.code;
    outcome.message = failed.message;
    outcome.details = failed.details;
    if (failed.partial.empty()) return;
    if (to_text(failed.partial).size() <= kPartialBytesMax)
        outcome.details["partial_result"] = failed.partial;
    else
        outcome.details["partial_result"] = json::object{{"truncated", true}};
}

void set_cancelled(wire::guide::Outcome& outcome, const task::Cancelled& cancelled) {
    outcome.status = "cancelled";
    outcome.code = Code::Cancelled;
    outcome.message = cancelled_message(cancelled);
    outcome.details = cancelled_details(cancelled);
}

}  // namespace

void Backstory::note(const task::Event& event) {
    const auto name = [this](const AgentId& id, const std::string& text) {
        // A run of a workflow has a name and no agent; its steps are not done by it.
        if (!id.empty() && !text.empty() && names_.size() < kNamesMax)
            names_.insert_or_assign(id.value, text);
    };
    if (const auto* submitted = std::get_if<task::Submitted>(&event.body)) {
        submitted_at_ = event.at;
        deadline_ = submitted->deadline;
        correlation_id_ = submitted->request.correlation_id;
        conversation_ = submitted->request.conversation;
    } else if (const auto* relayed = std::get_if<task::Relayed>(&event.body)) {
        if (const auto body = task::body_of(*relayed))
            if (const auto* begun = std::get_if<task::Started>(&*body)) name(begun->agent, begun->agent_name);
    } else if (const auto* routed = std::get_if<task::Routed>(&event.body)) {
        name(routed->agent, routed->agent_name);
    } else if (const auto* started = std::get_if<task::Started>(&event.body)) {
        name(started->agent, started->agent_name);
        agent_ = started->agent;
    } else if (const auto* progress = std::get_if<task::Progress>(&event.body)) {
        percent_ = std::clamp(progress->percent.value_or(percent_), percent_, 100.0);
    }
}

std::string Backstory::agent_name(const AgentId& id) const {
    const auto found = names_.find(id.value);
    return found == names_.end() ? id.value : found->second;
}

wire::guide::Outcome Backstory::outcome(const TaskId& id, const task::Event& event) const {
    wire::guide::Outcome outcome;
    outcome.task = id;
    outcome.conversation = conversation_;
    outcome.agent = agent_.value;
    outcome.duration_ms = elapsed_ms(submitted_at_, event.at);
    if (const auto* completed = std::get_if<task::Completed>(&event.body)) {
        outcome.status = "completed";
        outcome.result = completed->result;
        if (!completed->agent.empty()) outcome.agent = completed->agent.value;
    } else if (const auto* failed = std::get_if<task::Failed>(&event.body)) {
        set_failed(outcome, *failed);
    } else if (const auto* cancelled = std::get_if<task::Cancelled>(&event.body)) {
        set_cancelled(outcome, *cancelled);
    }
    return outcome;
}

wire::guide::Outcome outcome_of(const TaskId& id, const task::View& view, WallTime now) {
    wire::guide::Outcome outcome;
    outcome.task = id;
    outcome.conversation = view.submitted.request.conversation;
    outcome.status = task::state_name(view.state);
    outcome.agent = view.agent.value;
    outcome.duration_ms = elapsed_ms(view.submitted_at, task::is_final(view.state) ? view.finished_at : now);
    if (view.completed) {
        outcome.result = view.completed->result;
        if (!view.completed->agent.empty()) outcome.agent = view.completed->agent.value;
    }
    if (view.failed) set_failed(outcome, *view.failed);
    if (view.cancelled) set_cancelled(outcome, *view.cancelled);
    return outcome;
}

std::string correlation_of(const wire::jsonrpc::RequestId& id) {
    auto text = fmt::format("{}{}", kJsonRpc, json::serialize(id.as_json()));
    return text.size() <= kCorrelationBytesMax ? text : std::string();
}

std::optional<wire::jsonrpc::RequestId> request_id_of(std::string_view correlation_id) {
    if (!correlation_id.starts_with(kJsonRpc)) return std::nullopt;
    const auto id = parse_json(correlation_id.substr(kJsonRpc.size()));
    if (!id) return std::nullopt;
    if (const auto* text = id->if_string()) return wire::jsonrpc::RequestId{std::string(*text)};
    if (const auto* number = id->if_int64()) return wire::jsonrpc::RequestId{*number};
    if (const auto* number = id->if_uint64()) return wire::jsonrpc::RequestId{*number};
    return std::nullopt;
}

}  // namespace meshai::doors
