#include "task/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "task/conversation_rows.h"
#include "task/event_words.h"

namespace meshai::task {
namespace {

constexpr int kRetriesMax = 10;

void cut(std::string& message) {
    message.resize(utf8_prefix(message, kMessageBytesMax).size());
}

void cut_path(std::string& path) {
    path.resize(utf8_prefix(path, kStepPathBytesMax).size());
}

// Clients and their clocks know percentages from 0 to 100 only.
void fit_percent(std::optional<double>& percent) {
    if (!percent) return;
    if (!std::isfinite(*percent))
        percent.reset();
    else
        percent = std::clamp(*percent, 0.0, 100.0);
}

void split(const Output& output, std::vector<Body>& into) {
    std::string_view rest = output.text;
    do {
        auto piece = utf8_prefix(rest, kOutputPieceBytesMax);
        if (piece.empty()) piece = rest.substr(0, kOutputPieceBytesMax);  // not UTF-8 at all
        into.emplace_back(Output{std::string(piece), output.attempt});
        rest.remove_prefix(piece.size());
    } while (!rest.empty());
}

// Half of an object says something else than the whole; better to say that it was too large.
void fit_details(json::object& details) {
    if (details.empty()) return;
    const auto bytes = to_text(details).size();
    if (bytes > kDetailsBytesMax) details = {{"truncated", true}, {"bytes", bytes}};
}

Status fit(Body& body) {
    if (auto* progress = std::get_if<Progress>(&body)) {
        cut(progress->message);
        cut_path(progress->step);
        fit_details(progress->details);
        fit_percent(progress->percent);
    } else if (auto* started = std::get_if<StepStarted>(&body)) {
        cut_path(started->step);
    } else if (auto* finished = std::get_if<StepFinished>(&body)) {
        cut_path(finished->step);
        cut(finished->reason);
        if (to_text(finished->result).size() > kStepResultBytesMax) finished->result = nullptr;
    } else if (auto* relayed = std::get_if<Relayed>(&body)) {
        cut_path(relayed->step);
    } else if (auto* routed = std::get_if<Routed>(&body)) {
        cut(routed->reason);
        if (routed->candidates.size() > kCandidatesMax) routed->candidates.resize(kCandidatesMax);
    } else if (auto* failed = std::get_if<Failed>(&body)) {
        cut(failed->message);
        fit_details(failed->details);
        if (to_text(failed->partial).size() > kPartialBytesMax) failed->partial.clear();
    } else if (auto* cancelled = std::get_if<Cancelled>(&body)) {
        cut(cancelled->by);
        cut(cancelled->why);
    } else if (const auto* asked = std::get_if<InputRequired>(&body)) {
        if (asked->key.size() > kQuestionKeyBytesMax || to_text(asked->question).size() > kQuestionBytesMax)
            return Error{Code::TooLarge, fmt::format("A question is over {} bytes.", kQuestionBytesMax)};
    } else if (const auto* given = std::get_if<InputGiven>(&body)) {
        if (to_text(given->answer).size() > kAnswerBytesMax)
            return Error{Code::TooLarge, fmt::format("An answer is over {} bytes.", kAnswerBytesMax)};
    } else if (const auto* completed = std::get_if<Completed>(&body)) {
        if (to_text(completed->result).size() > kResultBytesMax)
            return Error{Code::TooLarge, fmt::format("The result is over {} bytes.", kResultBytesMax)};
    }
    return {};
}

}  // namespace

Result<std::vector<Body>> fit(std::vector<Body> bodies) {
    if (bodies.empty()) return Error{Code::InvalidArgument, "An append needs at least one event."};
    std::vector<Body> fitted;
    fitted.reserve(bodies.size());
    for (auto& body : bodies) {
        if (std::holds_alternative<Submitted>(body))
            return Error{Code::InvalidArgument, "Only a submission makes the first event of a task."};
        if (is_last(body) && &body != &bodies.back())
            return Error{Code::InvalidArgument, "Nothing can follow the terminal event of a task."};
        if (const auto* output = std::get_if<Output>(&body)) {
            split(*output, fitted);
            continue;
        }
        if (auto fine = fit(body); !fine) return fine.error();
        fitted.push_back(std::move(body));
    }
    return fitted;
}

Status check_request(const Request& request) {
    if (request.retries_max < 0 || request.retries_max > kRetriesMax)
        return Error{Code::InvalidArgument,
                     fmt::format("\"max_retries\" must be between 0 and {}.", kRetriesMax)};
    if (request.timeout && *request.timeout <= Millis::zero())
        return Error{Code::InvalidArgument, "\"timeout_seconds\" must be more than 0."};
    if (!request.conversation.empty())
        if (auto fine = check_conversation_id(request.conversation); !fine) return fine;
    // The input alone has its bound; what comes with it (context, parameters,
    // instructions) may take as much again.
    if (to_text(request.input).size() > kInputBytesMax)
        return Error{Code::TooLarge, fmt::format("The input is over {} bytes.", kInputBytesMax)};
    if (to_text(to_json(request)).size() > 2 * kInputBytesMax)
        return Error{Code::TooLarge, fmt::format("The request is over {} bytes.", 2 * kInputBytesMax)};
    return {};
}

}  // namespace meshai::task
