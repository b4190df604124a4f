// doors/stream/encoder.h
//
// From the events of a task to the bytes of one client's stream. An encoder is
// given every event of the log from the first on, also when the client has seen
// some of them already: what it writes is a pure function of the log, so a
// stream that was cut and resumed is, byte for byte, the stream that was not.
// Times in frames are the events' own; only a keepalive says what time it is,
// and a keepalive has no id and is never repeated.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "task/view.h"
#include "wire/jsonrpc/message.h"
#include "wire/meshai/frames.h"

namespace meshai::doors {

class Encoder {
  public:
    virtual ~Encoder() = default;

    /// The frames of one event, each complete; none if the client has them.
    virtual std::vector<std::string> encode(const task::Event& event) = 0;

    /// What is said when there is nothing to say.
    virtual std::string keepalive(WallTime now) = 0;

    /// The stream must end although the task has not, for a reason the client should know.
    virtual std::vector<std::string> broken(const Error& error) = 0;
};

/// Where a person answers a question of a task: a page, until `until`. Empty for
/// a client who may not answer. The same for the same question, each time.
using LinkOf = std::function<std::string(const TaskId& task, const std::string& key, WallTime until)>;

/// What the frames of an event need to know of the events before it.
class Backstory {
  public:
    void note(const task::Event& event);

    double percent() const { return percent_; }
    WallTime deadline() const { return deadline_; }
    std::string agent_name(const AgentId& id) const;
    const std::string& correlation_id() const { return correlation_id_; }

    /// How the task ended; `event` is its last.
    wire::guide::Outcome outcome(const TaskId& id, const task::Event& event) const;

  private:
    WallTime submitted_at_{};
    WallTime deadline_{};
    double percent_ = 0;
    AgentId agent_;
    std::map<std::string, std::string> names_;
    std::string correlation_id_;
    std::string conversation_{};
};

/// The outcome of a finished or running task from its view.
wire::guide::Outcome outcome_of(const TaskId& id, const task::View& view, WallTime now);

/// One event of the guide's dialect, before a transport dresses it.
struct GuideEvent {
    std::string_view name{};  ///< of the kind of event; empty: a message of JSON-RPC, or [DONE]
    std::string id{};         ///< the cursor behind it; empty: the one before stays
    std::string data{};       ///< one line of JSON, or wire::guide::kDone
};

/// The guide's dialect: start, progress, token, input_required, input_given,
/// result, complete or error, the JSON-RPC response where there is a request to
/// answer, and [DONE].
///
/// Each frame has a place: the number of its event; the frames behind the
/// terminal event's first count on. `after` is the place of the last frame the
/// client has (0: none).
class GuideEncoder final : public Encoder {
  public:
    /// Without `request` the response is written only for a task that itself came
    /// by JSON-RPC (its log knows the id), so that resuming by GET misses nothing.
    GuideEncoder(TaskId task, std::uint64_t after, std::optional<wire::jsonrpc::RequestId> request,
                 LinkOf link_of = {});

    std::vector<std::string> encode(const task::Event& event) override;
    std::string keepalive(WallTime now) override;
    std::vector<std::string> broken(const Error& error) override;

    /// What `encode` makes frames of, for transports with frames of their own.
    std::vector<GuideEvent> events_of(const task::Event& event);

  private:
    void add(std::vector<GuideEvent>& events, std::uint64_t place, std::string_view name,
             std::string data) const;
    void add_tokens(std::vector<GuideEvent>& frames, const task::Event& event) const;
    void add_ending(std::vector<GuideEvent>& events, const task::Event& event) const;
    std::string asked_frame(const task::InputRequired& asked, WallTime at) const;
    std::optional<wire::jsonrpc::RequestId> request_to_answer() const;

    TaskId task_;
    std::uint64_t after_;
    std::optional<wire::jsonrpc::RequestId> request_;
    LinkOf link_of_;
    Backstory context_{};
};

/// Frames that follow the terminal event: complete and the JSON-RPC response.
inline constexpr std::uint64_t kEndingFramesMax = 2;

/// For clients that speak MCP: notifications/progress while the task runs, then
/// the response; nothing else on the stream.
class ProgressEncoder final : public Encoder {
  public:
    ProgressEncoder(TaskId task, wire::jsonrpc::RequestId request, json::value progress_token);

    std::vector<std::string> encode(const task::Event& event) override;
    std::string keepalive(WallTime now) override;
    std::vector<std::string> broken(const Error& error) override;

  private:
    TaskId task_;
    wire::jsonrpc::RequestId request_;
    json::value token_;
    std::int64_t said_ = -1;
    Backstory context_{};
};

/// How a task remembers the id of the JSON-RPC request it came by: as its
/// correlation id. An id that does not fit there gives none: the stream of that
/// request is answered all the same, but not a stream resumed by GET.
inline constexpr std::size_t kCorrelationBytesMax = 256;
std::string correlation_of(const wire::jsonrpc::RequestId& id);
std::optional<wire::jsonrpc::RequestId> request_id_of(std::string_view correlation_id);

}  // namespace meshai::doors
