#include <fmt/format.h>

#include <set>

#include "doors/mcp/tasks/seen.h"
#include "doors/mcp/tasks/shown.h"
#include "doors/mcp/tasks/tasks.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

// What a client was told of a task, as far as a change of it is news.
struct Told {
    wire::mcp::TaskStatus status{};
    std::string message{};
    std::set<std::string> questions{};
    friend bool operator==(const Told&, const Told&) = default;
};

Told told_of(const wire::mcp::Task& task) {
    Told told{task.status, task.status_message, {}};
    for (const auto& [key, question] : task.questions) told.questions.insert(key);
    return told;
}

struct Watched {
    TaskId id;
    std::unique_ptr<store::Watch> watch{};
    task::View view{};  ///< without its input and output, which no notification needs before the end
    std::optional<Told> told{};
};

task::View without_burden(task::View view) {
    view.text.clear();
    view.submitted.request = {};
    return view;
}

bool is_for_ever(Code code) {
    return code == Code::NotFound || code == Code::Gone || code == Code::Corrupt;
}

class Watching final : public TaskWatch {
  public:
    Watching(const House& house, Toolbox& toolbox, const wire::mcp::Codec& codec, TenantId tenant)
        : house_(house), toolbox_(toolbox), codec_(codec), tenant_(std::move(tenant)) {}

    void add(TaskId id, const Signal& signal) {
        ids_.push_back(id.value);
        Watched watched{std::move(id)};
        watched.watch = house_.tasks.engine().watch(tenant_, watched.id, signal);
        tasks_.push_back(std::move(watched));
    }

    const std::vector<std::string>& ids() const override { return ids_; }

    Async<std::vector<json::object>> take() override {
        std::vector<json::object> news;
        for (auto at = tasks_.begin(); at != tasks_.end();) {
            const bool goes_on = co_await look(*at, news);
            at = goes_on ? std::next(at) : tasks_.erase(at);
        }
        co_return news;
    }

  private:
    // Whether there can be more news of this task.
    Async<bool> look(Watched& watched, std::vector<json::object>& news) {
        auto read = co_await catch_up(watched);
        // What cannot be read now is looked at again when somebody rings.
        if (!read) co_return !is_for_ever(read.error().code);
        const bool is_over = task::is_final(watched.view.state);
        if (is_over) {
            auto whole = co_await house_.tasks.view(tenant_, watched.id);
            if (!whole) co_return !is_for_ever(whole.error().code);
            watched.view = std::move(*whole);
        }
        const auto task = shown_task(toolbox_, house_.tasks_kept, watched.id, watched.view);
        auto told = told_of(task);
        if (watched.told != told) {
            watched.told = std::move(told);
            news.push_back(codec_.task(task));
        }
        co_return !is_over;
    }

    Async<Status> catch_up(Watched& watched) {
        for (;;) {
            auto events =
                co_await house_.tasks.read(tenant_, watched.id, watched.view.last, store::kReadRecordsMax);
            if (!events) co_return events.error();
            if (events->empty()) co_return Status{};
            for (const auto& event : *events)
                watched.view = without_burden(task::apply(std::move(watched.view), event));
            if (task::is_final(watched.view.state)) co_return Status{};
        }
    }

    const House& house_;
    Toolbox& toolbox_;
    const wire::mcp::Codec& codec_;
    TenantId tenant_;
    std::vector<std::string> ids_{};
    std::vector<Watched> tasks_{};
};

}  // namespace

Async<std::expected<std::unique_ptr<TaskWatch>, rpc::Fault>> watch_tasks(Asked asked,
                                                                         std::vector<std::string> ids,
                                                                         Signal signal) {
    // K7: "non-declaring client on listen.taskIds: -32021", before any task is looked for.
    if (!asked.context.client().tasks_extension) co_return std::unexpected(extension_needed(asked));
    if (ids.size() > kWatchedTasksMax) {
        auto message = fmt::format("A subscription may name at most {} tasks.", kWatchedTasksMax);
        co_return std::unexpected(
            rpc::Fault{rpc::kInvalidParams, std::move(message), asked.request.id.as_json()});
    }
    const auto& caller = asked.context.caller();
    auto watching = std::make_unique<Watching>(asked.house, asked.toolbox, asked.codec, caller.tenant);
    for (auto& id : ids) {
        TaskId named{std::move(id)};
        const auto seen = co_await asked.house.tasks.summary(caller, named);
        if (seen) watching->add(std::move(named), signal);
    }
    co_return std::unique_ptr<TaskWatch>(std::move(watching));
}

}  // namespace meshai::doors::mcp
