// agents/adapter.h
//
// How to talk to one kind of agent. An adapter gets a call and a sink, says
// what happens while it happens, and returns exactly one ending. Whatever a
// peer does (hangs, dies, lies, floods), the adapter turns it into an Error
// with a stable code. It knows nothing of logs, routing or clients, and a
// client's token never reaches it. Runs on one executor; closing the scope it
// runs in is the cancellation, and reaches the agent within a second.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agents/spec.h"
#include "base/async.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "net/client/client.h"
#include "task/steps.h"
#include "wire/trace/standing.h"

namespace meshai::agents {

struct Call {
    TaskId task;
    TenantId tenant{};  ///< for what is written into a key; nothing else depends on it
    int attempt = 1;
    task::Request request;
    MonoTime deadline = kNever;  ///< of the whole task; the adapter ends by itself with Code::Timeout
};

/// Questions for the client by key, and what it answered. Both are as the log keeps
/// them; what a question looks like is between the agent and the door.
using Questions = std::map<std::string, json::value>;
using Answers = std::map<std::string, json::value>;

/// A piece of a task's work that becomes a task of its own.
struct ChildTask {
    std::string step{};       ///< its name in the parent, a path; at most task::kStepPathBytesMax
    std::string type{};       ///< "agent", "workflow", "delegation" …
    int attempt = 1;          ///< of the step: another one is another task
    task::Request request{};  ///< what it does; lineage and trace are the mesh's to fill in
    /// Hears how far the child is, 0 to 100, as it goes on.
    std::function<void(double percent)> on_percent{};
};

/// How a child ended.
struct ChildEnding {
    TaskId task{};
    AgentId agent{};
    std::expected<json::value, task::Failed> result{};  ///< Code::Cancelled for a cancelled one
    task::Usage usage{};                                ///< of it and all its children
    bool is_given_up = false;  ///< cancelled because whoever ran it was: see run_child
};

/// Where an adapter says what happens. Each call waits until there is room and
/// fails (Cancelled, TooLarge, AlreadyFinished) when the run is over: the
/// adapter then returns. Text must be valid UTF-8 (base/json.h: valid_utf8).
class Sink {
  public:
    virtual ~Sink() = default;
    virtual Async<Status> progress(task::Progress progress) = 0;
    virtual Async<Status> output(std::string text) = 0;
    virtual Async<Status> message(task::AgentMessage message) = 0;
    /// The agent is alive but has nothing to say (a keepalive of a remote mesh).
    virtual Async<Status> alive() = 0;

    /// Asks the client, and waits until all the questions are answered: minutes, or
    /// days. Gives the answers by key. A key stands for one question in the whole
    /// task: one that was answered before (by another attempt, also one before a
    /// restart) is not asked again, and its answer is there at once. InvalidArgument
    /// for a key of another question, TooLarge over task::kQuestionsMax and
    /// task::kQuestionBytesMax, Cancelled when the run is over.
    /// At `expires_at` the house answers in the client's stead (task::kExpired), and
    /// Code::Timeout comes back; so it does when that was before a restart.
    /// Whoever is cancelled while it waits takes its questions back.
    virtual Async<Result<Answers>> ask(Questions questions, std::optional<WallTime> expires_at = {}) = 0;

    /// Who answered a question that has its answer; empty otherwise.
    virtual Subject answered_by(const std::string& key) const = 0;

    /// Has a piece of the work done as a task of its own, and waits for its end. What
    /// the child says is passed on in this task's log. Like a question it is asked
    /// once: a step and attempt that were begun before (also before a restart) go on,
    /// and of one that has ended the ending is there at once. When this task ends, a
    /// child that runs is cancelled; so it is when the caller is cancelled, who gets
    /// Cancelled when the child is over. TooLarge over task::kStepsMax and
    /// task::kLineageDepthMax; BudgetExhausted; Cancelled when the run is over.
    virtual Async<Result<ChildEnding>> run_child(ChildTask child) = 0;

    /// A step that the task does itself. The same attempt told twice is told once.
    virtual Async<Status> step_started(task::StepStarted step) = 0;
    virtual Async<Status> step_finished(task::StepFinished step) = 0;

    /// What is known of the steps so far, from before a restart as well. A step that
    /// was told just now may be missing: it is what the log has.
    virtual const task::Steps& steps() const = 0;

    /// A call of the model is over, and another one of the same attempt is to follow:
    /// `usage` of that call goes into the log. BudgetExhausted: there is no other one.
    virtual Async<Status> spend(task::Usage usage) = 0;
};

struct Answer {
    json::value result;  ///< string or object
    task::Usage usage;
};

/// Why a call did not give an answer, and what a retry may assume.
struct Failure {
    Error error;
    bool was_sent = true;               ///< false: the agent has seen nothing of the call
    bool is_transient = false;          ///< trying again may help (429, 503, connection lost)
    std::optional<Millis> retry_after;  ///< the agent's own wish
    json::object details;               ///< for the client; bounded, no secrets
};

using Ending = std::expected<Answer, Failure>;

class Adapter {
  public:
    virtual ~Adapter() = default;

    /// Runs one call to its ending. The adapter outlives the call.
    virtual Async<Ending> run(Call call, Sink& sink) = 0;

    /// Active probe: is the agent there? Fails within `deadline`.
    virtual Async<Status> probe(MonoTime deadline) = 0;
};

/// What stands between an adapter and an agent that never stops talking.
struct Limits {
    Duration connect = std::chrono::seconds(5);
    Duration first_byte = std::chrono::seconds(120);
    Duration silence = std::chrono::seconds(120);  ///< kAgentSilenceMax
    std::size_t output_bytes = task::kOutputBytesMax;
    std::size_t line_bytes = 4U << 20U;        ///< one line or frame
    std::size_t answer_bytes = 256U << 20U;    ///< a streamed answer with all its frames
    std::size_t body_bytes = 17U << 20U;       ///< an answer in one piece, held in memory
    std::size_t error_body_bytes = 4U << 10U;  ///< of a peer's error, kept for details
};

/// A local program as the command adapter sees it; real in process/, replaced in tests.
class ProcessLauncher;

/// How an agent that is not a model hands part of its task on: requests of its own,
/// with a key that is good for this attempt of this task and for nothing else.
struct DelegateAccess {
    std::string delegate_url;
    std::string ask_url;
    Secret key;
};

/// What adapters are given. All outlive the adapter, by the two seconds that a farewell may take.
struct Tools {
    net::client::Client& http;
    ProcessLauncher* processes;  ///< null where command agents are not offered
    Clock& clock;
    Random& random;
    Log& log;
    Limits limits{};
    wire::trace::Tracing tracing{};
    /// For agents that may delegate; nothing where the server does not know its own address.
    std::function<std::optional<DelegateAccess>(const Call& call)> delegate_access{};
};

/// The adapter of a spec. Configuration when the spec cannot work (bad URL, no argv).
Result<std::unique_ptr<Adapter>> make_adapter(const Spec& spec, Tools tools);

}  // namespace meshai::agents
