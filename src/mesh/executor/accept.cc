#include "mesh/executor/accept.h"

#include <fmt/format.h>

#include "mesh/executor/children.h"

namespace meshai::mesh {
namespace {

using SubmitReply = std::shared_ptr<Reply<Result<task::Submission>>>;

/// What an agent waits for never stands in line behind it, or nobody would ever move.
bool stands_in_line(const task::Request& request) {
    return !request.is_composite() && !is_waited_for(request);
}

/// Composite tasks wait for others and take no place; what they may do is bounded by their number.
Status make_room(Workshop& shop, const Application& application) {
    if (stands_in_line(application.request)) return shop.admission.reserve(application.caller.tenant);
    if (application.child || shop.composites < shop.limits.composite_tasks) return {};
    return Error{Code::ResourceExhausted,
                 fmt::format("{} workflows run already; try again later.", shop.limits.composite_tasks)};
}

void give_room_back(Workshop& shop, const Application& application) {
    if (stands_in_line(application.request)) shop.admission.give_up_reservation(application.caller.tenant);
}

Async<Result<task::Submission>> commit(Workshop& shop, const Application& application) {
    const auto& request = application.request;
    const auto until = shop.clock.wall() + *request.timeout;
    if (application.child)
        co_return co_await shop.log.submit_child(application.caller, *application.child, request, until,
                                                 shop.presence.name());
    co_return co_await shop.log.submit(application.caller, request, until, application.key,
                                       shop.presence.name());
}

std::shared_ptr<Run> make_run(Workshop& shop, std::size_t floor, const Application& application,
                              const task::Submission& submission, MonoTime deadline) {
    const auto& request = application.request;
    auto run = std::make_shared<Run>(application.caller.tenant, submission.id, floor,
                                     shop.floors[floor]->place.ex, shop.clock);
    run->deadline = deadline;
    run->last = submission.submitted.seq;
    run->hold = 1;
    run->subject = application.caller.subject;
    run->is_composite = request.is_composite();
    run->is_waited_for = is_waited_for(request);
    run->lineage = request.lineage;
    run->conversation = request.conversation;
    run->has_budget = request.budget.has_value();
    // A turn of a conversation is read when it runs, together with the turns before it.
    if (request.conversation.empty()) run->request = request;
    return run;
}

Async<void> accept(std::shared_ptr<Workshop> shop, std::size_t floor, Application application,
                   SubmitReply reply) {
    const auto deadline = shop->clock.in(*application.request.timeout);
    auto submission = co_await commit(*shop, application);
    if (!submission || !submission->is_new) {
        give_room_back(*shop, application);
        reply->give(std::move(submission));
        co_return;
    }
    auto run = make_run(*shop, floor, application, *submission, deadline);
    if (!run->is_composite) shop->admission.admit(run, !run->is_waited_for);
    shop->tallies.submitted();
    // In the books before the client knows the id: a cancellation finds the run.
    shop->start(run);
    if (application.child) co_await cancel_if_orphaned(*shop, run);
    reply->give(std::move(submission));
}

}  // namespace

Error draining() {
    return Error{Code::Unavailable, "The server is stopping and accepts no more tasks; try again soon."};
}

Async<Result<task::Submission>> accept_task(std::shared_ptr<Workshop> shop, Application application) {
    if (shop->is_draining) co_return draining();
    if (auto room = make_room(*shop, application); !room) co_return room.error();
    auto reply = std::make_shared<Reply<Result<task::Submission>>>(co_await this_executor(), shop->clock);
    const auto floor = shop->pick_floor();
    const auto kept = std::make_shared<const Application>(std::move(application));
    auto work = [shop, floor, kept, reply] { return accept(shop, floor, *kept, reply); };
    auto refused = [shop, kept, reply] {
        give_room_back(*shop, *kept);
        reply->give(draining());
    };
    shop->on_floor(floor, "accept", std::move(work), std::move(refused));
    auto answer = co_await reply->wait(kNever);
    if (!answer) co_return Error{Code::Cancelled, "The request was given up before the task was accepted."};
    co_return std::move(*answer);
}

}  // namespace meshai::mesh
