// agents/dialect/relay.h
//
// Relays what an agent of the guide's dialect says to the sink, and finds the
// one ending in it. The first `result`, `error` or JSON-RPC response is the
// ending and nothing after it is looked at, so that an agent with two endings
// has the same outcome however its bytes are cut. Where an agent only wrote
// tokens, `complete` or [DONE] makes their text the result. On the executor of
// the run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agents/adapter.h"
#include "agents/dialect/said.h"
#include "agents/event_stream.h"
#include "agents/failure.h"
#include "agents/output_text.h"

namespace meshai::agents::dialect {

class Relay {
  public:
    Relay(Peer peer, Cost price, const Limits& limits, Sink& sink)
        : peer_(std::move(peer)),
          price_(price),
          line_bytes_max_(limits.line_bytes),
          output_(sink, limits.output_bytes),
          sink_(sink) {}

    /// Passes the events on, in order, up to the ending; neighbouring tokens as one text.
    Async<void> take(std::vector<Said> events);

    /// What one read of a stream completed. A broken message is an ending, and so
    /// is the end of the stream.
    Async<void> take_batch(Batch batch);

    bool has_ended() const { return ending_.has_value(); }
    Ending ending() { return std::move(*ending_); }

    /// The last ending was a result that stands elsewhere; empty otherwise.
    const std::string& result_url() const { return result_url_; }

    /// The agent's own name of the task, from its `start`; may be empty.
    const std::string& task_id() const { return task_id_; }

    /// The agent itself ended the task (not a bound, a broken message or a run that is over).
    bool has_agents_word() const { return has_agents_word_; }

    /// The agent says that somebody cancelled the task on its side.
    bool is_cancelled_by_agent() const { return is_cancelled_by_agent_; }

    /// The ending of a stream that stopped without one.
    Failure stopped(std::size_t unfinished_bytes) const;

    /// The ending of an agent that sends something longer than it may.
    Failure overlong() const;

    /// Makes `ending` the ending, unless there is one.
    void end(Ending ending);

    const OutputText& output() const { return output_; }

  private:
    Async<void> take_one(Said event);
    Async<void> flush_tokens();
    void end_without_result(std::string_view said, task::Usage usage);
    Failure fault(const Fault& fault) const;

    Peer peer_;
    Cost price_;
    std::size_t line_bytes_max_;
    OutputText output_;
    Sink& sink_;
    std::string tokens_{};
    std::string task_id_{};
    std::string result_url_{};
    double percent_ = 0;
    bool has_agents_word_ = false;
    bool is_cancelled_by_agent_ = false;
    std::optional<Ending> ending_{};
};

}  // namespace meshai::agents::dialect
