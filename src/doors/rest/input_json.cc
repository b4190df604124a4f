#include "doors/rest/input_json.h"

#include "doors/mcp/tasks/shown.h"

namespace meshai::doors {
namespace {

json::value time_or_null(const std::optional<WallTime>& time) {
    if (!time) return nullptr;
    return json::value(rfc3339_ms(*time));
}

json::object question_json(const TaskId& id, const std::string& key, const task::Inquiry& inquiry) {
    const auto question = to_json(mcp::question_from(inquiry.question));
    json::object one;
    one["key"] = key;
    one["message"] = wire::guide::message_of_question(question);
    one["question"] = question;
    one["expires_at"] = time_or_null(inquiry.expires_at);
    one["answer_url"] = wire::guide::answer_url(id);
    return one;
}

}  // namespace

json::array questions_json(const TaskId& id, const task::View& view, const LinkOf& link_of) {
    json::array questions;
    if (task::is_final(view.state)) return questions;
    for (const auto& [key, inquiry] : view.inquiries) {
        if (!inquiry.is_open) continue;
        auto one = question_json(id, key, inquiry);
        if (link_of) one["link"] = link_of(id, key, inquiry.expires_at.value_or(view.submitted.deadline));
        questions.push_back(std::move(one));
    }
    return questions;
}

json::object input_json(const TaskId& id, const task::View& view, const LinkOf& link_of) {
    json::array answered;
    for (const auto& [key, inquiry] : view.inquiries) {
        if (!inquiry.answer) continue;
        json::object one;
        one["key"] = key;
        one["by"] = inquiry.answered_by.value;
        one["answer"] = *inquiry.answer;
        answered.push_back(std::move(one));
    }
    json::object body;
    body["task_id"] = id.value;
    body["status"] = task::state_name(view.state);
    body["questions"] = questions_json(id, view, link_of);
    body["answered"] = std::move(answered);
    return body;
}

}  // namespace meshai::doors
