#include "agents/dialect/relay.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agents/cost.h"

namespace meshai::agents::dialect {
namespace {

constexpr std::size_t kDetailsBytesMax = 16U << 10U;
constexpr std::size_t kCodeBytesMax = 64;

// What an agent may say of itself that means the same in our API. Every other
// code is the agent's own word and stands in the details.
constexpr std::array kSharedCodes = {Code::ResourceExhausted, Code::Timeout, Code::TooLarge};

json::object bounded(json::object details) {
    if (details.empty() || to_text(details).size() <= kDetailsBytesMax) return details;
    return json::object{{"truncated", true}};
}

bool is_success(std::string_view status) {
    return status.empty() || status == "completed" || status == "success" || status == "ok";
}

}  // namespace

void Relay::end(Ending ending) {
    if (!ending_) ending_.emplace(std::move(ending));
}

Async<void> Relay::take_batch(Batch batch) {
    std::vector<Said> events;
    std::optional<Failure> broken;
    for (const auto& message : batch.messages) {
        auto said = parse_message(message.data);
        if (!said) {
            broken = batch.is_end ? stopped(batch.unfinished) : broke_contract(peer_, said.error().message);
            break;
        }
        events.insert(events.end(), std::make_move_iterator(said->begin()),
                      std::make_move_iterator(said->end()));
    }
    co_await take(std::move(events));
    if (broken) end(std::unexpected(std::move(*broken)));
    if (batch.is_overlong) end(std::unexpected(overlong()));
    if (batch.is_end) end(std::unexpected(stopped(0)));
}

Async<void> Relay::take(std::vector<Said> events) {
    for (auto& event : events) {
        if (has_ended()) co_return;
        if (auto* token = std::get_if<Token>(&event)) {
            tokens_ += token->text;
            continue;
        }
        co_await flush_tokens();
        if (!has_ended()) co_await take_one(std::move(event));
    }
    if (!has_ended()) co_await flush_tokens();
}

Async<void> Relay::flush_tokens() {
    if (tokens_.empty()) co_return;
    auto taken = co_await output_.write(std::exchange(tokens_, {}));
    if (!taken) end(std::unexpected(run_over(taken.error())));
}

Async<void> Relay::take_one(Said event) {
    Status taken;
    if (auto* progress = std::get_if<task::Progress>(&event)) {
        // Percentages never fall: a client's progress bar would jump back.
        if (progress->percent) percent_ = std::max(percent_, *progress->percent);
        if (progress->percent) progress->percent = percent_;
        progress->details = bounded(std::move(progress->details));
        taken = co_await sink_.progress(std::move(*progress));
    } else if (auto* message = std::get_if<task::AgentMessage>(&event)) {
        taken = co_await sink_.message(std::move(*message));
    } else if (std::holds_alternative<Keepalive>(event)) {
        taken = co_await sink_.alive();
    } else if (auto* start = std::get_if<Start>(&event)) {
        if (!start->task_id.empty()) task_id_ = start->task_id;
    } else if (auto* outcome = std::get_if<Outcome>(&event)) {
        has_agents_word_ = true;
        result_url_ = outcome->is_truncated ? outcome->url : std::string{};
        end(Answer{.result = normal_result(std::move(outcome->value)),
                   .usage = with_cost(outcome->usage, price_)});
    } else if (auto* failed = std::get_if<Fault>(&event)) {
        has_agents_word_ = true;
        is_cancelled_by_agent_ = failed->code == code_name(Code::Cancelled);
        end(std::unexpected(fault(*failed)));
    } else if (auto* complete = std::get_if<Complete>(&event)) {
        has_agents_word_ = true;
        if (is_success(complete->status))
            end_without_result("complete", complete->usage);
        else
            end(std::unexpected(agent_failed(peer_, fmt::format("it ended as \"{}\"", complete->status))));
    } else if (std::holds_alternative<Done>(event)) {
        has_agents_word_ = true;
        end_without_result("[DONE]", {});
    }
    if (!taken) end(std::unexpected(run_over(taken.error())));
}

void Relay::end_without_result(std::string_view said, task::Usage usage) {
    if (output_.text().empty())
        return end(std::unexpected(
            broke_contract(peer_, fmt::format("said {} without giving a result or an error", said))));
    end(Answer{.result = json::string(output_.text()), .usage = with_cost(usage, price_)});
}

Failure Relay::fault(const Fault& fault) const {
    auto details = bounded(fault.details);
    // Agents that print what they were sent print their key with it.
    if (const auto text = to_text(details); quoted(peer_, text) != utf8_prefix(text, task::kMessageBytesMax))
        details = {{"redacted", true}};
    auto failure = agent_failed(peer_, fault.message, std::move(details));
    for (const auto code : kSharedCodes)
        if (fault.code == code_name(code)) failure.error.code = code;
    if (!fault.code.empty())
        failure.details["agent_code"] = quoted(peer_, utf8_prefix(fault.code, kCodeBytesMax));
    return failure;
}

Failure Relay::overlong() const {
    return broke_contract(
        peer_, fmt::format("sent a message of more than {} KiB, which is its bound", line_bytes_max_ >> 10U));
}

Failure Relay::stopped(std::size_t unfinished_bytes) const {
    auto failure =
        unfinished_bytes > 0
            ? broke_contract(peer_, fmt::format("stopped in the middle of a message ({} bytes of it came)",
                                                unfinished_bytes))
            : broke_contract(peer_, "stopped without a result or an error");
    failure.is_transient = true;
    return failure;
}

}  // namespace meshai::agents::dialect
