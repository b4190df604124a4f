#include "cli/answer.h"

#include <fmt/format.h>

#include <algorithm>

namespace meshai::cli {
namespace {

constexpr int kUnprocessable = 422;

std::string input_path(const std::string& task) {
    return "/api/v1/tasks/" + percent_encoded(task) + "/input";
}

std::string how_to_answer(const std::string& task, const TaskQuestion& question) {
    auto how = fmt::format("answer it with: meshai task answer {} --question '{}'", task, question.key);
    return question.link.empty() ? how : how + fmt::format(", or at {}", question.link);
}

Async<Reply<json::value>> send(Api& api, std::string task, std::string key, json::value answer) {
    json::object body;
    body["key"] = std::move(key);
    body["answer"] = std::move(answer);
    // The same answer given twice counts once, so that it may be tried again.
    ApiCall wanted{.method = "POST", .path = input_path(task), .body = std::move(body)};
    co_return co_await api.call_patiently(std::move(wanted), api.clock().in(kPatience));
}

/// What the person wants to say; nothing when they have gone.
Async<std::optional<json::value>> ask_person(Prompt& prompt, const TaskQuestion& question) {
    std::optional<std::string> action;
    while (!action) {
        auto typed = co_await prompt.line("answer? [y]es, [n]o, [c]ancel: ");
        if (!typed) co_return std::nullopt;
        action = action_of(*typed);
    }
    if (*action != "accept") co_return answer_with(*action);
    json::object content;
    for (const auto& field : field_names(question)) {
        auto typed = co_await prompt.line(printable(field_prompt(question, field), false));
        if (!typed) co_return std::nullopt;
        if (auto value = field_value(question, field, *typed)) content[field] = std::move(*value);
    }
    co_return answer_with(*action, std::move(content));
}

enum class Said { Yes, Refused, Gone };

struct Talk {
    Said said = Said::Gone;
    json::value reply{};
    std::optional<Trouble> trouble{};
};

/// Asks, sends, and asks again while the server says that the answer does not fit.
Async<Talk> talk(Api& api, Screen& screen, Prompt& prompt, std::string task, TaskQuestion question) {
    for (int tries = 0; tries < kAnswerTriesMax; ++tries) {
        auto answer = co_await ask_person(prompt, question);
        if (!answer) co_return Talk{};
        auto reply = co_await send(api, task, question.key, std::move(*answer));
        if (reply) co_return Talk{Said::Yes, std::move(*reply)};
        // The stream may be quicker than the reply in telling that there is an answer now.
        if (co_await is_cancelled()) co_return Talk{};
        screen.note(reply.error().error.message);
        if (reply.error().status != kUnprocessable)
            co_return Talk{Said::Refused, {}, std::move(reply.error())};
    }
    co_return Talk{};
}

Result<json::value> said_in(const AnswerWish& wish, const TaskQuestion& question) {
    if (!wish.json.empty()) {
        auto value = parse_json(wish.json);
        if (!value) return Error{Code::InvalidArgument, "--json is no JSON: " + value.error().message};
        return value;
    }
    const auto action = wish.action.empty() ? std::string("accept") : wish.action;
    if (action != "accept") return json::value(answer_with(action));
    json::object content;
    for (const auto& field : wish.fields) {
        const auto equals = field.find('=');
        if (equals == std::string::npos || equals == 0)
            return Error{Code::InvalidArgument,
                         fmt::format("--set wants name=value, and \"{}\" is none.", field)};
        const auto name = field.substr(0, equals);
        const auto text = field.substr(equals + 1);
        content[name] = field_value(question, name, text).value_or(json::value(text));
    }
    return json::value(answer_with(action, std::move(content)));
}

bool says_something(const AnswerWish& wish) {
    return !wish.json.empty() || !wish.action.empty() || !wish.fields.empty();
}

std::vector<TaskQuestion> questions_in(const json::value& shown) {
    std::vector<TaskQuestion> questions;
    const auto* object = shown.if_object();
    const auto* list = object ? find_array(*object, "questions") : nullptr;
    if (!list) return questions;
    for (const auto& one : *list)
        if (const auto* question = one.if_object()) questions.push_back(question_of(*question));
    return questions;
}

int complain_of_none(Session& session, const AnswerWish& wish, const json::value& shown) {
    const auto* object = shown.if_object();
    const auto status = object ? find_string(*object, "status").value_or("") : "";
    const auto* answered = object ? find_array(*object, "answered") : nullptr;
    if (answered && !wish.question.empty())
        for (const auto& one : *answered)
            if (const auto* given = one.if_object(); given && find_string(*given, "key") == wish.question) {
                session.complain(fmt::format("question {} of task {} was answered by {}", wish.question,
                                             wish.id, find_string(*given, "by").value_or("somebody")));
                return kFailed;
            }
    session.complain(wish.question.empty()
                         ? fmt::format("task {} is {} and asks nothing now", wish.id, status)
                         : fmt::format("task {} does not ask {} now", wish.id, wish.question));
    return kNotFound;
}

void show(Session& session, const json::value& reply, const TaskQuestion& question, Form form) {
    if (form == Form::Json)
        session.screen.result_json(reply);
    else
        session.screen.result(fmt::format("{} is answered", question.key));
}

Async<int> answer_one(Session& session, const AnswerWish& wish, const TaskQuestion& question) {
    if (says_something(wish)) {
        auto said = said_in(wish, question);
        if (!said) {
            session.complain(said.error().message);
            co_return kUsage;
        }
        auto reply = co_await send(session.api, wish.id, question.key, std::move(*said));
        if (!reply) co_return report(session, reply.error());
        show(session, *reply, question, wish.form);
        co_return kOk;
    }
    for (const auto& line : lines_of(question)) session.screen.note(line);
    if (session.prompt == nullptr || !question.is_for_a_person) {
        session.complain("say --accept, --decline or --cancel, with --set name=value or --json for a form");
        co_return kUsage;
    }
    auto talked = co_await talk(session.api, session.screen, *session.prompt, wish.id, question);
    if (talked.trouble) co_return talked.trouble->exit_code();
    if (talked.said != Said::Yes) {
        session.complain(fmt::format("question {} is not answered", question.key));
        co_return kCancelled;
    }
    show(session, talked.reply, question, wish.form);
    co_return kOk;
}

}  // namespace

Async<int> answer_task(Session& session, AnswerWish wish) {
    auto shown = co_await session.api.call({.path = input_path(wish.id)});
    if (!shown) co_return report(session, shown.error());
    auto questions = questions_in(*shown);
    if (!wish.question.empty())
        std::erase_if(questions, [&](const TaskQuestion& one) { return one.key != wish.question; });
    if (questions.empty()) co_return complain_of_none(session, wish, *shown);
    const bool is_asked_of_person = session.prompt != nullptr && !says_something(wish);
    if (questions.size() > 1 && !is_asked_of_person) {
        std::string keys;
        for (const auto& question : questions) keys += (keys.empty() ? "" : ", ") + question.key;
        session.complain(fmt::format("the task asks several things; say which with --question: {}", keys));
        co_return kUsage;
    }
    for (const auto& question : questions) {
        const int code = co_await answer_one(session, wish, question);
        if (code != kOk) co_return code;
    }
    co_return kOk;
}

Asking::Asking(Api& api, Screen& screen, Prompt* prompt, Log& log, Executor ex, std::string task)
    : api_(api),
      screen_(screen),
      prompt_(prompt),
      log_(log),
      task_(std::move(task)),
      bell_(ex, api.clock()),
      scope_(ex, api.clock(), log) {
    if (prompt_ != nullptr) scope_.spawn("ask the person", work());
}

void Asking::asked(TaskQuestion question) {
    for (const auto& line : lines_of(question)) screen_.note(line);
    if (prompt_ == nullptr || !question.is_for_a_person) {
        screen_.note(how_to_answer(task_, question));
        return;
    }
    const bool is_known = question.key == now_ || std::ranges::any_of(waiting_, [&](const auto& one) {
                              return one.key == question.key;
                          });
    if (!is_known) waiting_.push_back(std::move(question));
    bell_.notify();
}

void Asking::given(const std::string& key, const std::string& by) {
    screen_.note(by == "expired" ? fmt::format("{}: nobody answered in time", key)
                                 : fmt::format("{}: answered by {}", key, by));
    std::erase_if(waiting_, [&](const TaskQuestion& one) { return one.key == key; });
    if (key == now_ && one_) one_->cancel();
}

Async<void> Asking::close() {
    co_await scope_.close();
    if (one_) co_await one_->close();
}

Async<void> Asking::work() {
    for (;;) {
        if (co_await bell_.wait_until(kNever) != Wake::Notified) co_return;
        while (!waiting_.empty()) {
            auto question = std::move(waiting_.front());
            waiting_.pop_front();
            now_ = question.key;
            is_done_ = false;
            one_ = std::make_unique<Scope>(co_await this_executor(), api_.clock(), log_);
            one_->spawn("put a question", put(std::move(question)));
            // Not closed here: who waits for that can no longer be cancelled.
            while (!is_done_)
                if (co_await bell_.wait_until(kNever) != Wake::Notified) co_return;
            now_.clear();
        }
    }
}

Async<void> Asking::put(TaskQuestion question) {
    auto talked = co_await talk(api_, screen_, *prompt_, task_, question);
    // The person left the question open, and nobody else has closed it.
    if (talked.said == Said::Gone && !co_await is_cancelled()) screen_.note(how_to_answer(task_, question));
    is_done_ = true;
    bell_.notify();
}

}  // namespace meshai::cli
