#include "mesh/executor/turn.h"

#include <fmt/format.h>

#include <algorithm>

#include "mesh/conversation/talk.h"
#include "mesh/executor/answers.h"
#include "mesh/executor/log_writer.h"

namespace meshai::mesh {
namespace {

constexpr std::string_view kForPlace = "while it waited for a free place of the server";
constexpr std::string_view kForAgent = "while it waited for a free agent";

Verdict silence() {
    return Verdict{};
}
Verdict ending(task::Body body) {
    return Verdict{std::move(body)};
}

std::optional<Verdict> verdict_of(Wrote wrote) {
    switch (wrote) {
        case Wrote::Done:
            return std::nullopt;
        case Wrote::Over:
            return silence();
        case Wrote::Refused:
            return ending(failed(Error{Code::TooLarge, "The task says more than its log can hold."}));
        case Wrote::Late:
            return ending(
                failed(Error{Code::Timeout, "The task's deadline passed before it could be stored."}));
    }
    return silence();
}

/// Waits until woken, until `until`, or until the client should hear something.
Async<std::optional<Verdict>> wait_quietly(Workshop& shop, Run& run, MonoTime until, std::string_view line) {
    until = std::min({until, run.deadline, run.progress.due()});
    if (co_await run.wake.wait_until(until) == Wake::Cancelled) co_return silence();
    const auto now = shop.clock.now();
    if (now < run.progress.due() || now >= run.deadline || run.mail.is_asked_to_stop())
        co_return std::nullopt;
    task::Progress progress;
    progress.message = fmt::format("{}, {}", line, run.progress.age(now));
    co_return verdict_of(co_await write(shop, run, {std::move(progress)}));
}

/// The request without what routing does not look at, so that waiting is cheap.
task::Request without_burden(const task::Request& request) {
    task::Request light;
    const auto text = text_of_input(request.input);
    light.input = json::string(utf8_prefix(text, kDetectedBytesMax));
    light.task_type = request.task_type;
    light.capabilities = request.capabilities;
    light.agents = request.agents;
    light.avoided = request.avoided;
    light.routing_strategy = request.routing_strategy;
    light.preferred_framework = request.preferred_framework;
    light.retries_max = request.retries_max;
    light.affinity = request.affinity;
    return light;
}

std::string key_of(const TenantId& tenant, const Agent& agent) {
    return agent.is_configured ? agent.spec.id.value : tenant.value + "\n" + agent.spec.id.value;
}

/// Looks for an agent once. Nothing: the chosen one is busy, or went away just now.
struct Search {
    std::optional<Seat> seat{};
    std::optional<task::Routed> busy{};  ///< chosen, and all its places are taken
    Agent agent{};
    std::optional<Error> nobody{};
};

Search search(Workshop& shop, const std::shared_ptr<Run>& run, const std::set<AgentId>& tried) {
    Search found;
    auto routed = shop.router.choose(run->tenant, run->wish, tried);
    if (!routed) {
        found.nobody = routed.error();
        return found;
    }
    auto agent = shop.registry.get(run->tenant, routed->agent.value);
    if (!agent) {
        found.nobody = Error{Code::NoAgent, "No suitable agent found for task: it was removed just now."};
        return found;
    }
    const auto key = key_of(run->tenant, *agent);
    if (shop.admission.may_try(key, run) && shop.registry.try_take_place(run->tenant, routed->agent))
        found.seat = Seat{std::move(*agent), key, std::move(*routed), false};
    else {
        found.busy = std::move(*routed);
        found.agent = std::move(*agent);
    }
    return found;
}

/// One agent that a run waits for, told to the registry for its statistics.
struct Line {
    AgentId agent{};
    std::string name{};
    std::string key{};
};

void quit(Workshop& shop, const std::shared_ptr<Run>& run, Line& line) {
    if (line.agent.empty()) return;
    shop.admission.quit(run);
    shop.registry.add_queued(run->tenant, line.agent, -1);
    line = Line{};
}

/// Joins the queue of the agent that was chosen, and says so in the log.
Async<std::optional<Verdict>> join(Workshop& shop, std::shared_ptr<Run> run, Search found, Line& line) {
    quit(shop, run, line);
    Line next{found.agent.spec.id, found.agent.spec.name, key_of(run->tenant, found.agent)};
    if (auto fine = shop.admission.join(next.key, next.name, run); !fine)
        co_return ending(failed(fine.error()));
    line = std::move(next);
    shop.registry.add_queued(run->tenant, line.agent, 1);
    shop.admission.give_place_back(run);
    run->request.reset();
    shop.tell_standing();
    co_return verdict_of(co_await write(shop, *run, {std::move(*found.busy)}));
}

/// Whether the agent a run waits for may still have a place for it one day.
bool is_worth_waiting(Workshop& shop, const Run& run, const Line& line) {
    const auto agent = shop.registry.get(run.tenant, line.agent.value);
    return agent && agent->is_available();
}

/// The head of the line tries the agent it waits for, before it looks elsewhere.
std::optional<Seat> try_line(Workshop& shop, const std::shared_ptr<Run>& run, const Line& line,
                             const task::Routed& routed) {
    if (line.agent.empty() || !shop.admission.may_try(line.key, run)) return std::nullopt;
    auto agent = shop.registry.get(run->tenant, line.agent.value);
    if (!agent || !agent->is_available()) return std::nullopt;
    if (!shop.registry.try_take_place(run->tenant, line.agent)) return std::nullopt;
    return Seat{std::move(*agent), line.key, routed, true};
}

/// Waits in lines until there is a seat.
Async<std::expected<Seat, Verdict>> wait_for_seat(Workshop& shop, std::shared_ptr<Run> run,
                                                  std::set<AgentId> tried, Line& line) {
    task::Routed waits_for;
    for (;;) {
        if (auto over = co_await attend(shop, *run, std::string(kForAgent)))
            co_return std::unexpected(std::move(*over));
        if (auto seat = try_line(shop, run, line, waits_for)) co_return std::move(*seat);
        auto found = search(shop, run, tried);
        if (found.seat) co_return std::move(*found.seat);
        const bool stays = !line.agent.empty() && is_worth_waiting(shop, *run, line);
        if (!stays && found.nobody) co_return std::unexpected(ending(failed(*found.nobody)));
        if (!stays) {
            waits_for = *found.busy;
            auto over = co_await join(shop, run, std::move(found), line);
            if (over) co_return std::unexpected(std::move(*over));
            continue;  // a place may have become free between the look and the queue
        }
        const auto text = fmt::format("Waiting for agent \"{}\", all its places are taken", line.name);
        auto over = co_await wait_quietly(shop, *run, shop.clock.in(kAgentPoll), text);
        if (over) co_return std::unexpected(std::move(*over));
    }
}

}  // namespace

task::Failed failed(const Error& error, json::object details) {
    return task::Failed{error.code, error.message, std::move(details)};
}

std::optional<Verdict> interruption(const Workshop& shop, const Run& run, std::string_view where) {
    if (run.mail.is_asked_to_stop()) return silence();
    if (const auto wish = run.mail.cancel_wish()) return ending(task::Cancelled{wish->first, wish->second});
    const auto now = shop.clock.now();
    if (now < run.deadline) return std::nullopt;
    const auto age = run.progress.age(now);
    return ending(
        failed(Error{Code::Timeout, fmt::format("The task's deadline passed after {}, {}.", age, where)}));
}

Async<std::optional<Verdict>> attend(Workshop& shop, Run& run, std::string where) {
    if (!co_await store_answers(shop, run)) co_return silence();
    co_return interruption(shop, run, where);
}

Async<std::optional<Verdict>> wait_for_place(Workshop& shop, std::shared_ptr<Run> run, bool is_urgent) {
    shop.admission.ask_for_place(run, is_urgent);
    shop.tell_standing();
    if (!run->is_placed) run->request.reset();
    for (;;) {
        if (auto over = co_await attend(shop, *run, std::string(kForPlace))) co_return over;
        if (run->is_placed) co_return std::nullopt;
        auto over = co_await wait_quietly(shop, *run, kNever, "Waiting for a free place of the server");
        if (over) co_return over;
    }
}

Async<std::optional<Verdict>> load_request(Workshop& shop, Run& run) {
    auto wait = kBackoffFirst;
    while (!run.request) {
        if (auto over = co_await attend(shop, run, "while its request was read")) co_return over;
        auto first = co_await shop.log.read(run.tenant, run.id, Seq{0}, 1);
        if (first && !first->empty()) {
            auto* submitted = std::get_if<task::Submitted>(&first->front().body);
            if (!submitted)
                co_return ending(failed(Error{Code::Corrupt, "The task's request cannot be read any more."}));
            run.subject = submitted->subject;
            run.lineage = submitted->request.lineage;
            run.has_budget = submitted->request.budget.has_value();
            auto request = co_await with_talk(shop.log, run.tenant, run.id, submitted->subject,
                                              std::move(submitted->request));
            if (request) run.request = std::move(*request);
            if (request) break;
            if (request.error().code != Code::Unavailable) co_return ending(failed(request.error()));
        }
        if (!first && first.error().code != Code::Unavailable) co_return silence();
        (void)co_await run.wake.wait_until(std::min(run.deadline, shop.clock.in(wait)));
        wait = std::min(wait * 2, kBackoffMax);
    }
    if (!run.has_wish) run.wish = without_burden(*run.request);
    run.has_wish = true;
    co_return std::nullopt;
}

Async<std::expected<Seat, Verdict>> find_seat(Workshop& shop, std::shared_ptr<Run> run,
                                              std::set<AgentId> tried) {
    Line line;
    auto seat = co_await wait_for_seat(shop, run, std::move(tried), line);
    quit(shop, run, line);
    if (!seat) co_return seat;
    auto over = co_await wait_for_place(shop, run, true);
    if (!over) over = co_await load_request(shop, *run);
    if (!over) co_return seat;
    leave_seat(shop, *run, *seat);
    co_return std::unexpected(std::move(*over));
}

void leave_seat(Workshop& shop, const Run& run, const Seat& seat) {
    shop.registry.give_place_back(run.tenant, seat.agent.spec.id);
    shop.admission.agent_place_freed(seat.queue_key);
}

}  // namespace meshai::mesh
