#include "mesh/router/router.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "mesh/router/rank.h"

namespace meshai::mesh {
namespace {

constexpr std::string_view kNoAgent = "No suitable agent found for task";
constexpr std::array<std::string_view, 8> kTextMembers = {"prompt", "task",     "input",   "text",
                                                          "query",  "question", "message", "description"};

/// A model that writes text can also write code, read numbers and reason, only
/// not as well; it cannot draw.
constexpr std::array<std::string_view, 3> kTextCanServe = {"code_generation", "data_analysis", "reasoning"};
constexpr std::string_view kText = "text_generation";

/// What one decision is made from.
struct Situation {
    std::vector<Agent> agents{};
    Wish wish{};
    bool is_detected = false;  ///< the capabilities were read from the text, not asked for
};

Wish wish_of(const task::Request& request) {
    Wish wish;
    wish.strategy = strategy_of(request.routing_strategy).value_or(Strategy::CapabilityMatch);
    wish.preferred_framework = request.preferred_framework;
    const auto text = text_of_input(request.input);
    wish.input_bytes = text.size();
    for (const auto& id : request.avoided) wish.avoided.insert(AgentId{id});
    for (const auto& capability : request.capabilities) {
        auto normal = agents::normal_capability(capability);
        if (std::ranges::find(wish.required, normal) == wish.required.end())
            wish.required.push_back(std::move(normal));
    }
    if (wish.required.empty()) {
        auto detected = detect_capabilities(text, request.task_type);
        wish.required.push_back(std::move(detected.primary));
        wish.optional = std::move(detected.optional);
    }
    return wish;
}

std::string why_unavailable(const Agent& agent) {
    if (agent.lifecycle == Lifecycle::Offline) return "is offline";
    if (agent.health == Health::Unhealthy) return "is unhealthy";
    return "has its circuit breaker open after failures";
}

const Agent* find_named(const std::vector<Agent>& agents, const std::string& name) {
    for (const auto& agent : agents)
        if (agent.spec.id.value == name) return &agent;
    for (const auto& agent : agents)
        if (agent.spec.name == name) return &agent;
    return nullptr;
}

/// Why a wanted agent cannot be had; empty if it can.
std::string refusal(const Agent* agent, const std::string& name, const Situation& now,
                    const std::set<AgentId>& tried) {
    if (!agent) return fmt::format("there is no agent '{}'", name);
    if (tried.contains(agent->spec.id)) return fmt::format("agent '{}' was tried before", name);
    if (!agent->is_available()) return fmt::format("agent '{}' {}", name, why_unavailable(*agent));
    // What was only guessed from the text does not overrule the client's choice.
    if (!now.is_detected && !offers_all(*agent, now.wish.required))
        return fmt::format("agent '{}' does not offer all of {}", name, fmt::join(now.wish.required, ", "));
    return {};
}

task::Routed routed_to(const Agent& agent, const Wish& wish, std::string reason) {
    task::Routed routed;
    routed.agent = agent.spec.id;
    routed.agent_name = agent.spec.name;
    routed.strategy = strategy_name(wish.strategy);
    routed.capabilities = wish.required;
    routed.reason = std::move(reason);
    return routed;
}

/// The first wanted agent with a free place, or else the first that can be
/// had. `refusals` hears why the others cannot.
const Agent* choose_wanted(const std::vector<std::string>& wanted, const Situation& now,
                           const std::set<AgentId>& tried, std::vector<std::string>& refusals) {
    const Agent* busy = nullptr;
    for (const auto& name : wanted) {
        const auto* agent = find_named(now.agents, name);
        auto why_not = refusal(agent, name, now, tried);
        if (!why_not.empty()) {
            refusals.push_back(std::move(why_not));
            continue;
        }
        if (has_free_place(*agent)) return agent;
        if (!busy) busy = agent;
    }
    return busy;
}

struct Fit {
    std::vector<const Agent*> agents;
    std::vector<const Agent*> left_out;  ///< offer it all, and are not available
    bool is_any_tried = false;
    bool is_any_avoided = false;
};

Fit fitting(const Situation& now, const std::set<AgentId>& tried) {
    Fit fit;
    for (const auto& agent : now.agents) {
        // An agent that says nothing of what it can do is used by name only.
        if (agent.spec.capabilities.empty() || !offers_all(agent, now.wish.required)) continue;
        if (tried.contains(agent.spec.id))
            fit.is_any_tried = true;
        else if (now.wish.avoided.contains(agent.spec.id))
            fit.is_any_avoided = true;
        else if (agent.is_available())
            fit.agents.push_back(&agent);
        else
            fit.left_out.push_back(&agent);
    }
    return fit;
}

std::string nobody(const Situation& now, const Fit& fit, const std::vector<std::string>& refusals) {
    std::vector<std::string> reasons = refusals;
    for (const auto* agent : fit.left_out)
        if (reasons.size() < task::kCandidatesMax)
            reasons.push_back(fmt::format("agent '{}' {}", agent->spec.name, why_unavailable(*agent)));
    if (fit.left_out.empty() && fit.is_any_tried) reasons.emplace_back("every agent that fits was tried");
    if (fit.left_out.empty() && fit.is_any_avoided)
        reasons.emplace_back("every other agent that fits waits for this task's result");
    if (fit.left_out.empty() && !fit.is_any_tried && !fit.is_any_avoided)
        reasons.push_back(fmt::format("no agent offers '{}'", fmt::join(now.wish.required, "' and '")));
    return fmt::format("{}: {}.", kNoAgent, fmt::join(reasons, "; "));
}

void list_candidates(const std::vector<Ranked>& ranked, const Fit& fit, task::Routed& routed) {
    for (const auto& one : ranked)
        if (routed.candidates.size() < task::kCandidatesMax)
            routed.candidates.push_back({one.agent->spec.id, one.score, one.reason});
    for (const auto* agent : fit.left_out)
        if (routed.candidates.size() < task::kCandidatesMax)
            routed.candidates.push_back({agent->spec.id, 0, "left out: " + why_unavailable(*agent)});
}

/// Where the wish was only read from the text and nobody offers it, an agent
/// that writes text may serve.
bool may_widen(const Situation& now, const Fit& fit) {
    return now.is_detected && fit.agents.empty() && fit.left_out.empty() && !fit.is_any_tried &&
           !fit.is_any_avoided &&
           std::ranges::find(kTextCanServe, now.wish.required.front()) != kTextCanServe.end();
}

std::string sentence(const std::string& text) {
    return text.empty() ? text : text + ".";
}

}  // namespace

std::string text_of_input(const json::value& input) {
    if (input.is_string()) return std::string(input.get_string());
    if (!input.is_object()) return {};
    for (const auto member : kTextMembers)
        if (auto text = find_string(input.get_object(), member)) return *text;
    return to_text(input);
}

Router::Router(Registry& registry, Clock& clock) : registry_(registry), clock_(clock) {}

Result<task::Routed> Router::choose(const TenantId& tenant, const task::Request& request,
                                    const std::set<AgentId>& tried) {
    Situation now{registry_.routable(tenant), wish_of(request), request.capabilities.empty()};

    std::vector<std::string> refusals;
    if (const auto* wanted = choose_wanted(request.agents, now, tried, refusals)) {
        auto routed =
            routed_to(*wanted, now.wish, fmt::format("Agent '{}' was asked for.", wanted->spec.name));
        routed.candidates.push_back({wanted->spec.id, 1, "asked for by the client"});
        return routed;
    }

    std::string widened;
    auto fit = fitting(now, tried);
    if (may_widen(now, fit)) {
        widened = fmt::format("; nobody offers {}, which the text suggests", now.wish.required.front());
        now.wish.optional.clear();
        now.wish.required = {std::string(kText)};
        auto wider = fitting(now, tried);
        if (wider.agents.empty())
            now.wish = wish_of(request);
        else
            fit = std::move(wider);
    }
    if (fit.agents.empty())
        return Error{Code::NoAgent, nobody(now, fit, refusals),
                     fmt::format("{} agents known to the tenant", now.agents.size())};

    auto ranked = rank(fit.agents, now.wish);
    apply_memory(tenant, request, now.wish, ranked);
    const auto& best = ranked.front();
    auto routed = routed_to(
        *best.agent, now.wish,
        sentence(fmt::format("Agent '{}' is best by {} of {} that fit{}: {}", best.agent->spec.name,
                             strategy_name(now.wish.strategy), ranked.size(), widened, best.reason)));
    if (!request.agents.empty()) {
        routed.fallback = true;
        routed.reason =
            fmt::format("No wanted agent was available ({}). {}", fmt::join(refusals, "; "), routed.reason);
    }
    list_candidates(ranked, fit, routed);
    return routed;
}

void Router::apply_memory(const TenantId& tenant, const task::Request& request, const Wish& wish,
                          std::vector<Ranked>& ranked) {
    if (wish.strategy == Strategy::RoundRobin)
        turn_ring(fmt::format("{}\n{}", tenant.value, fmt::join(wish.required, "\n")), wish, ranked);
    if (wish.strategy == Strategy::StickySession && !request.affinity.empty())
        stick(fmt::format("{}\n{}\n{}", tenant.value, fmt::join(wish.required, ","), request.affinity),
              ranked);
}

void Router::turn_ring(const std::string& ring, const Wish& wish, std::vector<Ranked>& ranked) {
    // Only agents of the first rank take turns: one that is full, failing or of
    // another framework than preferred stands behind and is not in the ring.
    const auto& first = *ranked.front().agent;
    const auto end = std::ranges::find_if(ranked, [&](const Ranked& one) {
        return one.agent->failed_over != first.failed_over ||
               has_free_place(*one.agent) != has_free_place(first) ||
               is_foreign(*one.agent, wish) != is_foreign(first, wish);
    });
    const auto size = static_cast<std::size_t>(end - ranked.begin());

    std::lock_guard lock(mutex_);
    if (round_robin_.size() >= kRoundRobinRingsMax && !round_robin_.contains(ring)) round_robin_.clear();
    const auto turn = round_robin_[ring]++ % size;
    std::rotate(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(turn), end);
}

void Router::stick(const std::string& key, std::vector<Ranked>& ranked) {
    const auto now = clock_.now();
    std::lock_guard lock(mutex_);
    auto known = sticky_keys_.find(key);
    if (known != sticky_keys_.end()) {
        const auto& sticky = *known->second;
        auto same = std::ranges::find_if(
            ranked, [&sticky](const Ranked& one) { return one.agent->spec.id == sticky.agent; });
        if (sticky.until > now && same != ranked.end()) {
            same->reason = "had the tasks of this session before, " + same->reason;
            std::rotate(ranked.begin(), same, same + 1);
        }
        sticky_.erase(known->second);
        sticky_keys_.erase(known);
    } else if (sticky_.size() >= kStickyKeysMax) {
        sticky_keys_.erase(sticky_.front().key);
        sticky_.pop_front();
    }
    sticky_.push_back({key, ranked.front().agent->spec.id, now + kStickyTime});
    sticky_keys_[key] = std::prev(sticky_.end());
}

}  // namespace meshai::mesh
