// search and fetch, in the fixed shapes that ChatGPT's connectors ask for: a
// query gives {results: [{id, title, url}]}, an id gives {id, title, text, url,
// metadata}. They look at agents, at workflows and at the caller's own tasks.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ranges>

#include "doors/rest/agent_json.h"
#include "doors/rest/task_json.h"
#include "doors/tools/make_tool.h"
#include "doors/tools/places.h"
#include "doors/workflows/workflow_json.h"

namespace meshai::doors {
namespace {

constexpr std::size_t kResultsMax = 20;
constexpr std::size_t kSearchedTasksMax = 200;  ///< the newest
constexpr std::size_t kTitleBytesMax = 120;     ///< of a task: the beginning of what was asked
constexpr std::size_t kTermsMax = 16;

constexpr ToolWords kSearch = {
    .name = "search",
    .title = "Search the Mesh",
    .description =
        "Finds agents and workflows, and your earlier tasks by the words of what was asked. fetch reads what "
        "was found.",
    .input = R"({"type": "object", "properties": {
        "query": {"type": "string", "maxLength": 1024, "description": "Words; empty finds everything"},
        "type": {"type": "string", "enum": ["all", "agents", "tasks", "docs", "workflows"], "default": "all"}},
        "required": ["query"]})",
    .output = R"({"type": "object", "properties": {"results": {"type": "array", "items": {
        "type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"},
        "url": {"type": "string"}}, "required": ["id", "title", "url"]}}}, "required": ["results"]})",
    .hints = kReadOnly,
    .scope = auth::kScopeRead};

constexpr ToolWords kFetch = {
    .name = "fetch",
    .title = "Fetch From the Mesh",
    .description = "The whole of an agent, a workflow or a task that search found: for a task, its answer.",
    .input = R"({"type": "object", "properties": {
        "id": {"type": "string", "minLength": 1, "maxLength": 256,
            "description": "From the results of search; or the id of an agent or a task"},
        "type": {"type": "string", "enum": ["agent", "task", "workflow"],
            "description": "What the id is of, where it does not say so itself"}},
        "required": ["id"]})",
    .output = R"({"type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"},
        "text": {"type": "string"}, "url": {"type": "string"}, "metadata": {"type": "object"}},
        "required": ["id", "title", "text", "url"]})",
    .hints = kReadOnly,
    .scope = auth::kScopeRead};

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

std::vector<std::string> terms_of(std::string_view query) {
    std::vector<std::string> terms;
    for (const auto& part : std::views::split(lower(query), ' ')) {
        std::string term(part.begin(), part.end());
        if (!term.empty() && terms.size() < kTermsMax) terms.push_back(std::move(term));
    }
    return terms;
}

/// How many of the terms stand in the text; everything fits an empty query.
int score(const std::vector<std::string>& terms, std::string_view text) {
    if (terms.empty()) return 1;
    const auto words = lower(text);
    return static_cast<int>(std::ranges::count_if(
        terms, [&](const std::string& term) { return words.find(term) != std::string::npos; }));
}

struct Hit {
    Found found;
    std::string title;
    int score = 0;
};

std::string words_of(const agents::Spec& spec) {
    return fmt::format("{} {} {} {} {}", spec.name, spec.description, spec.framework,
                       fmt::join(spec.capabilities, " "), fmt::join(spec.tags, " "));
}

std::string title_of(const task::Request& request) {
    const auto* text = request.input.if_string();
    const auto whole = text ? std::string(*text) : to_text(request.input);
    return std::string(utf8_prefix(whole, kTitleBytesMax));
}

void find_agents(Means means, const TenantId& tenant, const std::vector<std::string>& terms,
                 std::vector<Hit>& hits) {
    for (const auto& agent : every_agent(means, tenant))
        if (const auto fits = score(terms, words_of(agent.spec)); fits > 0)
            hits.push_back({{Found::Kind::Agent, agent.spec.id.value}, agent.spec.name, fits});
}

Async<Status> find_tasks(Means means, Context& context, std::vector<std::string> terms,
                         std::vector<Hit>& hits) {
    task::Filter newest;
    newest.limit = kSearchedTasksMax;
    auto tasks = co_await means.tasks.list(context.caller(), newest);
    if (!tasks) co_return tasks.error();
    for (const auto& summary : *tasks) {
        auto first = co_await means.tasks.read(context.caller().tenant, summary.id, Seq{0}, 1);
        if (!first) continue;  // retention took it meanwhile
        const auto* submitted = first->empty() ? nullptr : std::get_if<task::Submitted>(&first->front().body);
        if (!submitted) continue;
        auto title = title_of(submitted->request);
        if (const auto fits = score(terms, title); fits > 0)
            hits.push_back({{Found::Kind::Task, summary.id.value}, std::move(title), fits});
    }
    co_return Status{};
}

void find_workflows(Means means, const TenantId& tenant, const std::vector<std::string>& terms,
                    std::vector<Hit>& hits) {
    for (const auto& kept : means.library.list(tenant)) {
        const auto& definition = kept->definition;
        const auto words = fmt::format("{} {} {} {}", definition.name, definition.description,
                                       definition.category, fmt::join(definition.tags, " "));
        if (const auto fits = score(terms, words); fits > 0)
            hits.push_back({{Found::Kind::Workflow, definition.name}, definition.name, fits});
    }
}

Async<CallOutcome> search(Means means, Context& context, json::object arguments) {
    const auto terms = terms_of(find_string(arguments, "query").value_or(""));
    const auto type = find_string(arguments, "type").value_or("all");
    std::vector<Hit> hits;
    if (type == "all" || type == "agents") find_agents(means, context.caller().tenant, terms, hits);
    if (type == "all" || type == "tasks")
        if (auto looked = co_await find_tasks(means, context, terms, hits); !looked) co_return looked.error();
    if (type == "all" || type == "workflows") find_workflows(means, context.caller().tenant, terms, hits);
    std::ranges::stable_sort(hits, std::ranges::greater{}, &Hit::score);
    json::array results;
    for (const auto& hit : hits | std::views::take(kResultsMax))
        results.push_back(json::object{
            {"id", found_id(hit.found)}, {"title", hit.title}, {"url", url_of(hit.found, means.public_url)}});
    co_return structured_result({{"results", std::move(results)}});
}

wire::mcp::ToolResult document(const Means& means, const Found& found, std::string title, std::string text,
                               json::object metadata) {
    return structured_result({{"id", found_id(found)},
                              {"title", std::move(title)},
                              {"text", std::move(text)},
                              {"url", url_of(found, means.public_url)},
                              {"metadata", std::move(metadata)}});
}

/// What there is to read of a task: its answer, or why there is none, or the answer so far.
std::string text_of(const TaskId& id, const task::View& view) {
    if (view.failed) return fmt::format("{}: {}", code_name(view.failed->code), view.failed->message);
    if (view.cancelled) return "The task was cancelled.";
    const auto answer = view.completed ? view.completed->result : json::value(view.text);
    const auto bounded = bounded_result(id, answer, kOneResultBytesMax);
    const auto* text = bounded.if_string();
    return text ? std::string(*text) : to_text(bounded);
}

/// A task's id is known by its first letters; an agent may have any name.
Found::Kind kind_of(const std::optional<std::string>& type, std::string_view id) {
    if (type == "workflow") return Found::Kind::Workflow;
    if (type) return *type == "task" ? Found::Kind::Task : Found::Kind::Agent;
    return id.starts_with("t_") ? Found::Kind::Task : Found::Kind::Agent;
}

Async<CallOutcome> fetch_task(Means means, Context& context, Found found) {
    const TaskId id{found.id};
    auto summary = co_await means.tasks.summary(context.caller(), id);
    if (!summary) co_return summary.error();
    auto view = co_await means.tasks.view(context.caller().tenant, id);
    if (!view) co_return view.error();
    co_return document(means, found, title_of(view->submitted.request), text_of(id, *view),
                       summary_json(*summary));
}

CallOutcome fetch_workflow(const Means& means, Context& context, const Found& found) {
    const auto kept = means.library.find(context.caller().tenant, found.id);
    if (!kept) return Error{Code::NotFound, "There is no such workflow."};
    return document(means, {Found::Kind::Workflow, kept->definition.name}, kept->definition.name,
                    to_text(workflow_json(*kept)), workflow_line(*kept));
}

Async<CallOutcome> fetch(Means means, Context& context, json::object arguments) {
    const auto type = find_string(arguments, "type");
    const auto id = find_string(arguments, "id").value_or("");
    const auto found = found_of(id, kind_of(type, id));
    if (found.kind == Found::Kind::Task) co_return co_await fetch_task(means, context, found);
    if (found.kind == Found::Kind::Workflow) co_return fetch_workflow(means, context, found);
    auto agent = means.registry.get(context.caller().tenant, found.id);
    if (!agent) co_return agent.error();
    auto body = agent_json(*agent);
    auto text = to_text(body);
    co_return document(means, {Found::Kind::Agent, agent->spec.id.value}, agent->spec.name, std::move(text),
                       {{"capabilities", to_array(agent->spec.capabilities)}});
}

}  // namespace

std::vector<ToolEntry> search_tools(const Means& means) {
    return {make_tool(means, kSearch, search), make_tool(means, kFetch, fetch)};
}

}  // namespace meshai::doors
