// cli/answer.h
//
// Answers to questions of tasks: `meshai task answer`, and the person who is
// asked while `meshai run` shows a task. Whether an answer fits and who was first
// is the server's business; what it refuses is said and may be tried again.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/scope.h"
#include "base/signal.h"
#include "cli/answer_words.h"
#include "cli/commands.h"

namespace meshai::cli {

struct AnswerWish {
    std::string id;
    std::string question;             ///< its key; empty: the only one there is
    std::string action;               ///< "accept", "decline", "cancel"; empty: see the others
    std::vector<std::string> fields;  ///< "name=value"
    std::string json;                 ///< the content or the whole answer
    Form form = Form::Table;
};

/// Without anything said on the command line, asks the person at the terminal.
Async<int> answer_task(Session& session, AnswerWish wish);

/// A person who types what does not fit is asked again so often.
inline constexpr int kAnswerTriesMax = 5;

/// Puts questions to the person, one after the other, while a task is followed. A
/// question that somebody else answers is taken back. On one executor; `close` it
/// before anything that it refers to ends.
class Asking {
  public:
    /// Without a prompt it only says how the question can be answered.
    Asking(Api& api, Screen& screen, Prompt* prompt, Log& log, Executor ex, std::string task);

    void asked(TaskQuestion question);
    void given(const std::string& key, const std::string& by);
    Async<void> close();

  private:
    Async<void> work();
    Async<void> put(TaskQuestion question);

    Api& api_;
    Screen& screen_;
    Prompt* prompt_;
    Log& log_;
    std::string task_;
    Signal bell_;
    std::deque<TaskQuestion> waiting_{};
    std::string now_{};  ///< key of the question that is with the person
    bool is_done_ = false;
    std::unique_ptr<Scope> one_{};  ///< of that question; closing it takes the question back
    Scope scope_;
};

}  // namespace meshai::cli
