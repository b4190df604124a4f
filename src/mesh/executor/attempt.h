// mesh/executor/attempt.h
//
// One call of an agent: the adapter in a scope of its own, and the sink it
// talks into. What it says waits in a bounded buffer until the run appends it;
// an agent that talks faster than the disk writes has to wait. Lives on the
// run's executor.
#pragma once

#include <list>
#include <optional>

#include "base/scope.h"
#include "mesh/executor/pending.h"
#include "mesh/executor/workshop.h"

namespace meshai::mesh {

class Attempt final : public agents::Sink {
  public:
    Attempt(Workshop& shop, Run& run, agents::Spec spec, std::unique_ptr<agents::Adapter> adapter);

    /// Starts the call. Rings the run's `wake` for all that happens.
    void begin(agents::Call call);

    /// The agent hears that it shall stop; what it still says is refused.
    void cancel();

    /// Whoever waits for an answer looks whether it is in the log now.
    void hear_answers();

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
    Async<Result<agents::Answers>> ask(agents::Questions questions) override;

  private:
    Async<void> call_agent(agents::Call call);
    Async<Status> add(task::Body body, std::size_t bytes);
    Async<Status> wait_for_room();
    Async<Status> wait_for_bell();
    Status check(const agents::Questions& questions) const;
    bool put_questions(const agents::Questions& questions);
    std::optional<agents::Answers> answers_to(const agents::Questions& questions) const;
    void let_in();

    Workshop& shop_;
    Run& run_;
    agents::Spec spec_;
    std::unique_ptr<agents::Adapter> adapter_;
    Executor ex_;
    Scope scope_;
    Pending pending_;
    std::list<Signal> waiting_;  ///< sink calls that wait for room or for answers
    agents::Questions asked_{};  ///< by this attempt, so that nothing is asked twice
    std::uint64_t heard_ = 0;    ///< of Run::answers_heard
    std::optional<agents::Ending> ending_;
    std::size_t output_bytes_ = 0;
    bool said_too_much_ = false;
    bool is_over_ = false;
    MonoTime begun_at_;
};

}  // namespace meshai::mesh
