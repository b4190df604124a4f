// stream_chat: one turn of a conversation. It is a task that names the
// conversation; what was said before, the mesh tells the agent when it runs.
#include "doors/submit/turn.h"
#include "doors/toolbox/trace.h"
#include "doors/tools/make_tool.h"

namespace meshai::doors {
namespace {

constexpr ToolWords kStreamChat = {
    .name = "stream_chat",
    .title = "Chat With an Agent",
    .description =
        "Says something to an agent and streams its answer as it is written. The result names a "
        "conversation_id: give it with your next message and the agent, whichever it is, knows what was said "
        "before. With fork_from you go on from an earlier turn in a new conversation.",
    .input = R"({"type": "object", "properties": {
        "message": {"type": "string", "minLength": 1, "maxLength": 1048576, "description": "What to say"},
        "conversation_id": {"type": "string", "minLength": 1, "maxLength": 256,
            "description": "Of an earlier turn, or one of your own; left out, a new conversation begins"},
        "fork_from": {"type": "string", "minLength": 1, "maxLength": 64,
            "description": "Task id of a turn that has ended: a new conversation begins that knows what was said up to its end"},
        "agent": {"type": "string", "minLength": 1, "maxLength": 256,
            "description": "Agent wanted for this turn, by id or name"},
        "capabilities": {"type": "array", "items": {"type": "string"}, "maxItems": 16,
            "description": "What the agent must be able to do; text_generation when left out"},
        "agents": {"type": "array", "items": {"type": "string"}, "maxItems": 16,
            "description": "Agents wanted, by id or name, best first"},
        "instructions": {"type": "string", "maxLength": 65536,
            "description": "How to answer, beside the agent's own guidelines"},
        "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 86400,
            "description": "Whole time the answer may take"}},
        "required": ["message"]})",
    .output = kTaskOutput,
    .hints = kRunsAgents,
    .scope = auth::kScopeExecute,
    .tasks = wire::mcp::TaskSupport::Optional};

Result<task::Request> request_of_turn(const json::object& arguments) {
    wire::guide::TaskAsk ask;
    ask.input = find_string(arguments, "message").value_or("");
    ask.task_type = "chat";
    ask.capabilities = strings_of(arguments, "capabilities");
    ask.agents = strings_of(arguments, "agents");
    if (auto agent = find_string(arguments, "agent")) ask.agents.insert(ask.agents.begin(), *agent);
    if (auto words = find_string(arguments, "instructions")) ask.instructions = json::value(*words);
    ask.timeout_seconds = find_int(arguments, "timeout_seconds");
    return request_of(ask);
}

/// The conversation that a turn is said in.
struct TalkPlace {
    std::string id{};
    task::TalkSettings settings{};
};

/// One of the caller's own: what is there of another subject under this id is not meant.
Async<Result<TalkPlace>> place_by_id(Means means, task::Caller caller, std::string id) {
    caller.sees_tenant = false;
    auto found = co_await task::Conversations(means.tasks).find(caller, id);
    if (found) co_return TalkPlace{std::move(id), std::move(found->settings)};
    if (found.error().code != Code::NotFound) co_return found.error();
    co_return TalkPlace{std::move(id), {}};
}

/// The fork is made before the turn: a repeated call finds it by its key.
Async<Result<TalkPlace>> fork(Means means, task::Caller caller, TaskId at, std::string from, std::string id) {
    if (from.empty()) {
        auto turn = co_await means.tasks.summary(caller, at);
        if (!turn) co_return turn.error();
        from = std::move(turn->conversation);
    }
    if (from.empty()) co_return Error{Code::InvalidArgument, "\"fork_from\" is no turn of a conversation."};
    task::Conversations conversations(means.tasks);
    auto source = co_await conversations.find(caller, std::move(from));
    if (!source) co_return source.error();
    auto settings = source->settings;
    auto made = co_await conversations.fork(caller, std::move(id), std::move(settings), std::move(*source),
                                            std::move(at));
    if (!made) co_return made.error();
    co_return TalkPlace{std::move(made->conversation.id), std::move(made->conversation.settings)};
}

Async<Result<TalkPlace>> place_of_turn(Means means, Context& context, const json::object& arguments) {
    auto conversation = find_string(arguments, "conversation_id");
    auto at = find_string(arguments, "fork_from");
    if (conversation && !at)
        co_return co_await place_by_id(means, context.caller(), std::move(*conversation));
    auto id = new_conversation_id(context.idempotency_key(), means.clock, means.random);
    if (!at) co_return TalkPlace{std::move(id), {}};
    co_return co_await fork(means, context.caller(), TaskId{std::move(*at)}, conversation.value_or(""),
                            std::move(id));
}

Async<CallOutcome> stream_chat(Means means, Context& context, json::object arguments) {
    auto asked = request_of_turn(arguments);
    if (!asked) co_return asked.error();
    auto place = co_await place_of_turn(means, context, arguments);
    if (!place) co_return place.error();
    auto request = turn_request(std::move(*asked), place->id, place->settings);
    request.correlation_id = context.correlation_id();
    request.trace = traceparent_in(context.trace());
    const auto policy = request.on_disconnect;
    auto submitted =
        co_await means.executor.submit(context.caller(), std::move(request), context.idempotency_key());
    if (!submitted) co_return submitted.error();
    co_return StartedTask{.id = submitted->id, .policy = policy, .tells_output = true};
}

}  // namespace

std::vector<ToolEntry> chat_tools(const Means& means) {
    return {make_tool(means, kStreamChat, stream_chat)};
}

}  // namespace meshai::doors
