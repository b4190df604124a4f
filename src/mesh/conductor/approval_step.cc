#include <fmt/format.h>

#include "base/id.h"
#include "mesh/conductor/steps.h"
#include "workflow/check.h"

namespace meshai::mesh {
namespace {

constexpr std::size_t kDigestShown = 16;

/// A question has one key in the whole task; another attempt is another question.
std::string key_of(const Trial& trial) {
    auto key = trial.here.path;
    if (trial.attempt > 1) key += fmt::format("#{}", trial.attempt);
    if (key.size() <= task::kQuestionKeyBytesMax) return key;
    // FNV-1a: the same path has the same key after a restart, and two paths of one workflow have two.
    std::uint64_t digest = 14695981039346656037ULL;
    for (const auto c : key) digest = (digest ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    const auto shown = std::string(utf8_prefix(key, task::kQuestionKeyBytesMax - kDigestShown - 1));
    return fmt::format("{}~{:016x}", shown, digest);
}

json::object form_of(const workflow::Approval& approval) {
    if (!approval.schema.empty()) return approval.schema;
    return {{"type", "object"}, {"properties", json::object()}};
}

/// MCP, elicitation: "accept", "decline" or "cancel", and with "accept" what the form holds.
struct Said {
    bool approved = false;
    json::object content{};
};

Said read(const json::value& answer) {
    if (const auto* yes = answer.if_bool()) return {*yes, {}};
    const auto* object = answer.if_object();
    if (!object || find_string(*object, "action") != "accept") return {};
    const auto* content = find_object(*object, "content");
    return {true, content ? *content : json::object()};
}

Outcome decided(const Here& here, const workflow::Approval& approval, const Said& said,
                const std::string& by) {
    if (!said.approved && approval.on_reject == workflow::OnReject::Fail)
        return Outcome::failed(
            {Code::PermissionDenied, fmt::format("It was not approved (by {}).", by), here.path});
    if (said.approved && !approval.schema.empty()) {
        workflow::Definition form;
        form.input_schema = approval.schema;
        if (auto fits = workflow::check_input(form, said.content); !fits)
            return Outcome::failed({Code::InvalidArgument,
                                    "The answer does not fit the form: " + fits.error().message, here.path});
    }
    return Outcome::done(json::object{{"approved", said.approved}, {"content", said.content}, {"by", by}});
}

Outcome expired(const Here& here, const workflow::Approval& approval) {
    const std::string by(task::kExpired);
    switch (approval.on_timeout) {
        case workflow::OnTimeout::Approve:
            return Outcome::done(json::object{{"approved", true}, {"content", json::object()}, {"by", by}});
        case workflow::OnTimeout::Reject:
            return decided(here, approval, Said{}, by);
        case workflow::OnTimeout::Fail:
            break;
    }
    return Outcome::failed({Code::Timeout, "Nobody answered in time.", here.path});
}

}  // namespace

Async<Outcome> run_approval(Stage& stage, Trial trial) {
    const auto& approval = std::get<workflow::Approval>(trial.here.step->work);
    auto message = trial.here.sight->fill(approval.message);
    if (!message) co_return Outcome::failed(wrong("message", message.error()));
    const auto words = message->is_string() ? std::string(message->get_string()) : to_text(*message);
    const auto key = key_of(trial);
    agents::Questions questions;
    questions[key] =
        json::object{{"method", "elicitation/create"},
                     {"params", json::object{{"message", words}, {"requestedSchema", form_of(approval)}}}};
    std::optional<WallTime> expires_at;
    if (trial.here.step->timeout) expires_at = trial.began_at + *trial.here.step->timeout;
    auto answers = co_await stage.sink.ask(std::move(questions), expires_at);
    if (!answers && answers.error().code == Code::Timeout) co_return expired(trial.here, approval);
    if (!answers && answers.error().code == Code::Cancelled) co_return Outcome::cut();
    if (!answers) co_return Outcome::failed({answers.error().code, answers.error().message, trial.here.path});
    co_return decided(trial.here, approval, read(answers->at(key)), stage.sink.answered_by(key).value);
}

}  // namespace meshai::mesh
