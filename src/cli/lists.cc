// meshai task ls|get|cancel, meshai agent ls|get|add|rm: one call and its answer.
#include <fmt/format.h>

#include "cli/commands.h"

namespace meshai::cli {
namespace {

const std::vector<Column> kTaskColumns = {
    {"task_id", "TASK"},           {"status", "STATUS"},      {"task_type", "TYPE"},  {"agent_id", "AGENT"},
    {"submitted_at", "SUBMITTED"}, {"completed_at", "ENDED"}, {"error_code", "ERROR"}};
const std::vector<Column> kAgentColumns = {{"id", "ID"},
                                           {"name", "NAME"},
                                           {"kind", "KIND"},
                                           {"status", "STATUS"},
                                           {"health", "HEALTH"},
                                           {"capabilities", "CAPABILITIES"},
                                           {"current_load", "LOAD"},
                                           {"source", "SOURCE"}};

/// Tries for so long where the server is busy; a list is not worth more.
constexpr Duration kListPatience = std::chrono::seconds(10);

Async<Reply<json::value>> ask(Session& session, ApiCall wanted) {
    // A server that is not there at all is told at once; one that is busy gets its time.
    auto reply = co_await session.api.call(wanted);
    const bool is_busy = !reply && reply.error().status != 0 && reply.error().may_pass();
    if (!is_busy) co_return reply;
    co_return co_await session.api.call_patiently(std::move(wanted), session.api.clock().in(kListPatience));
}

void show_rows(Session& session, const json::value& rows, const std::vector<Column>& columns, Form form) {
    const auto* list = rows.if_array();
    if (form == Form::Json || list == nullptr)
        session.screen.result_json(rows);
    else
        session.screen.result(table_text(*list, columns));
}

void show_members(Session& session, const json::value& value, Form form) {
    const auto* object = value.if_object();
    if (form == Form::Json || object == nullptr)
        session.screen.result_json(value);
    else
        session.screen.result(members_text(*object));
}

Async<int> show(Session& session, ApiCall wanted, Form form) {
    auto reply = co_await ask(session, std::move(wanted));
    if (!reply) co_return report(session, reply.error());
    show_members(session, *reply, form);
    co_return kOk;
}

std::string task_path(const std::string& id) {
    return "/api/v1/tasks/" + percent_encoded(id);
}

std::string agent_path(const std::string& id) {
    return "/api/v1/agents/" + percent_encoded(id);
}

}  // namespace

int report(Session& session, const Trouble& trouble) {
    session.complain(trouble.error.message);
    return trouble.exit_code();
}

Async<int> list_tasks(Session& session, ListWish wish) {
    auto path = fmt::format("/api/v1/tasks?limit={}", wish.limit);
    if (!wish.status.empty()) path += "&status=" + percent_encoded(wish.status);
    auto reply = co_await ask(session, {.path = std::move(path)});
    if (!reply) co_return report(session, reply.error());
    show_rows(session, *reply, kTaskColumns, wish.form);
    co_return kOk;
}

Async<int> get_task(Session& session, std::string id, Form form) {
    ApiCall wanted{.path = task_path(id)};
    co_return co_await show(session, std::move(wanted), form);
}

Async<int> cancel_task(Session& session, std::string id, Form form) {
    ApiCall wanted{.method = "DELETE", .path = task_path(id)};
    co_return co_await show(session, std::move(wanted), form);
}

Async<int> list_agents(Session& session, ListWish wish) {
    auto path = fmt::format("/api/v1/agents?limit={}", wish.limit);
    if (!wish.status.empty()) path += "&status=" + percent_encoded(wish.status);
    auto reply = co_await ask(session, {.path = std::move(path)});
    if (!reply) co_return report(session, reply.error());
    show_rows(session, *reply, kAgentColumns, wish.form);
    co_return kOk;
}

Async<int> get_agent(Session& session, std::string id, Form form) {
    ApiCall wanted{.path = agent_path(id)};
    co_return co_await show(session, std::move(wanted), form);
}

Async<int> add_agent(Session& session, AgentWish wish) {
    json::object body{{"name", wish.name}, {"endpoint", wish.url}, {"framework", "custom"}};
    body["capabilities"] =
        to_array(wish.capabilities.empty() ? std::vector<std::string>{"text_generation"} : wish.capabilities);
    for (const auto& [member, text] : {std::pair{"kind", &wish.kind},
                                       {"model", &wish.model},
                                       {"description", &wish.description},
                                       {"instructions", &wish.instructions}})
        if (!text->empty()) body[member] = *text;
    if (!wish.key.empty()) body["authentication"] = json::object{{"type", "api_key"}, {"key", wish.key}};
    if (wish.max_concurrent_tasks) body["max_concurrent_tasks"] = *wish.max_concurrent_tasks;
    ApiCall wanted{.method = "POST", .path = "/api/v1/agents", .body = std::move(body)};
    co_return co_await show(session, std::move(wanted), wish.form);
}

Async<int> remove_agent(Session& session, std::string id, Form form) {
    ApiCall wanted{.method = "DELETE", .path = agent_path(id)};
    co_return co_await show(session, std::move(wanted), form);
}

}  // namespace meshai::cli
