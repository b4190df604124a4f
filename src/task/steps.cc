#include "task/steps.h"

namespace meshai::task {
namespace {

constexpr std::size_t kMemberBytes = 8;  // of JSON around a member

void start(Steps& steps, std::string path, StepStarted started, WallTime at) {
    if (steps.size() >= kStepsMax && !steps.contains(path)) return;
    auto& step = steps[path];
    // The same attempt said twice is the same: a child goes on with what it passed on before.
    const bool is_same = step.started.child == started.child && step.started.attempt == started.attempt &&
                         step.started_at != WallTime{};
    if (is_same) return;
    started.step = std::move(path);
    step = StepView{std::move(started), std::nullopt, at, WallTime{}, Seq{}};
}

void finish(Steps& steps, const std::string& path, StepFinished finished, WallTime at) {
    if (steps.size() >= kStepsMax && !steps.contains(path)) return;
    auto& step = steps[path];
    if (step.started_at == WallTime{}) {
        step.started = StepStarted{path, finished.agent, {}, finished.child, finished.attempt};
        step.started_at = at;
    }
    finished.step = path;
    step.finished = std::move(finished);
    step.finished_at = at;
}

/// The step of this task whose child it is: some front part of the path is its name.
StepView* step_of_child(Steps& steps, const Relayed& relayed) {
    const std::string_view path = relayed.step;
    for (auto end = path.size(); end != std::string_view::npos && end > 0; end = path.rfind('/', end - 1)) {
        const auto found = steps.find(path.substr(0, end));
        if (found != steps.end() && found->second.started.child == relayed.child) return &found->second;
    }
    return nullptr;
}

void pass_on(Steps& steps, const Relayed& relayed, WallTime at) {
    if (auto* through = step_of_child(steps, relayed); through && through->relayed < relayed.seq)
        through->relayed = relayed.seq;
    const auto* kind = find(relayed.body, "kind");
    if (!kind || !kind->is_string()) return;
    const auto name = kind->as_string();
    if (name != "step_started" && name != "step_finished") return;
    auto body = body_of(relayed);
    if (!body) return;
    if (auto* started = std::get_if<StepStarted>(&*body)) start(steps, relayed.step, std::move(*started), at);
    if (auto* finished = std::get_if<StepFinished>(&*body))
        finish(steps, relayed.step, std::move(*finished), at);
}

}  // namespace

void apply(Steps& steps, const Event& event) {
    if (const auto* started = std::get_if<StepStarted>(&event.body))
        start(steps, started->step, *started, event.at);
    else if (const auto* finished = std::get_if<StepFinished>(&event.body))
        finish(steps, finished->step, *finished, event.at);
    else if (const auto* relayed = std::get_if<Relayed>(&event.body))
        pass_on(steps, *relayed, event.at);
}

json::object partial_result(const Steps& steps) {
    json::object results;
    std::size_t bytes = 0;
    for (const auto& [path, step] : steps) {
        if (!step.finished || step.finished->status != "completed" || step.finished->result.is_null())
            continue;
        bytes += path.size() + to_text(step.finished->result).size() + kMemberBytes;
        if (bytes > kPartialBytesMax) break;
        results[path] = step.finished->result;
    }
    return results;
}

}  // namespace meshai::task
