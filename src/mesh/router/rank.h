// mesh/router/rank.h
//
// Puts agents that fit a task into an order, best first, and says why each
// stands where it does. Pure: the same agents and the same wish give the same
// order, ties included, so that a decision in a task's log can be understood
// later. The router adds what needs memory (round robin, sticky keys).
#pragma once

#include <string>
#include <vector>

#include "mesh/registry/registry.h"
#include "mesh/router/router.h"

namespace meshai::mesh {

/// What the task wants of an agent, as far as the order depends on it.
struct Wish {
    Strategy strategy = Strategy::CapabilityMatch;
    std::vector<std::string> required;
    std::vector<std::string> optional;
    std::string preferred_framework;
    std::size_t input_bytes = 0;  ///< for the price of a call
    std::set<AgentId> avoided{};  ///< never chosen, unless by name
};

struct Ranked {
    const Agent* agent = nullptr;
    double score = 0;    ///< of the strategy, higher is better
    std::string reason;  ///< one sentence without a dot
};

/// All of `agents`, best first. An agent that failed over comes after those
/// that did not, then one without a free place after those with one, then one
/// of another framework than preferred; then the strategy decides, then the
/// load, then the narrower agent, then the id.
std::vector<Ranked> rank(const std::vector<const Agent*>& agents, const Wish& wish);

/// What one call is expected to cost, in the operator's currency.
double expected_cost(const agents::Spec& spec, std::size_t input_bytes);

bool offers_all(const Agent& agent, const std::vector<std::string>& capabilities);
bool has_free_place(const Agent& agent);
bool is_foreign(const Agent& agent, const Wish& wish);  ///< of another framework than preferred

/// Bytes of text that stand for a token, and the length of an answer nobody has
/// seen yet: rough on purpose, they only compare agents with each other.
inline constexpr double kBytesPerToken = 4;
inline constexpr double kExpectedOutputTokens = 500;

}  // namespace meshai::mesh
