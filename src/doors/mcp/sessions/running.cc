#include "doors/mcp/sessions/running.h"

#include <fmt/format.h>

#include <utility>

namespace meshai::doors::mcp {

namespace rpc = wire::jsonrpc;

void Running::stop(Stopped why) {
    {
        std::lock_guard lock(mutex_);
        if (stopped_ != Stopped::No || is_finished_) return;
        stopped_ = why;
    }
    // A scope is touched on its own executor only, and it may have ended meanwhile.
    asio::post(ex_, [self = shared_from_this()] {
        if (self->scope_) self->scope_->cancel();
    });
}

Stopped Running::stopped() const {
    std::lock_guard lock(mutex_);
    return stopped_;
}

bool Running::follows(const TaskId& task) {
    std::lock_guard lock(mutex_);
    followed_ = task;
    return stopped_ == Stopped::No;
}

std::optional<TaskId> Running::followed() const {
    std::lock_guard lock(mutex_);
    return followed_;
}

void Running::answer(std::string message) {
    if (finish()) outbox_->put_answer(std::move(message));
}

void Running::leave_unanswered() {
    if (finish()) outbox_->drop_answer();
}

bool Running::finish() {
    std::lock_guard lock(mutex_);
    return !std::exchange(is_finished_, true);
}

void Running::run_in(Scope* scope) {
    scope_ = scope;
    if (scope && stopped() != Stopped::No) scope->cancel();
}

std::optional<rpc::Fault> Requests::add(const std::shared_ptr<Running>& running) {
    const auto& id = running->request().id;
    std::lock_guard lock(mutex_);
    if (is_closed_) return rpc::fault_of(Error{Code::NotFound, "The session has ended."}, id.as_json());
    if (by_id_.size() >= at_once_max_)
        return rpc::fault_of(
            Error{Code::ResourceExhausted,
                  fmt::format("At most {} requests of one session are served at once; wait for an answer.",
                              at_once_max_)},
            id.as_json());
    // MCP, basic: "The request ID MUST NOT have been previously used by the requestor within the same
    // session."
    if (!by_id_.try_emplace(to_text(id.as_json()), running).second)
        return rpc::Fault{rpc::kInvalidRequest,
                          "A request with this id is being served; every request needs its own.",
                          id.as_json()};
    return std::nullopt;
}

void Requests::remove(const Running& running) {
    std::lock_guard lock(mutex_);
    // A client that has its answer may use the id again before this request is forgotten.
    const auto found = by_id_.find(to_text(running.request().id.as_json()));
    if (found != by_id_.end() && found->second.get() == &running) by_id_.erase(found);
}

std::shared_ptr<Running> Requests::find(const json::value& id) const {
    std::lock_guard lock(mutex_);
    const auto found = by_id_.find(to_text(id));
    return found == by_id_.end() ? nullptr : found->second;
}

void Requests::stop_all(Stopped why) {
    std::map<std::string, std::shared_ptr<Running>> all;
    {
        std::lock_guard lock(mutex_);
        is_closed_ = true;
        all = by_id_;
    }
    for (const auto& [id, running] : all) running->stop(why);
}

std::size_t Requests::size() const {
    std::lock_guard lock(mutex_);
    return by_id_.size();
}

}  // namespace meshai::doors::mcp
