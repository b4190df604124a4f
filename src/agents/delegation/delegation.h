// agents/delegation/delegation.h
//
// An agent hands part of its work to the mesh, or asks a person: what is said
// about it in the task's log, around the child or the question. Whoever talks to
// the agent uses this, be it the adapter that runs a model's tools or the house
// where an agent calls back by a request of its own, so that a client sees the
// same whatever the agent's kind. Knows no agent and keeps nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agents/adapter.h"

namespace meshai::agents {

/// Work that an agent hands on.
struct Delegation {
    std::string step{};  ///< stands for this work in the whole task: see `step_for`
    json::value task{};  ///< string or object
    std::vector<std::string> capabilities{};
    std::vector<std::string> agents{};  ///< wanted by id or name, best first
    json::object context{};
    std::optional<Millis> timeout{};
};

/// What an agent wants to know of a person.
struct PersonQuestion {
    std::string key{};  ///< stands for this question in the whole task
    std::string question{};
    json::object schema{};  ///< of the form, flat; empty: one line of text
    std::optional<Millis> timeout{};
};

/// The type of the steps, and the kinds of the messages around them.
inline constexpr std::string_view kDelegationStep = "delegation";
inline constexpr std::string_view kHandover = "handover";
inline constexpr std::string_view kQuestion = "question";
inline constexpr std::string_view kAnswer = "answer";
/// Who answers a question.
inline constexpr std::string_view kPerson = "human";

/// What a message shows of a task, a result or a question; the whole stands in the
/// child's log.
inline constexpr std::size_t kShownBytesMax = 4U << 10U;

inline constexpr std::size_t kDelegatedAgentsMax = 16;  ///< and capabilities
inline constexpr std::size_t kPersonQuestionBytesMax = 8U << 10U;
inline constexpr Millis kDelegationTimeMax = std::chrono::hours(24);

/// "delegation-<which>-<hash of what was said>": an attempt that says the same in the
/// same place finds the work that an earlier one began. `which` may be empty.
std::string step_for(std::string_view which, std::string_view said);
/// "ask-<which>-<hash>", the same for questions.
std::string key_for(std::string_view which, std::string_view said);

/// InvalidArgument with a sentence for the agent: what is wrong, and what to say instead.
Status check(const Delegation& work, const Spec& self);
Status check(const PersonQuestion& question);

/// Hands `work` of agent `self` on and waits for its end; both are told in the log,
/// unless it has them from an earlier attempt. Fails as Sink::run_child does.
Async<Result<ChildEnding>> hand_over(Sink& sink, AgentId self, Delegation work);

/// Asks the task's client and waits for the answer: {"action", "content"?} as
/// elicitation has it. Fails as Sink::ask does; Timeout when nobody answered in time.
Async<Result<json::object>> ask_person(Sink& sink, Clock& clock, AgentId self, PersonQuestion question);

/// The means to do both by requests of its own, for an agent that may; nothing for one
/// that may not, and where the server has none.
std::optional<DelegateAccess> access_for(const Spec& spec, const Tools& tools, const Call& call);

/// How a child ended, for the agent that waits for it: {task_id, status, agent?, result
/// or error and code, usage}.
json::object told(const ChildEnding& ending);

}  // namespace meshai::agents
