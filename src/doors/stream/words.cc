#include "doors/stream/words.h"

#include <fmt/format.h>

namespace meshai::doors {
namespace {

struct ToProgress {
    const Backstory& context;
    wire::guide::Progress& out;

    bool operator()(const task::Routed& routed) const {
        out.step = "routing";
        out.agent = context.agent_name(routed.agent);
        out.message = fmt::format("Agent {} was chosen", out.agent);
        out.details["agent_id"] = routed.agent.value;
        out.details["strategy"] = routed.strategy;
        out.details["capabilities"] = to_array(routed.capabilities);
        out.details["fallback"] = routed.fallback;
        out.details["reason"] = routed.reason;
        return true;
    }

    bool operator()(const task::Started& started) const {
        out.step = "executing";
        if (started.agent.empty() && !started.agent_name.empty()) {
            out.message = fmt::format("Workflow {} {}", started.agent_name,
                                      started.attempt <= 1 ? "has started" : "goes on where it was");
            if (started.attempt > 1) out.details["reason"] = started.reason;
            out.details["attempt"] = started.attempt;
            return true;
        }
        out.agent = context.agent_name(started.agent);
        out.details["agent_id"] = started.agent.value;
        out.details["attempt"] = started.attempt;
        if (started.attempt <= 1) {
            out.message = fmt::format("Agent {} has started", out.agent);
            return true;
        }
        // What came before is void: a client drops the tokens it has.
        out.message = fmt::format("Agent {} has started again, attempt {}", out.agent, started.attempt);
        out.details["reason"] = started.reason;
        return true;
    }

    bool operator()(const task::Progress& progress) const {
        out.message = progress.message;
        out.step = progress.step;
        out.agent = context.agent_name(progress.agent);
        out.details = progress.details;
        return true;
    }

    bool operator()(const task::StepStarted& step) const {
        out.message = step.attempt > 1
                          ? fmt::format("Step {} has started again, attempt {}", step.step, step.attempt)
                          : fmt::format("Step {} has started", step.step);
        out.step = step.step;
        out.agent = context.agent_name(step.agent);
        return true;
    }

    bool operator()(const task::StepFinished& step) const {
        out.message = fmt::format("Step {} has ended: {}", step.step, step.status);
        if (!step.reason.empty()) out.message += ", " + step.reason;
        out.step = step.step;
        out.agent = context.agent_name(step.agent);
        out.details["step_status"] = step.status;
        return true;
    }

    bool operator()(const task::AgentMessage& message) const {
        out.message = fmt::format("{} {} {}", context.agent_name(message.from), verb(message.kind),
                                  context.agent_name(message.to));
        out.agent = context.agent_name(message.from);
        out.details["to"] = context.agent_name(message.to);
        out.details["content"] = message.content;
        return true;
    }

    bool operator()(const task::InputRequired& wanted) const {
        out.message = "The task waits for an answer";
        out.step = "input_required";
        out.details["key"] = wanted.key;
        out.details["question"] = wanted.question;
        return true;
    }

    bool operator()(const task::InputGiven& given) const {
        out.message = "The task has its answer and goes on";
        out.step = "input_given";
        out.details["key"] = given.key;
        return true;
    }

    /// What a child says, under the name of its step.
    bool operator()(const task::Relayed& relayed) const {
        const auto body = task::body_of(relayed);
        if (!body || !std::visit(*this, *body)) return false;
        const bool names_itself = std::holds_alternative<task::StepStarted>(*body) ||
                                  std::holds_alternative<task::StepFinished>(*body);
        if (names_itself)
            out.message = with_path(std::move(out.message), *body, relayed.step);
        else
            out.message = fmt::format("{}: {}", relayed.step, out.message);
        out.step = relayed.step;
        out.details["child_task_id"] = relayed.child.value;
        return true;
    }

    /// "Step draft has started" of a child is about the step "review/draft".
    static std::string with_path(std::string message, const task::Body& body, const std::string& path) {
        const auto* started = std::get_if<task::StepStarted>(&body);
        const auto& own = started ? started->step : std::get<task::StepFinished>(body).step;
        constexpr std::string_view kFront = "Step ";
        if (message.starts_with(fmt::format("{}{}", kFront, own)))
            message.replace(kFront.size(), own.size(), path);
        return message;
    }

    static std::string_view verb(std::string_view kind) {
        if (kind == "handover") return "hands work to";
        if (kind == "question") return "asks";
        if (kind == "answer") return "answers";
        return "writes to";
    }

    bool operator()(const task::Spent&) const { return false; }
    bool operator()(const task::Submitted&) const { return false; }
    bool operator()(const task::Output&) const { return false; }
    bool operator()(const task::Completed&) const { return false; }
    bool operator()(const task::Failed&) const { return false; }
    bool operator()(const task::Cancelled&) const { return false; }
};

}  // namespace

std::optional<wire::guide::Progress> progress_of(const task::Event& event, const Backstory& context) {
    wire::guide::Progress progress;
    progress.percent = context.percent();
    progress.at = event.at;
    if (!std::visit(ToProgress{context, progress}, event.body)) return std::nullopt;
    return progress;
}

}  // namespace meshai::doors
