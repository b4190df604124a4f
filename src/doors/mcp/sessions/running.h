// doors/mcp/sessions/running.h
//
// One request of a session from when it came until its answer is there. The
// handler runs on the executor where the request came in, in a scope of its
// own; anybody in the session may end it. Thread-safe, apart from `scope`.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/scope.h"
#include "doors/mcp/sessions/outbox.h"
#include "wire/jsonrpc/message.h"

namespace meshai::doors::mcp {

/// How a request ended before its answer.
enum class Stopped {
    No,
    TakenBack,  ///< notifications/cancelled: nothing more is said of it (T4)
    SessionEnded
};

class Running : public std::enable_shared_from_this<Running> {
  public:
    Running(wire::jsonrpc::Request request, std::shared_ptr<Outbox> outbox, Executor ex)
        : request_(std::move(request)), outbox_(std::move(outbox)), ex_(ex) {}

    const wire::jsonrpc::Request& request() const { return request_; }
    Outbox& outbox() const { return *outbox_; }

    /// Ends the handler. The first reason stays.
    void stop(Stopped why);
    Stopped stopped() const;

    /// The task that the door follows for it. False: the request was stopped already.
    bool follows(const TaskId& task);
    std::optional<TaskId> followed() const;

    /// Puts the answer, or takes note that there will be none. Once; later calls do nothing.
    void answer(std::string message);
    void leave_unanswered();

    /// The scope of the handler while there is one; on the executor of the request.
    void run_in(Scope* scope);

  private:
    bool finish();

    const wire::jsonrpc::Request request_;
    const std::shared_ptr<Outbox> outbox_;
    const Executor ex_;
    Scope* scope_ = nullptr;  // on ex_ only

    mutable std::mutex mutex_;
    Stopped stopped_ = Stopped::No;
    std::optional<TaskId> followed_{};
    bool is_finished_ = false;
};

/// The requests of one session that have no answer yet, by their ids. Thread-safe.
class Requests {
  public:
    explicit Requests(std::size_t at_once_max) : at_once_max_(at_once_max) {}

    /// A Fault when the id is in use, or too many run already.
    std::optional<wire::jsonrpc::Fault> add(const std::shared_ptr<Running>& running);
    /// Its id is free again; nothing when it was before.
    void remove(const Running& running);
    std::shared_ptr<Running> find(const json::value& id) const;
    void stop_all(Stopped why);
    std::size_t size() const;

  private:
    const std::size_t at_once_max_;
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Running>> by_id_{};
    bool is_closed_ = false;
};

}  // namespace meshai::doors::mcp
