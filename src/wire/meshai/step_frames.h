// wire/meshai/step_frames.h
//
// The events of the guide's dialect that show a task of several agents at
// work: its steps, the pieces of text that a step produces, and what agents say
// to each other. The guide names them as planned and gives no payload; these
// are ours, on the same log, with the same bounds as frames.h. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"

namespace meshai::wire::guide {

/// {"type":"step"}: a step begins, changes hands, or has ended.
struct Step {
    std::string step;     ///< a path: "review/draft" is the step draft of the step review
    std::string state;    ///< "started", "executing", "completed", "failed", "skipped" or "cancelled"
    std::string message;  ///< for a person
    std::string kind{};   ///< "agent", "map", "wait", …; may be empty
    std::string agent{};  ///< may be empty
    TaskId task{};        ///< that does it, with a log of its own; may be empty
    int attempt = 1;
    double percent = 0;  ///< of the whole task
    std::string error{};
    std::string reason{};
    json::value result{};  ///< null where it is not over, or too large for a frame
    WallTime at{};
};
std::string step_frame(const Step& step);

/// {"type":"agent_message"}
struct Message {
    std::string from;
    std::string to;
    std::string kind{};  ///< "handover", "question", "answer"; may be empty
    std::string step{};  ///< whose agent says it; may be empty
    json::value content{};
    WallTime at{};
};
std::string agent_message_frame(const Message& message);

/// A piece of what a step writes: {"type":"token","step":…}. As token_frames.
std::vector<std::string> step_token_frames(std::string_view step, std::string_view text, int attempt);

}  // namespace meshai::wire::guide
