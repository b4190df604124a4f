#include <fmt/format.h>

#include <algorithm>

#include "mesh/executor/attempt.h"

namespace meshai::mesh {
namespace {

constexpr std::string_view kWithdrawn = "withdrawn";

Error reused(const std::string& key) {
    return Error{Code::InvalidArgument,
                 fmt::format("The key \"{}\" stands for another question of this task.", key)};
}

Status check_size(const std::string& key, const json::value& question) {
    if (key.empty() || key.size() > task::kQuestionKeyBytesMax || !is_valid_utf8(key))
        return Error{Code::InvalidArgument, fmt::format("The key of a question has 1 to {} bytes of UTF-8.",
                                                        task::kQuestionKeyBytesMax)};
    if (to_text(question).size() > task::kQuestionBytesMax)
        return Error{Code::TooLarge,
                     fmt::format("The question \"{}\" is over {} KiB.", key, task::kQuestionBytesMax >> 10U)};
    return {};
}

}  // namespace

Status Attempt::check(const agents::Questions& questions) const {
    if (questions.empty()) return Error{Code::InvalidArgument, "To ask, at least one question is needed."};
    auto keys = run_.inquiries.size();
    for (const auto& [key, question] : questions) {
        if (auto fine = check_size(key, question); !fine) return fine;
        // ext-tasks: "keys MUST be unique over the lifetime of the task" (K6).
        const auto known = run_.inquiries.find(key);
        if (known != run_.inquiries.end() && known->second.question != question) return reused(key);
        const auto mine = asked_.find(key);
        if (mine != asked_.end() && mine->second != question) return reused(key);
        if (known == run_.inquiries.end()) ++keys;
    }
    if (keys > task::kQuestionsMax)
        return Error{Code::TooLarge, fmt::format("A task asks at most {} questions.", task::kQuestionsMax)};
    return {};
}

/// All together: what is asked at once becomes one unit, and whoever reads the
/// log sees all of it.
bool Attempt::put_questions(const agents::Questions& questions, std::optional<WallTime> expires_at) {
    bool is_any_new = false;
    for (const auto& [key, question] : questions) {
        const auto known = run_.inquiries.find(key);
        if (known != run_.inquiries.end() && known->second.answer) continue;
        if (!asked_.try_emplace(key, question).second) continue;
        // Asked again after a restart, it expires when it was said to.
        auto until = expires_at;
        if (known != run_.inquiries.end() && known->second.expires_at) until = known->second.expires_at;
        pending_.add(task::InputRequired{key, question, until}, key.size() + to_text(question).size());
        is_any_new = true;
    }
    return is_any_new;
}

std::optional<agents::Answers> Attempt::answers_to(const agents::Questions& questions) const {
    agents::Answers answers;
    for (const auto& [key, question] : questions) {
        const auto known = run_.inquiries.find(key);
        if (known == run_.inquiries.end() || !known->second.answer) return std::nullopt;
        answers[key] = *known->second.answer;
    }
    return answers;
}

/// When the house answers; never where nothing expires.
MonoTime Attempt::expiry_of(const agents::Questions& questions) const {
    auto until = kNever;
    for (const auto& [key, question] : questions) {
        const auto known = run_.inquiries.find(key);
        if (known == run_.inquiries.end() || known->second.answer || !known->second.expires_at) continue;
        const auto left =
            std::max<Duration>(*known->second.expires_at - shop_.clock.wall(), Duration::zero());
        until = std::min(until, shop_.clock.in(left));
    }
    return until;
}

bool Attempt::has_expired(const agents::Questions& questions) const {
    return std::ranges::any_of(questions, [&](const auto& entry) {
        const auto known = run_.inquiries.find(entry.first);
        return known != run_.inquiries.end() &&
               known->second.answered_by == Subject{std::string(task::kExpired)};
    });
}

/// Through the mailbox, as a client's answer comes: of the two the first one counts.
void Attempt::put_answer(std::string key, json::value answer, Subject by) {
    AnswerWish wish{{{std::move(key), std::move(answer)}}, std::move(by), [](const Status&) {}};
    if (run_.mail.put(std::move(wish))) run_.wake.notify();
}

void Attempt::expire(const agents::Questions& questions) {
    for (const auto& [key, question] : questions) {
        const auto known = run_.inquiries.find(key);
        const bool is_due = known != run_.inquiries.end() && !known->second.answer &&
                            known->second.expires_at && *known->second.expires_at <= shop_.clock.wall();
        if (is_due) put_answer(key, json::object{{"action", "cancel"}}, Subject{std::string(task::kExpired)});
    }
}

Async<Result<agents::Answers>> Attempt::ask(agents::Questions questions, std::optional<WallTime> expires_at) {
    if (auto fine = check(questions); !fine) co_return fine.error();
    if (auto room = co_await wait_for_room(); !room) co_return room.error();
    if (put_questions(questions, expires_at)) run_.wake.notify();
    for (;;) {
        if (is_over_) co_return Error{Code::Cancelled, "The run is over."};
        if (auto answers = answers_to(questions)) {
            if (has_expired(questions)) co_return Error{Code::Timeout, "Nobody answered in time."};
            co_return std::move(*answers);
        }
        const auto until = expiry_of(questions);
        if (shop_.clock.now() >= until) expire(questions);
        // Once the house has answered, what is waited for is that the log has it.
        if (auto rung = co_await wait_for_bell(shop_.clock.now() >= until ? kNever : until); !rung) {
            if (!is_over_) scope_.spawn("take questions back", withdraw(questions));
            co_return rung.error();
        }
    }
}

/// Nobody waits for the answers any more, and the client need not think of them.
Async<void> Attempt::withdraw(agents::Questions questions) {
    for (const auto& [key, question] : questions) {
        while (!is_over_ && !run_.inquiries.contains(key))
            if (auto rung = co_await wait_for_bell(kNever); !rung) co_return;
        if (is_over_) co_return;
        if (!run_.inquiries.at(key).answer)
            put_answer(key, json::object{{"action", "cancel"}}, Subject{std::string(kWithdrawn)});
    }
}

Subject Attempt::answered_by(const std::string& key) const {
    const auto known = run_.inquiries.find(key);
    return known == run_.inquiries.end() ? Subject{} : known->second.answered_by;
}

void Attempt::hear_log() {
    if (heard_ == run_.last) return;
    heard_ = run_.last;
    let_in();
}

}  // namespace meshai::mesh
