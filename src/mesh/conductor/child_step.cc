#include <fmt/format.h>

#include "mesh/conductor/child_request.h"
#include "mesh/conductor/steps.h"
#include "workflow/compile.h"

namespace meshai::mesh {
namespace {

/// Whether the budget that is used up is the child's own: then only the child ends by it.
bool is_own_budget(const agents::ChildEnding& ending, const task::Failed& failed) {
    return find_string(failed.details, "budget_of").value_or("") == ending.task.value;
}

Outcome failed_child(const Here& here, const agents::ChildEnding& ending) {
    const auto& failed = ending.result.error();
    StepFailure failure;
    failure.code = failed.code;
    failure.message = failed.message;
    failure.details = failed.details;
    failure.step = here.path;
    // The step of the child that failed is a step of this workflow, too: its log passes it on by this name.
    if (const auto inner = find_string(failed.details, "step"))
        failure.details["step"] = fmt::format("{}/{}", here.path, *inner);
    failure.ends_workflow = failed.code == Code::BudgetExhausted && !is_own_budget(ending, failed);
    return Outcome::failed(std::move(failure));
}

/// The child could not be begun, or the run is over.
Outcome not_begun(const Stage& stage, const Here& here, const Error& error) {
    if (error.code == Code::Cancelled) return Outcome::cut();
    StepFailure failure{error.code, error.message, here.path};
    if (error.code == Code::BudgetExhausted) {
        failure.ends_workflow = true;
        const auto& budget = stage.call.request.budget;
        if (budget && budget->depth && *budget->depth < 1)
            failure.details["budget_of"] = stage.call.task.value;
    }
    failure.is_final = error.code == Code::TooLarge;
    return Outcome::failed(std::move(failure));
}

/// The answer of an agent as the step wants it.
Outcome read_answer(const Here& here, const json::value& answer) {
    const auto* work = std::get_if<workflow::AgentWork>(&here.step->work);
    const auto unreadable = [&here](const Error& error) {
        return Outcome::failed(
            {Code::AgentProtocol, "The answer cannot be read: " + error.message, here.path});
    };
    if (work && work->output == workflow::Output::Json) {
        auto value = workflow::to_json_value(answer);
        return value ? Outcome::done(std::move(*value)) : unreadable(value.error());
    }
    if (work && work->output == workflow::Output::List) {
        auto list = workflow::to_list(answer);
        return list ? Outcome::done(std::move(*list)) : unreadable(list.error());
    }
    return Outcome::done(answer);
}

}  // namespace

Async<Outcome> run_child_step(Stage& stage, Here here, int attempt) {
    agents::ChildTask child;
    child.step = here.path;
    child.type = workflow::type_name(here.step->work);
    child.attempt = attempt;
    const auto* known = stage.known(here.path, attempt);
    if (!known || !known->finished) {
        auto request = child_request(stage, here, is_fallback(*here.step, attempt));
        if (!request) co_return Outcome::failed(std::move(request.error()));
        child.request = std::move(*request);
    }
    child.on_percent = [&stage, path = here.path](double percent) { stage.moved(path, percent); };
    if (!co_await stage.places.enter()) co_return Outcome::cut();
    auto ending = co_await stage.sink.run_child(std::move(child));
    stage.places.leave();
    if (!ending) co_return not_begun(stage, here, ending.error());
    stage.usage += ending->usage;
    if (here.cut->is_cut()) co_return Outcome::cut();
    if (ending->result) co_return read_answer(here, *ending->result);
    if (!ending->is_given_up) co_return failed_child(here, *ending);
    // It was cancelled for the sake of another step, before a restart: what ended that one ends this one
    // again.
    const Signal never_rung(stage.ex, stage.clock);
    (void)co_await never_rung.wait_until(kNever);
    co_return Outcome::cut();
}

}  // namespace meshai::mesh
