// cli/follow.h
//
// Follows one task to its end: reads its stream, shows each event, and when the
// connection drops comes back and goes on behind the last event it saw, so that
// nothing is shown twice or missed. One executor.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/scope.h"
#include "cli/api.h"
#include "cli/interrupt.h"
#include "cli/prompt.h"
#include "cli/screen.h"
#include "cli/steps.h"

namespace meshai::cli {

/// How a task ended, as its stream told it.
struct Ended {
    std::string status;  ///< "completed", "failed", "cancelled"
    std::string code;    ///< of a task that did not complete
    std::string message;
    std::int64_t duration_ms = 0;
};

class Asking;

/// A stream's messages in order, whichever connections they came over. Questions go
/// to `asking`, where there is one.
class StreamReader {
  public:
    explicit StreamReader(Screen& screen, Asking* asking = nullptr) : screen_(screen), asking_(asking) {}

    /// Shows what the message says. Anything unknown is passed over.
    void take(const std::string& data, const std::string& id);

    const std::string& last_id() const { return last_id_; }
    const std::optional<Ended>& ended() const { return ended_; }

  private:
    void take_event(const json::object& event, bool is_numbered);
    void take_progress(const json::object& event);
    void take_token(const json::object& event);
    void take_step(const json::object& event);
    void take_question(const json::object& event, bool is_answered);
    void draw_steps();

    Screen& screen_;
    Asking* asking_;
    std::string last_id_{};
    std::optional<Ended> ended_{};
    StepBoard steps_{};
    std::set<std::string> asked_{};  // keys; a person who types must not be written over
};

/// Until the task has ended; Trouble when the server was away for kPatience, or says no.
Async<Reply<Ended>> follow(Api& api, Screen& screen, std::string task_id, Asking* asking = nullptr);

/// What ^C means while a task is followed.
enum class OnInterrupt { CancelTask, StopWatching };

/// The same, with the task's questions put to the person at `prompt`; ended early when `until` passes
/// (Timeout) or by ^C (Cancelled; a task that is to be cancelled is followed to that end, at most
/// kCancelTime).
Async<Reply<Ended>> follow_until(Api& api, Screen& screen, Log& log, Interrupt& interrupt,
                                 std::string task_id, MonoTime until, OnInterrupt on_interrupt,
                                 Prompt* prompt = nullptr);

inline constexpr Duration kCancelTime = std::chrono::seconds(10);

}  // namespace meshai::cli
