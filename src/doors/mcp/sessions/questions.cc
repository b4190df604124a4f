#include "doors/mcp/sessions/questions.h"

#include <fmt/format.h>

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

std::optional<QuestionId> question_id_of(const rpc::RequestId& id) {
    if (const auto* number = std::get_if<std::int64_t>(&id.value)) return *number;
    return std::nullopt;
}

Result<json::object> checked(const wire::mcp::Question& question, const rpc::Response& response) {
    if (!response.is_error) return wire::mcp::check_answer(question, std::get<json::value>(response.outcome));
    const auto said = find_string(std::get<json::object>(response.outcome), "message").value_or("no reason");
    constexpr std::size_t kReasonBytesMax = 500;
    return Error{Code::Unavailable,
                 fmt::format("The client did not answer {}: {}", wire::mcp::method_of(question),
                             valid_utf8(utf8_prefix(said, kReasonBytesMax)))};
}

}  // namespace

Result<QuestionId> PendingQuestions::add(wire::mcp::Question question, Signal signal) {
    std::lock_guard lock(mutex_);
    if (pending_.size() >= pending_max_)
        return Error{Code::ResourceExhausted,
                     fmt::format("{} questions to this client wait for an answer already.", pending_max_)};
    pending_.try_emplace(++last_, Pending{std::move(question), std::move(signal)});
    return last_;
}

bool PendingQuestions::answer(const rpc::Response& response) {
    const auto id = question_id_of(response.id);
    if (!id) return false;
    std::lock_guard lock(mutex_);
    const auto found = pending_.find(*id);
    if (found == pending_.end() || found->second.outcome) return false;
    found->second.outcome = checked(found->second.question, response);
    found->second.signal.notify();
    return true;
}

std::optional<Result<json::object>> PendingQuestions::take(QuestionId id) {
    std::lock_guard lock(mutex_);
    const auto found = pending_.find(id);
    if (found == pending_.end() || !found->second.outcome) return std::nullopt;
    auto outcome = std::move(found->second.outcome);
    pending_.erase(found);
    return outcome;
}

void PendingQuestions::forget(QuestionId id) {
    std::lock_guard lock(mutex_);
    pending_.erase(id);
}

std::size_t PendingQuestions::size() const {
    std::lock_guard lock(mutex_);
    return pending_.size();
}

json::object question_message(QuestionId id, const wire::mcp::Question& question,
                              const wire::mcp::Features& features) {
    auto embedded = wire::mcp::to_json(question);
    json::object message;
    message["jsonrpc"] = "2.0";
    message["id"] = id;
    message["method"] = wire::mcp::method_of(question);
    const auto* params = find_object(embedded, "params");
    if (!params) return message;
    message["params"] = *params;
    // Only revisions with URL mode know that there is more than one mode.
    if (!features.elicitation_url) message["params"].get_object().erase("mode");
    return message;
}

Status check_question(const wire::mcp::Question& question, const wire::mcp::Features& features,
                      const wire::mcp::ClientAbilities& client) {
    const bool is_form = std::holds_alternative<wire::mcp::FormQuestion>(question);
    const bool is_url = std::holds_alternative<wire::mcp::UrlQuestion>(question);
    if ((is_form && !features.elicitation) || (is_url && !features.elicitation_url))
        return Error{Code::InvalidArgument,
                     fmt::format("The revision of MCP that this client speaks has no {}{}.",
                                 wire::mcp::method_of(question), is_url ? " by URL" : "")};
    if (wire::mcp::may_ask(client, question)) return {};
    return Error{
        Code::InvalidArgument,
        fmt::format("This needs a client that can be asked ({}): it must declare the capability {} in "
                    "initialize.",
                    wire::mcp::method_of(question), to_text(wire::mcp::needed_for(question)))};
}

}  // namespace meshai::doors::mcp
