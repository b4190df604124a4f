#include "doors/mcp/tasks/follow.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <set>
#include <vector>

#include "base/scope.h"
#include "doors/mcp/tasks/shown.h"
#include "doors/stream/stream.h"
#include "doors/stream/words.h"

namespace meshai::doors::mcp {
namespace {

constexpr std::string_view kKeyPrefix = "task.";

// F11: "The progress value MUST increase with each notification." A line that
// brings no new percentage moves it by one step, a tenth of a percent.
constexpr double kTotal = 100;
constexpr double kStepsPerPercent = 10;

using Asking = std::expected<wire::mcp::Answers, std::variant<Paused, Error>>;

// The events of a task as progress of the request.
class Teller {
  public:
    Teller(Context& context, Telling telling)
        : context_(context), telling_(context.wants_progress() ? telling : Telling::Nothing) {}

    Async<void> tell(const task::Event& event) {
        if (telling_ == Telling::Nothing) co_return;
        story_.note(event);
        std::string line;
        if (const auto progress = progress_of(event, story_)) {
            line = progress->message;
        } else if (const auto* output = std::get_if<task::Output>(&event.body)) {
            if (telling_ == Telling::ProgressAndOutput) line = output->text;
        }
        if (line.empty()) co_return;
        line = valid_utf8(utf8_prefix(line, wire::guide::kDetailsBytesMax));
        // That the client does not hear it is no reason to stop: the request's end is told by its scope.
        if (telling_ == Telling::ProgressAndOutput)
            (void)co_await context_.progress(static_cast<double>(++pieces_), std::nullopt, std::move(line));
        else
            co_await tell_percent(std::move(line));
    }

  private:
    Async<void> tell_percent(std::string line) {
        const auto reached = static_cast<std::int64_t>(story_.percent() * kStepsPerPercent);
        const auto step = std::max(reached, said_ + 1);
        const auto done = static_cast<double>(step) / kStepsPerPercent;
        if (done > kTotal) co_return;
        said_ = step;
        (void)co_await context_.progress(done, kTotal, std::move(line));
    }

    Context& context_;
    Telling telling_;
    Backstory story_{};
    std::int64_t said_ = -1;
    std::int64_t pieces_ = 0;  // of a request whose output is told: it has no total
};

// Questions that are with the client now. What they ask for can be taken back
// by closing the scope.
struct Round {
    Round(Executor ex, const House& house) : scope(ex, house.clock, house.log) {}

    std::set<std::string> keys{};  ///< of the task
    std::optional<Asking> outcome{};
    Scope scope;
};

Async<void> ask_client(Context& context, TaskId task, wire::mcp::Questions questions, Round& round,
                       Signal bell) {
    round.outcome.emplace(co_await context.ask_for(std::move(task), std::move(questions)));
    bell.notify();
}

class Following {
  public:
    Following(const House& house, Context& context, FollowWish wish, Executor ex)
        : house_(house),
          context_(context),
          wish_(std::move(wish)),
          ex_(ex),
          follower_(house.tasks, ex, context.caller().tenant, wish_.task, Seq{0}),
          teller_(context, wish_.telling) {}

    Async<FollowOutcome> run() {
        for (;;) {
            auto events = co_await follower_.next(wish_.until, kEventsAtOnceMax);
            if (!events) co_return events.error();
            for (const auto& event : *events) {
                co_await teller_.tell(event);
                view_ = task::apply(std::move(view_), event);
            }
            if (task::is_final(view_.state) || house_.clock.now() >= wish_.until) co_return std::move(view_);
            if (co_await attend_questions()) co_return Paused{};
        }
    }

    /// Nothing is asked any more. Before the following ends, however it does, and
    /// not earlier: who waits for a scope to close can no longer be cancelled.
    Async<void> close() {
        end_round();
        for (auto& round : over_) co_await round->scope.close();
    }

  private:
    // True when the client must come back with the answers.
    Async<bool> attend_questions() {
        if (round_ && round_->outcome) {
            auto outcome = std::move(*round_->outcome);
            end_round();
            if (outcome) {
                co_await pass_on(std::move(*outcome));
            } else if (std::holds_alternative<Paused>(outcome.error())) {
                co_return true;
            }
            // A client that cannot be asked, or does not answer, goes on waiting for the task:
            // somebody else may answer it.
        }
        if (round_ && !is_any_open(round_->keys)) end_round();
        if (!round_) ask();
        co_return false;
    }

    // Whatever of it is still with the client is taken back.
    void end_round() {
        if (!round_) return;
        round_->scope.cancel();
        std::erase_if(over_, [](const auto& round) { return round->scope.running() == 0; });
        over_.push_back(std::move(round_));
    }

    bool is_any_open(const std::set<std::string>& keys) const {
        return std::ranges::any_of(view_.inquiries, [&](const auto& entry) {
            return entry.second.is_open && keys.contains(entry.first);
        });
    }

    // Puts what the task asks, and this request has not put yet, to the client.
    void ask() {
        wire::mcp::Questions questions;
        std::set<std::string> keys;
        for (auto& [key, question] : open_questions(view_)) {
            if (!asked_.insert(key).second) continue;
            questions.emplace(key_at_client(key), std::move(question));
            keys.insert(key);
        }
        if (questions.empty()) return;
        round_ = std::make_unique<Round>(ex_, house_);
        round_->keys = std::move(keys);
        round_->scope.spawn("questions of a task", ask_client(context_, wish_.task, std::move(questions),
                                                              *round_, follower_.signal()));
    }

    Async<void> pass_on(wire::mcp::Answers answers) {
        agents::Answers given;
        for (auto& [key, answer] : answers)
            if (key.starts_with(kKeyPrefix)) given[key.substr(kKeyPrefix.size())] = std::move(answer);
        auto stored = co_await house_.executor.answer(context_.caller(), wish_.task, std::move(given));
        if (stored || stored.error().code == Code::AlreadyFinished) co_return;
        house_.log.warn("the answers of a client cannot be given to its task",
                        {{"task", wish_.task.value},
                         {"code", code_name(stored.error().code)},
                         {"cause", stored.error().message}});
    }

    const House& house_;
    Context& context_;
    FollowWish wish_;
    Executor ex_;
    task::Follower follower_;
    Teller teller_;
    task::View view_{};
    std::set<std::string> asked_{};
    std::unique_ptr<Round> round_{};
    std::vector<std::unique_ptr<Round>> over_{};  ///< of which something may still be ending
};

}  // namespace

std::string key_at_client(const std::string& key_of_task) {
    return std::string(kKeyPrefix) + key_of_task;
}

Async<FollowOutcome> follow_task(const House& house, Context& context, FollowWish wish) {
    Following following(house, context, std::move(wish), co_await this_executor());
    FollowOutcome outcome;
    std::exception_ptr bug;
    try {
        outcome = co_await following.run();
    } catch (...) {
        // What was spawned refers to this frame, so it ends before the exception goes on.
        bug = std::current_exception();
    }
    co_await following.close();
    if (bug) std::rethrow_exception(bug);
    co_return outcome;
}

}  // namespace meshai::doors::mcp
