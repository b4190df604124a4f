#include "doors/tools/places.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kAgentWord = "agent:";
constexpr std::string_view kWorkflowWord = "workflow:";
constexpr std::string_view kTaskWord = "task:";

struct Words {
    std::string_view word;
    std::string_view uri;
    std::string_view path;
};

Words words_of(Found::Kind kind) {
    switch (kind) {
        case Found::Kind::Agent:
            return {kAgentWord, kAgentUriPrefix, "/api/v1/agents/"};
        case Found::Kind::Workflow:
            return {kWorkflowWord, kWorkflowUriPrefix, "/api/v1/workflows/"};
        case Found::Kind::Task:
            return {kTaskWord, kTaskUriPrefix, "/api/v1/tasks/"};
    }
    return {kTaskWord, kTaskUriPrefix, "/api/v1/tasks/"};
}

bool is_segment(std::string_view text) {
    return !text.empty() && text.find('/') == std::string_view::npos;
}

}  // namespace

std::string found_id(const Found& found) {
    return std::string(words_of(found.kind).word) + found.id;
}

Found found_of(std::string_view id, Found::Kind otherwise) {
    if (id.starts_with(kAgentWord)) return {Found::Kind::Agent, std::string(id.substr(kAgentWord.size()))};
    if (id.starts_with(kWorkflowWord))
        return {Found::Kind::Workflow, std::string(id.substr(kWorkflowWord.size()))};
    if (id.starts_with(kTaskWord)) return {Found::Kind::Task, std::string(id.substr(kTaskWord.size()))};
    return {otherwise, std::string(id)};
}

std::string url_of(const Found& found, const std::string& public_url) {
    const auto words = words_of(found.kind);
    if (public_url.empty()) return std::string(words.uri) + found.id;
    return public_url + std::string(words.path) + found.id;
}

std::optional<Place> place_of(std::string_view uri) {
    if (uri == kAgentsUri) return Place{};
    if (uri.starts_with(kAgentUriPrefix)) {
        const auto id = uri.substr(kAgentUriPrefix.size());
        if (is_segment(id)) return Place{Place::What::Agent, std::string(id)};
    }
    if (uri.starts_with(kWorkflowUriPrefix)) {
        const auto name = uri.substr(kWorkflowUriPrefix.size());
        if (is_segment(name)) return Place{Place::What::Workflow, std::string(name)};
    }
    if (!uri.starts_with(kTaskUriPrefix)) return std::nullopt;
    auto id = uri.substr(kTaskUriPrefix.size());
    const bool is_events = id.ends_with(kEventsUriSuffix);
    if (is_events) id.remove_suffix(kEventsUriSuffix.size());
    if (!is_segment(id)) return std::nullopt;
    return Place{is_events ? Place::What::TaskEvents : Place::What::Task, std::string(id)};
}

}  // namespace meshai::doors
