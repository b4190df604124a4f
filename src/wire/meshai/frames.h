// wire/meshai/frames.h
//
// The events of the guide's dialect, each as one line of JSON: the payload of
// a `data:` line. Whatever goes in, no line is longer than kFrameBytesMax: the
// guide's JavaScript client loses an event that comes in two pieces, and from
// 64 KiB on they do. Text is cut between code points, a larger result is named
// and fetchable, details that are too large are left out and said to be. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/result.h"

namespace meshai::wire::guide {

/// Of the JSON text; the lines around it (event:, id:, data:) stay within the rest of 60 KiB.
inline constexpr std::size_t kFrameBytesMax = (60U << 10U) - 256;
inline constexpr std::size_t kDetailsBytesMax = 8U << 10U;    ///< of details, as JSON text
inline constexpr std::size_t kMessageBytesMax = 16U << 10U;   ///< of a message, as JSON text
inline constexpr std::size_t kPreviewBytesMax = 8U << 10U;    ///< of a result that is too large, as JSON text
inline constexpr std::size_t kNameBytesMax = 256;             ///< of an id, a step, an agent's name
inline constexpr std::size_t kQuestionBytesMax = 32U << 10U;  ///< of a question, as JSON text

/// The last frame of a stream, instead of JSON.
inline constexpr std::string_view kDone = "[DONE]";

struct Start {
    TaskId task;
    WallTime at{};
};
std::string start_frame(const Start& start);

struct Progress {
    std::string message;
    double percent = 0;
    std::string step;   ///< may be empty
    std::string agent;  ///< may be empty
    json::object details;
    WallTime at{};
};
std::string progress_frame(const Progress& progress);

/// The task waits for an answer. A question that is too large for a frame is left
/// out and said to be; it stands at `answer_url` as a whole.
struct Asked {
    TaskId task;
    std::string key;
    json::value question;
    std::optional<WallTime> expires_at{};
    std::string link{};  ///< of a page that takes the answer; empty for who may not answer
    WallTime at{};
};
std::string input_required_frame(const Asked& asked);

/// It has one, of this subject; "expired" where nobody answered in time.
struct Answered {
    std::string key;
    std::string by;
    WallTime at{};
};
std::string input_given_frame(const Answered& answered);

/// A piece of the answer. One frame, unless the text is so long (or so full of
/// characters that JSON escapes) that it needs several.
std::vector<std::string> token_frames(std::string_view text, int attempt);

std::string keepalive_frame(WallTime at);

/// How a task ended, for every form in which a client is told.
struct Outcome {
    TaskId task;
    std::string status;  ///< "completed", "failed", "cancelled"; "executing" for an answer before the end
    json::value result;  ///< string or object
    std::string agent;
    std::int64_t duration_ms = 0;
    Code code = Code::Internal;  ///< of a task that did not complete
    std::string message;         ///< the same
    json::object details;        ///< the same
    std::string conversation{};  ///< of which the task is a turn; may be empty
};

std::string result_frame(const Outcome& outcome);
std::string complete_frame(const Outcome& outcome);
std::string error_frame(Code code, std::string_view message, const json::object& details);

/// The result of tools/call: {content, structuredContent, isError?, status}.
json::object tool_result(const Outcome& outcome);

/// The same for a task that still runs when the client must be answered.
json::object tool_result_unfinished(const Outcome& outcome);

/// Results are objects on the wire: a text becomes {"text": …}.
json::object data_of(const json::value& result);

/// Where a task's questions are read and answered.
std::string answer_url(const TaskId& task);

/// What a question says to the person, as far as it says anything.
std::string message_of_question(const json::value& question);

/// Where the whole of a result is read.
std::string result_url(const TaskId& task);

}  // namespace meshai::wire::guide
