// app/telemetry/spans.h
//
// The trace of a task, as a view of its log: a fold of the events into spans.
// A span for the task, one for each attempt, one for each call of a model, one
// for each step. Ids follow from the ids in the log, so that the same log gives
// the same spans however often it is folded. Names, ids, numbers and codes
// only: no word of a client or an agent leaves the server this way. Pure.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agents/spec.h"
#include "task/event.h"
#include "wire/otlp/span.h"
#include "wire/trace/standing.h"

namespace meshai::app {

/// What is known about an agent and does not stand in the log.
struct AgentFacts {
    agents::Kind kind = agents::Kind::Http;
    std::string model{};    ///< may be empty
    std::string version{};  ///< may be empty
    std::string host{};     ///< where it is called; empty for a local program
    std::uint16_t port = 0;
};
AgentFacts facts_of(const agents::Spec& spec);

/// Nothing for an agent that is no longer there; its spans then say less.
using FactsOf = std::function<std::optional<AgentFacts>(const AgentId&)>;

inline constexpr std::size_t kSpansPerTaskMax = 1'000;
inline constexpr std::size_t kEventsPerSpanMax = 128;
inline constexpr std::size_t kAttributeBytesMax = 256;

class SpanFold {
  public:
    SpanFold(TenantId tenant, TaskId task, wire::trace::Tracing tracing, FactsOf facts);

    /// The events of the task, from the first on, in order.
    void take(const task::Event& event);

    /// Whether anybody wants the spans; known after the first event.
    bool is_sampled() const { return standing_.is_sampled(); }

    /// The spans so far, the task's own first. What has not ended ends with the last event.
    std::vector<wire::otlp::Span> spans() &&;

  private:
    using Span = wire::otlp::Span;
    struct Said {
        WallTime at{};
        std::string message{};
    };
    /// The attempt that runs.
    struct Running {
        std::size_t span = 0;
        int number = 1;
        AgentId agent{};
        std::optional<AgentFacts> facts{};
        bool has_written = false;
        WallTime heard_at{};      ///< of its newest event
        std::deque<Said> said{};  ///< its newest progress
        WallTime model_from{};    ///< when the model was asked last, as far as the log tells
        int model_calls = 0;      ///< that are over
        task::Usage model_used;   ///< by those
    };

    void on(const task::Submitted& body);
    void on(const task::Routed& body);
    void on(const task::Started& body);
    void on(const task::Progress& body);
    void on(const task::Output& body);
    void on(const task::StepStarted& body);
    void on(const task::StepFinished& body);
    void on(const task::AgentMessage& body);
    void on(const task::InputRequired& body);
    void on(const task::InputGiven& body);
    void on(const task::Relayed&) {}  // the child's own trace has it
    void on(const task::Spent& body);
    void on(const task::Completed& body);
    void on(const task::Failed& body);
    void on(const task::Cancelled& body);

    Span make(wire::trace::SpanId id, wire::trace::SpanId parent, std::string name) const;
    std::optional<std::size_t> add(Span span);
    void note(std::size_t span, std::string name, wire::otlp::Attributes attributes);
    void note_where_it_runs(std::string name, wire::otlp::Attributes attributes);
    std::size_t add_step(const std::string& path, const AgentId& agent, const TaskId& child, int attempt);
    wire::trace::SpanId parent_of_step(const std::string& path) const;
    void add_model_call(const task::Usage& used);
    void supersede(const std::string& reason);
    void end_attempt(wire::otlp::StatusCode status, std::string_view error, WallTime at);
    void end_task(std::string_view state, wire::otlp::StatusCode status, std::string_view error);

    TenantId tenant_;
    TaskId task_;
    wire::trace::Tracing tracing_;
    FactsOf facts_;
    wire::trace::Standing standing_{};
    std::vector<Span> spans_{};
    std::optional<Running> running_{};
    std::map<std::string, std::size_t> open_steps_{};  ///< by path; 0: has none
    std::string workflow_{};                           ///< name of a composite task's; may be empty
    bool is_composite_ = false;
    std::string conversation_{};
    int attempts_ = 0;
    std::int64_t spans_dropped_ = 0;
    WallTime now_{};  ///< of the event that is taken
};

/// The spans of a whole log; none for a task that nobody wants traced.
std::vector<wire::otlp::Span> spans_of(const TenantId& tenant, const TaskId& task,
                                       const std::vector<task::Event>& events,
                                       const wire::trace::Tracing& tracing, const FactsOf& facts);

}  // namespace meshai::app
