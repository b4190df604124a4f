#include "mesh/executor/admission.h"

#include <fmt/format.h>

namespace meshai::mesh {

Status Admission::reserve(const TenantId& tenant) {
    std::lock_guard lock(mutex_);
    const auto free = running_ < limits_.running_tasks ? limits_.running_tasks - running_ : 0;
    const auto own = waiting_of_.find(tenant);
    if (waiting_ >= limits_.queued_tasks + free)
        return Error{Code::ResourceExhausted,
                     fmt::format("The server's queue is full ({} tasks wait); try again later.", waiting_)};
    if (own != waiting_of_.end() && own->second >= limits_.queued_per_tenant + free)
        return Error{
            Code::ResourceExhausted,
            fmt::format("Your queue is full ({} of your tasks wait); try again later.", own->second)};
    ++waiting_;
    ++waiting_of_[tenant];
    return {};
}

void Admission::give_up_reservation(const TenantId& tenant) {
    std::lock_guard lock(mutex_);
    --waiting_;
    const auto own = waiting_of_.find(tenant);
    if (--own->second == 0) waiting_of_.erase(own);
}

void Admission::settle(Run& run, Standing standing) {
    if (run.standing == standing) return;
    if (run.standing == Standing::Waiting) {
        --waiting_;
        const auto own = waiting_of_.find(run.tenant);
        if (--own->second == 0) waiting_of_.erase(own);
    }
    if (run.standing == Standing::Placed) --running_;
    if (standing == Standing::Waiting) {
        ++waiting_;
        ++waiting_of_[run.tenant];
    }
    if (standing == Standing::Placed) ++running_;
    run.standing = standing;
    run.is_placed = standing == Standing::Placed;
}

void Admission::admit(const std::shared_ptr<Run>& run, bool has_reservation) {
    std::lock_guard lock(mutex_);
    if (has_reservation)
        run->standing = Standing::Waiting;
    else
        settle(*run, Standing::Waiting);
}

void Admission::ask_for_place(const std::shared_ptr<Run>& run, bool is_urgent) {
    std::lock_guard lock(mutex_);
    if (run->standing == Standing::Placed || run->server_ticket) return;
    if (run->is_waited_for) return settle(*run, Standing::Placed);
    run->is_urgent = is_urgent;
    run->server_ticket = (is_urgent ? urgent_ : queue_).push(run->tenant, run);
    grant_places();
}

void Admission::grant_places() {
    while (running_ < limits_.running_tasks && !(urgent_.empty() && queue_.empty())) {
        auto run = (urgent_.empty() ? queue_ : urgent_).pop();
        run->server_ticket.reset();
        settle(*run, Standing::Placed);
        run->wake.notify();
    }
}

void Admission::leave_server_queue(Run& run) {
    if (!run.server_ticket) return;
    // The queue holds a reference of its own to the run: the caller's outlives it.
    (run.is_urgent ? urgent_ : queue_).remove(*run.server_ticket);
    run.server_ticket.reset();
}

void Admission::give_place_back(const std::shared_ptr<Run>& run) {
    std::lock_guard lock(mutex_);
    settle(*run, Standing::Waiting);
    grant_places();
}

void Admission::leave(const std::shared_ptr<Run>& run) {
    std::lock_guard lock(mutex_);
    leave_server_queue(*run);
    quit_locked(*run);
    settle(*run, Standing::Outside);
    grant_places();
}

Status Admission::join(const std::string& agent_key, const std::string& agent_name,
                       const std::shared_ptr<Run>& run) {
    std::lock_guard lock(mutex_);
    quit_locked(*run);
    auto& queue = agent_queues_[agent_key];
    if (queue.size() >= limits_.queued_per_agent)
        return Error{Code::ResourceExhausted,
                     fmt::format("Agent '{}' is busy and its queue is full ({} tasks wait); try again later.",
                                 agent_name, queue.size())};
    run->agent_queue = agent_key;
    run->agent_ticket = queue.push(run->tenant, run);
    return {};
}

void Admission::quit(const std::shared_ptr<Run>& run) {
    std::lock_guard lock(mutex_);
    quit_locked(*run);
}

void Admission::quit_locked(Run& run) {
    if (!run.agent_ticket) return;
    const auto queue = agent_queues_.find(run.agent_queue);
    queue->second.remove(*run.agent_ticket);
    run.agent_ticket.reset();
    run.agent_queue.clear();
    // Whoever is first now may find a place as well.
    if (queue->second.empty())
        agent_queues_.erase(queue);
    else
        queue->second.front()->wake.notify();
}

bool Admission::may_try(const std::string& agent_key, const std::shared_ptr<Run>& run) {
    std::lock_guard lock(mutex_);
    const auto queue = agent_queues_.find(agent_key);
    return queue == agent_queues_.end() || queue->second.empty() || queue->second.front() == run;
}

void Admission::agent_place_freed(const std::string& agent_key) {
    std::lock_guard lock(mutex_);
    const auto queue = agent_queues_.find(agent_key);
    if (queue != agent_queues_.end() && !queue->second.empty()) queue->second.front()->wake.notify();
}

std::size_t Admission::running() const {
    std::lock_guard lock(mutex_);
    return running_;
}

std::size_t Admission::waiting() const {
    std::lock_guard lock(mutex_);
    return waiting_;
}

}  // namespace meshai::mesh
