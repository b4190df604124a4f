#include "doors/rest/input_answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "doors/front/call.h"
#include "doors/mcp/tasks/shown.h"

namespace meshai::doors {
namespace {

constexpr int kUnprocessable = 422;
constexpr int kConflict = 409;

using Taken = std::expected<task::View, NotTaken>;

json::object accepted_with(json::object content) {
    json::object answer;
    answer["action"] = "accept";
    answer["content"] = std::move(content);
    return answer;
}

json::object yes_or_no(bool yes) {
    json::object answer;
    answer["action"] = yes ? "accept" : "decline";
    return answer;
}

// {"action": …, "content"?: …} and nothing of a form beside it.
bool is_spelled_out(const json::object& said) {
    const auto action = find_string(said, "action");
    if (action != "accept" && action != "decline" && action != "cancel") return false;
    return std::ranges::all_of(said, [](const auto& member) {
        return member.key() == "action" || member.key() == "content" || member.key() == "_meta";
    });
}

// The only field of the form, if a value alone can mean it.
std::optional<std::string> only_field(const json::object& schema, const json::value& said) {
    const auto* properties = find_object(schema, "properties");
    if (!properties || properties->size() != 1) return std::nullopt;
    const auto& [name, field] = *properties->begin();
    const auto* object = field.if_object();
    const bool is_boolean = object && find_string(*object, "type") == "boolean";
    if (said.is_bool() && !is_boolean) return std::nullopt;
    return std::string(name);
}

Error what_it_takes(bool has_form) {
    return {
        Code::InvalidArgument,
        has_form
            ? R"(An answer is {"action": "accept", "decline" or "cancel", "content"?: {…}}, the fields of )"
              R"(the form as an object, or true or false.)"
            : R"(An answer is {"action": "accept", "decline" or "cancel"}, or true or false.)"};
}

Result<json::object> form_answer(const wire::mcp::FormQuestion& form, const json::value& said) {
    if (const auto* object = said.if_object())
        return is_spelled_out(*object) ? *object : accepted_with(*object);
    // No is no, also where the form has a field for it: whoever asks may look at nothing but the action.
    if (const auto* yes = said.if_bool(); yes && !*yes) return yes_or_no(false);
    if (!said.is_null())
        if (const auto field = only_field(form.schema, said)) {
            json::object content;
            content[*field] = said;
            return accepted_with(std::move(content));
        }
    if (const auto* yes = said.if_bool()) return yes_or_no(*yes);
    return what_it_takes(true);
}

Result<json::object> page_answer(const json::value& said) {
    if (const auto* object = said.if_object()) return *object;
    if (const auto* yes = said.if_bool()) return yes_or_no(*yes);
    return what_it_takes(false);
}

NotTaken conflict(const std::string& key, std::string outcome, std::string message,
                  Code code = Code::Conflict) {
    return {{code, std::move(message)}, kConflict, key, std::move(outcome)};
}

NotTaken finished(const std::string& key, const task::View& view) {
    return conflict(key, "finished",
                    fmt::format("The task is {}; it takes no answers any more.", state_name(view.state)),
                    Code::AlreadyFinished);
}

NotTaken expired(const std::string& key, const task::Inquiry& inquiry) {
    return conflict(key, "expired",
                    fmt::format("The question \"{}\" expired{}; the task went on without an answer.", key,
                                inquiry.expires_at ? " at " + rfc3339(*inquiry.expires_at) : ""));
}

NotTaken answered(const std::string& key, const task::Inquiry& inquiry) {
    return conflict(
        key, "answered",
        fmt::format("The question \"{}\" has been answered already, by {}.", key, inquiry.answered_by.value));
}

NotTaken failure(Error error) {
    const int status = status_of(error.code);
    return {std::move(error), status};
}

bool is_same_answer(const task::Inquiry& inquiry, const json::value& answer, const Subject& by) {
    return inquiry.answer == answer && inquiry.answered_by == by;
}

// The answers that are still to be stored.
std::expected<agents::Answers, NotTaken> checked(const task::View& view, const Said& said, const Subject& by,
                                                 WallTime now) {
    agents::Answers answers;
    for (const auto& [key, words] : said) {
        auto refused = closed(view, key, now);
        if (refused && (refused->outcome == "unknown" || refused->outcome == "finished"))
            return std::unexpected(std::move(*refused));
        const auto& inquiry = view.inquiries.at(key);
        auto answer = answer_of(mcp::question_from(inquiry.question), words);
        if (answer && is_same_answer(inquiry, *answer, by)) continue;
        if (refused) return std::unexpected(std::move(*refused));
        if (!answer) {
            Error error{answer.error().code,
                        fmt::format("The answer to \"{}\": {}", key, answer.error().message)};
            return std::unexpected(NotTaken{std::move(error), kUnprocessable, key, "invalid"});
        }
        answers[key] = std::move(*answer);
    }
    return answers;
}

// Others may have been quicker: what stands in the log counts.
std::optional<NotTaken> lost(const task::View& view, const agents::Answers& answers, const Subject& by) {
    for (const auto& [key, answer] : answers) {
        const auto inquiry = view.inquiries.find(key);
        if (inquiry != view.inquiries.end() && is_same_answer(inquiry->second, answer, by)) continue;
        if (inquiry == view.inquiries.end() || !inquiry->second.answer) return finished(key, view);
        if (inquiry->second.answered_by.value == task::kExpired) return expired(key, inquiry->second);
        return answered(key, inquiry->second);
    }
    return std::nullopt;
}

Async<Result<task::View>> see(const House& house, task::Caller caller, TaskId id) {
    auto seen = co_await house.tasks.summary(caller, id);
    if (!seen) co_return seen.error();
    co_return co_await house.tasks.view(caller.tenant, id);
}

}  // namespace

Result<json::object> answer_of(const wire::mcp::Question& question, const json::value& said) {
    Result<json::object> answer = json::object{};
    if (const auto* form = std::get_if<wire::mcp::FormQuestion>(&question))
        answer = form_answer(*form, said);
    else if (std::holds_alternative<wire::mcp::UrlQuestion>(question))
        answer = page_answer(said);
    else
        return check_answer(question, said);
    if (!answer) return answer.error();
    return check_answer(question, *answer);
}

std::optional<NotTaken> closed(const task::View& view, const std::string& key, WallTime now) {
    const auto found = view.inquiries.find(key);
    if (found == view.inquiries.end()) {
        Error error{Code::InvalidArgument, fmt::format("The task has no question \"{}\".", key)};
        return NotTaken{std::move(error), kUnprocessable, key, "unknown"};
    }
    const auto& inquiry = found->second;
    if (inquiry.answered_by.value == task::kExpired) return expired(key, inquiry);
    if (inquiry.answer) return answered(key, inquiry);
    if (task::is_final(view.state)) return finished(key, view);
    // Nobody has said so in the log yet, but from now on the answer is the house's to give.
    if (inquiry.expires_at && *inquiry.expires_at <= now) return expired(key, inquiry);
    return std::nullopt;
}

Async<Taken> give_answers(const House& house, task::Caller caller, TaskId id, Said said) {
    auto view = co_await see(house, caller, id);
    if (!view) co_return std::unexpected(failure(view.error()));
    auto answers = checked(*view, said, caller.subject, house.clock.wall());
    if (!answers) co_return std::unexpected(std::move(answers.error()));
    if (answers->empty()) co_return std::move(*view);

    auto stored = co_await house.executor.answer(caller, id, *answers);
    if (!stored && stored.error().code != Code::AlreadyFinished)
        co_return std::unexpected(failure(stored.error()));
    view = co_await house.tasks.view(caller.tenant, id);
    if (!view) co_return std::unexpected(failure(view.error()));
    if (auto refused = lost(*view, *answers, caller.subject)) co_return std::unexpected(std::move(*refused));
    co_return std::move(*view);
}

}  // namespace meshai::doors
