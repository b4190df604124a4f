// mesh/executor/attempt.h
//
// One call of an agent: the adapter in a scope of its own, and the sink it
// talks into. What it says waits in a bounded buffer until the run appends it;
// an agent that talks faster than the disk writes has to wait. Lives on the
// run's executor.
#pragma once

#include <list>
#include <optional>
#include <set>

#include "base/scope.h"
#include "mesh/executor/errands.h"
#include "mesh/executor/pending.h"
#include "mesh/executor/workshop.h"

namespace meshai::mesh {

/// What one attempt passes on of its children's words; steps are always told.
inline constexpr std::size_t kRelayedBytesMax = 32U << 20U;
inline constexpr std::size_t kRelayedEventsMax = 100'000;

class Attempt final : public agents::Sink {
  public:
    Attempt(Workshop& shop, Run& run, agents::Spec spec, std::unique_ptr<agents::Adapter> adapter);

    /// Starts the call. Rings the run's `wake` for all that happens.
    void begin(agents::Call call);

    /// The agent hears that it shall stop; what it still says is refused.
    void cancel();

    /// Whoever waits for something to be in the log looks whether it is.
    void hear_log();

    /// Cancels, and waits until the adapter has returned.
    Async<void> close();

    /// What was said and not yet taken; waiting sink calls go on.
    std::vector<task::Body> take_pending();
    bool has_pending() const { return !pending_.empty(); }

    const std::optional<agents::Ending>& ending() const { return ending_; }
    bool said_too_much() const { return said_too_much_; }
    std::size_t output_bytes() const { return output_bytes_; }
    const agents::Spec& spec() const { return spec_; }
    MonoTime begun_at() const { return begun_at_; }

    Async<Status> progress(task::Progress progress) override;
    Async<Status> output(std::string text) override;
    Async<Status> message(task::AgentMessage message) override;
    Async<Status> alive() override;
    Async<Result<agents::Answers>> ask(agents::Questions questions,
                                       std::optional<WallTime> expires_at = {}) override;
    Subject answered_by(const std::string& key) const override;
    Async<Result<agents::ChildEnding>> run_child(agents::ChildTask child) override;
    Async<Status> step_started(task::StepStarted step) override;
    Async<Status> step_finished(task::StepFinished step) override;
    const task::Steps& steps() const override { return run_.steps; }
    Async<Status> spend(task::Usage usage) override;

    // For follow_child.
    Async<Status> pass_on(task::Relayed relayed, std::size_t bytes);
    void begin_question(TaskId child, std::string step, const task::InputRequired& asked);
    void note_answer(const std::string& step, const task::InputGiven& given);
    task::TaskLog& log() const { return shop_.log; }
    Clock& clock() const { return shop_.clock; }
    Executor executor() const { return ex_; }
    const TenantId& tenant() const { return run_.tenant; }

    /// For requests of the agent beside its call (executor.h: delegate_for, ask_for).
    void begin_delegation(agents::Delegation work, DelegationReply reply);
    void begin_question_of_agent(agents::PersonQuestion question, QuestionReply reply);

  private:
    using ChildReply = std::shared_ptr<Reply<Result<agents::ChildEnding>>>;

    Async<void> call_agent(agents::Call call);
    Async<Status> add(task::Body body, std::size_t bytes);
    void put_message(task::AgentMessage message);
    Async<Status> wait_for_room();
    Async<Status> wait_for_bell(MonoTime until);
    Status check(const agents::Questions& questions) const;
    bool put_questions(const agents::Questions& questions, std::optional<WallTime> expires_at);
    void put_answer(std::string key, json::value answer, Subject by);
    void expire(const agents::Questions& questions);
    MonoTime expiry_of(const agents::Questions& questions) const;
    bool has_expired(const agents::Questions& questions) const;
    std::optional<agents::Answers> answers_to(const agents::Questions& questions) const;
    Async<void> withdraw(agents::Questions questions);
    void let_in();

    const task::StepView* known_step(std::string_view step, int attempt) const;
    Status check(const agents::ChildTask& child) const;
    Async<Result<TaskId>> announce(const agents::ChildTask& child);
    task::Request request_of(const agents::ChildTask& child) const;
    Async<void> carry_child(agents::ChildTask child, ChildReply reply);
    Async<Result<agents::ChildEnding>> work_on_child(agents::ChildTask child);
    Async<Result<agents::ChildEnding>> ended_child(const agents::ChildTask& child, TaskId id);
    void give_up(std::string step, int attempt);
    bool is_given_up(const agents::ChildTask& child) const;
    Async<void> cancel_child(TaskId id);
    Async<Result<agents::ChildEnding>> tell_end(const agents::ChildTask& child, agents::ChildEnding ending);
    Async<void> carry_question(TaskId child, std::string step, std::string key, json::value question,
                               std::optional<WallTime> expires_at);
    Async<void> carry_delegation(agents::Delegation work);
    Async<void> carry_question_of_agent(agents::PersonQuestion question);
    Status may_begin(bool is_joined) const;

    Workshop& shop_;
    Run& run_;
    agents::Spec spec_;
    std::unique_ptr<agents::Adapter> adapter_;
    Executor ex_;
    Scope scope_;
    Pending pending_;
    std::list<Signal> waiting_;  ///< sink calls that wait for room or for answers
    agents::Questions asked_{};  ///< by this attempt, so that nothing is asked twice
    Seq heard_{};                ///< of Run::last
    std::size_t relayed_bytes_ = 0;
    std::size_t relayed_events_ = 0;
    bool relays_less_ = false;
    std::set<std::pair<std::string, int>> given_up_{};  ///< steps whose children nobody waits for any more
    Errands<agents::ChildEnding> delegations_{};        ///< by step
    Errands<json::object> questions_{};                 ///< by key
    std::optional<agents::Ending> ending_;
    std::size_t output_bytes_ = 0;
    bool said_too_much_ = false;
    bool is_over_ = false;
    MonoTime begun_at_;
};

}  // namespace meshai::mesh
