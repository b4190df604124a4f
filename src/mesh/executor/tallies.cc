#include "mesh/executor/tallies.h"

namespace meshai::mesh {
namespace {

const std::string kTasksTotal = "meshai_tasks_total";
const std::string kTasksHelp = "Tasks that ended, by outcome";

}  // namespace

Tallies::Tallies(Metrics& metrics)
    : submitted_(metrics.counter("meshai_tasks_submitted_total", "Tasks accepted")),
      completed_(metrics.counter(kTasksTotal, kTasksHelp, {{"outcome", "completed"}})),
      failed_(metrics.counter(kTasksTotal, kTasksHelp, {{"outcome", "failed"}})),
      cancelled_(metrics.counter(kTasksTotal, kTasksHelp, {{"outcome", "cancelled"}})),
      running_(metrics.gauge("meshai_tasks_running", "Tasks that have a place of the server")),
      queued_(
          metrics.gauge("meshai_tasks_queued", "Tasks that wait for a place of the server or of an agent")),
      duration_(metrics.histogram("meshai_task_duration_seconds", "From submission to the end of a task",
                                  {0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600})),
      metrics_(metrics) {}

void Tallies::submitted() {
    submitted_.add();
    std::lock_guard lock(mutex_);
    ++stats_.submitted;
}

void Tallies::ended(const task::Body& ending, Duration took) {
    const auto seconds = std::chrono::duration<double>(took).count();
    duration_.observe(seconds);
    std::lock_guard lock(mutex_);
    if (std::holds_alternative<task::Completed>(ending)) {
        completed_.add();
        ++stats_.completed;
        completed_seconds_ += seconds;
    } else if (std::holds_alternative<task::Failed>(ending)) {
        failed_.add();
        ++stats_.failed;
    } else {
        cancelled_.add();
        ++stats_.cancelled;
    }
}

void Tallies::called(std::string_view outcome) {
    metrics_
        .counter("meshai_agent_calls_total", "Calls of agents, by outcome",
                 {{"outcome", std::string(outcome)}})
        .add();
}

void Tallies::stand(std::size_t running, std::size_t queued) {
    running_.set(static_cast<double>(running));
    queued_.set(static_cast<double>(queued));
}

ExecutorStats Tallies::stats() const {
    std::lock_guard lock(mutex_);
    auto stats = stats_;
    const auto judged = stats.completed + stats.failed;
    if (stats.completed > 0)
        stats.avg_execution_time_ms = 1000 * completed_seconds_ / static_cast<double>(stats.completed);
    if (judged > 0) stats.success_rate = static_cast<double>(stats.completed) / static_cast<double>(judged);
    return stats;
}

}  // namespace meshai::mesh
