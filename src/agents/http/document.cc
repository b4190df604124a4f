#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agents/cost.h"
#include "agents/dialect/said.h"
#include "agents/failure.h"
#include "agents/http/adapter.h"

namespace meshai::agents::http {
namespace {

constexpr std::array<std::string_view, 6> kFailedWords = {"failed",  "failure",   "error",
                                                          "timeout", "cancelled", "rejected"};

Failure own_failure(const Peer& peer, const json::object& answer, std::string_view status) {
    std::string why;
    for (const auto* member : {"error", "detail", "message", "result"}) {
        const auto* value = find(answer, member);
        if (!value || value->is_null() || !why.empty()) continue;
        const auto* object = value->if_object();
        if (value->is_string())
            why = std::string(value->get_string());
        else
            why = object ? find_string(*object, "message").value_or(to_text(*value)) : to_text(*value);
    }
    auto failure = agent_failed(peer, why);
    failure.details["agent_status"] = quoted(peer, status);
    if (status == "timeout") failure.error.code = Code::Timeout;
    return failure;
}

}  // namespace

Ending read_document(const Document& of, std::string_view body) {
    const Peer peer{.name = of.agent, .key = of.key};
    if (body.empty()) return std::unexpected(broke_contract(peer, "answered with an empty body"));
    const auto parsed = parse_json(body);
    if (!parsed) return std::unexpected(broke_contract(peer, "answered with a body that is not JSON"));
    const auto* answer = parsed->if_object();
    if (!answer) return std::unexpected(broke_contract(peer, "answered with JSON that is not an object"));
    const auto* status = find(*answer, "status");
    if (status && !status->is_null() && !status->is_string())
        return std::unexpected(broke_contract(peer, "answered with a \"status\" that is not a string"));
    if (status && status->is_string()) {
        const std::string word(status->get_string());
        if (std::ranges::find(kFailedWords, word) != kFailedWords.end())
            return std::unexpected(own_failure(peer, *answer, word));
    }
    const auto* result = find(*answer, "result");
    if (!result) {
        const auto* error = find(*answer, "error");
        if (error && !error->is_null()) return std::unexpected(own_failure(peer, *answer, "error"));
        return std::unexpected(broke_contract(peer, "answered without a \"result\""));
    }
    task::Usage usage;
    if (const auto* used = find_object(*answer, "usage")) usage = dialect::read_usage(*used);
    return Answer{.result = dialect::normal_result(*result), .usage = with_cost(usage, of.price)};
}

}  // namespace meshai::agents::http
