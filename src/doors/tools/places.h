// doors/tools/places.h
//
// Where things of the mesh are found: the URIs of its resources, the ids that
// search gives and fetch takes, and the URLs a person can open. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meshai::doors {

inline constexpr std::string_view kAgentsUri = "meshai://agents/registry";
inline constexpr std::string_view kAgentUriPrefix = "meshai://agents/";
inline constexpr std::string_view kTaskUriPrefix = "meshai://tasks/";
inline constexpr std::string_view kWorkflowUriPrefix = "meshai://workflow/";
inline constexpr std::string_view kEventsUriSuffix = "/events";

/// A thing that can be searched and fetched: "agent:…", "workflow:…" or "task:…".
struct Found {
    enum class Kind { Agent, Workflow, Task } kind = Kind::Agent;
    std::string id{};
};

/// "agent:a_…", "workflow:review" or "task:t_…"
std::string found_id(const Found& found);

/// Reads what found_id wrote. Without a kind the id is one of `otherwise`.
Found found_of(std::string_view id, Found::Kind otherwise);

/// The page of it under `public_url`; its resource's URI where that is not known.
std::string url_of(const Found& found, const std::string& public_url);

/// What a resource's URI names.
struct Place {
    enum class What { AllAgents, Agent, Workflow, Task, TaskEvents } what = What::AllAgents;
    std::string id{};
};
std::optional<Place> place_of(std::string_view uri);

}  // namespace meshai::doors
