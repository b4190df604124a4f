#include "doors/live/filter.h"

#include <fmt/format.h>

#include <algorithm>

namespace meshai::doors::live {
namespace {

constexpr std::string_view kTaskPrefix = "t_";

// One body of every kind: the variant is the only list of kinds.
template <std::size_t... I>
std::vector<std::string_view> names_of(std::index_sequence<I...>) {
    return {task::kind(task::Body(std::in_place_index<I>))...};
}

struct Named {
    AgentId operator()(const task::Routed& body) const { return body.agent; }
    AgentId operator()(const task::Started& body) const { return body.agent; }
    AgentId operator()(const task::Progress& body) const { return body.agent; }
    AgentId operator()(const task::StepStarted& body) const { return body.agent; }
    AgentId operator()(const task::StepFinished& body) const { return body.agent; }
    AgentId operator()(const task::AgentMessage& body) const { return body.from; }
    AgentId operator()(const task::Completed& body) const { return body.agent; }
    template <class Other>
    AgentId operator()(const Other&) const {
        return {};
    }
};

Status check(std::string_view name, const std::vector<std::string>& values) {
    if (values.size() > kFilterValuesMax)
        return Error{Code::InvalidArgument, fmt::format("The parameter \"{}\" may be given {} times at most.",
                                                        name, kFilterValuesMax)};
    for (const auto& value : values)
        if (value.empty() || value.size() > kFilterValueBytesMax || !is_valid_utf8(value))
            return Error{Code::InvalidArgument,
                         fmt::format("The parameter \"{}\" must have 1 to {} bytes of text.", name,
                                     kFilterValueBytesMax)};
    return {};
}

}  // namespace

bool is_bulky(std::string_view kind) {
    return kind == "output" || kind == "relayed";
}

const std::vector<std::string_view>& kinds() {
    static const auto kNames = names_of(std::make_index_sequence<std::variant_size_v<task::Body>>());
    return kNames;
}

bool Filter::wants_kind(std::string_view kind) const {
    return kinds.empty() ? !is_bulky(kind) : kinds.contains(kind);
}

bool Filter::wants_bulk() const {
    return std::ranges::any_of(kinds, [](const auto& kind) { return is_bulky(kind); });
}

bool Filter::wants(const Facts& facts) const {
    return wants_kind(facts.kind) &&
           (tasks.empty() || tasks.contains(facts.task) || tasks.contains(facts.root)) &&
           (workflows.empty() || workflows.contains(facts.workflow)) &&
           (agents.empty() || agents.contains(facts.named) || agents.contains(facts.working));
}

Facts facts_of(const task::FeedItem& item) {
    return {.task = item.task,
            .root = item.origin.root,
            .subject = item.origin.subject,
            .workflow = item.origin.workflow,
            .kind = task::kind(item.event.body),
            .named = std::visit(Named{}, item.event.body)};
}

Result<Filter> make_filter(const std::vector<std::string>& kind_names, const std::vector<std::string>& tasks,
                           const std::vector<std::string>& agents,
                           const std::vector<std::string>& workflows) {
    for (const auto& fine : {check("kind", kind_names), check("task", tasks), check("agent", agents),
                             check("workflow", workflows)})
        if (!fine) return fine.error();
    for (const auto& kind : kind_names)
        if (std::ranges::find(kinds(), std::string_view(kind)) == kinds().end())
            return Error{Code::InvalidArgument, fmt::format("There is no kind of event \"{}\"; there are {}.",
                                                            valid_utf8(kind), fmt::join(kinds(), ", "))};
    for (const auto& task : tasks)
        if (!is_id(task, kTaskPrefix))
            return Error{
                Code::InvalidArgument,
                fmt::format("\"{}\" is not the id of a task; ids begin with \"{}\".", task, kTaskPrefix)};
    Filter filter;
    filter.kinds.insert(kind_names.begin(), kind_names.end());
    for (const auto& task : tasks) filter.tasks.insert(TaskId{task});
    for (const auto& agent : agents) filter.agents.insert(AgentId{agent});
    filter.workflows.insert(workflows.begin(), workflows.end());
    return filter;
}

}  // namespace meshai::doors::live
