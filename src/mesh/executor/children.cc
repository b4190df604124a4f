#include "mesh/executor/children.h"

#include "mesh/executor/accept.h"
#include "mesh/executor/request_check.h"

namespace meshai::mesh {
namespace {

constexpr std::string_view kParentOver = "The task it belongs to has ended.";

/// A server that stops takes nothing more in, and its runs go on at the next start: none of them fails by it.
bool may_have_room_later(Code code) {
    return code == Code::ResourceExhausted || code == Code::StorageFull || code == Code::Unavailable;
}

}  // namespace

task::Cancelled parent_is_over() {
    return {std::string(kHouse), std::string(kParentOver)};
}

Async<Result<task::Submission>> submit_child(std::shared_ptr<Workshop> shop, std::shared_ptr<Run> parent,
                                             TaskId id, task::Request request) {
    auto wait = kBackoffFirst;
    auto fitted = fit_request(std::move(request), shop->limits);
    if (!fitted) co_return fitted.error();
    for (;;) {
        const auto left = std::chrono::duration_cast<Millis>(parent->deadline - shop->clock.now());
        if (left <= Millis::zero()) co_return Error{Code::Timeout, "There is no time left for the step."};
        Application application{{parent->tenant, parent->subject}, *fitted, {}, id};
        application.request.timeout = std::min(*application.request.timeout, left);
        auto submission = co_await accept_task(shop, std::move(application));
        if (submission || !may_have_room_later(submission.error().code)) co_return submission;
        if (auto waited = co_await pause(shop->clock, std::min<Duration>(wait, left)); !waited)
            co_return waited.error();
        wait = std::min(wait * 2, kBackoffMax);
    }
}

Async<void> cancel_children(std::shared_ptr<Workshop> shop, std::shared_ptr<Run> parent) {
    for (const auto& [path, step] : parent->steps) {
        if (!step.is_running() || step.started.child.empty()) continue;
        const auto reason = parent_is_over();
        auto done = co_await cancel_task(shop, parent->tenant, step.started.child, reason.by, reason.why);
        if (done) continue;
        const auto code = done.error().code;
        if (code == Code::AlreadyFinished || code == Code::NotFound || code == Code::Gone) continue;
        shop->sink.warn("a child of a task that is over cannot be cancelled",
                        {{"task", step.started.child.value}, {"cause", done.error().message}});
    }
}

Async<Result<bool>> is_orphan(Workshop& shop, TenantId tenant, task::Lineage lineage) {
    if (lineage.parent.empty()) co_return false;
    auto parent = co_await shop.log.summary({tenant, {}, true}, lineage.parent);
    if (parent) co_return task::is_final(parent->state);
    const auto code = parent.error().code;
    if (code == Code::NotFound || code == Code::Gone) co_return true;
    co_return parent.error();
}

Async<void> cancel_if_orphaned(Workshop& shop, std::shared_ptr<Run> child) {
    // The parent says that it is over before it looks for children, and the child is in the books
    // before it looks for its parent: one of them sees the other.
    if (const auto parent = shop.find(child->tenant, child->lineage.parent)) {
        if (!parent->is_over) co_return;
    } else {
        const auto orphaned = co_await is_orphan(shop, child->tenant, child->lineage);
        if (!orphaned || !*orphaned) co_return;
    }
    const auto reason = parent_is_over();
    if (child->mail.put(CancelWish{reason.by, reason.why, [](const Status&) {}})) child->wake.notify();
}

}  // namespace meshai::mesh
