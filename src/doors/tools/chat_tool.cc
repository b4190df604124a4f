// stream_chat: one turn of a conversation. It is a task that names the
// conversation; what was said before, the mesh tells the agent when it runs.
#include "doors/submit/submit.h"
#include "doors/tools/make_tool.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kConversationPrefix = "c_";

constexpr ToolWords kStreamChat = {
    .name = "stream_chat",
    .title = "Chat With an Agent",
    .description =
        "Says something to an agent and streams its answer as it is written. The result names a "
        "conversation_id: give it with your next message and the agent knows what was said before.",
    .input = R"({"type": "object", "properties": {
        "message": {"type": "string", "minLength": 1, "maxLength": 1048576, "description": "What to say"},
        "conversation_id": {"type": "string", "minLength": 1, "maxLength": 256,
            "description": "Of an earlier turn, or one of your own; left out, a new conversation begins"},
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
    if (auto words = find_string(arguments, "instructions")) ask.instructions = json::value(*words);
    ask.timeout_seconds = find_int(arguments, "timeout_seconds");
    // Nothing in the words decides who answers: a conversation stays with talkers.
    if (ask.capabilities.empty()) ask.capabilities = {"text_generation"};
    return request_of(ask);
}

Async<CallOutcome> stream_chat(Means means, Context& context, json::object arguments) {
    auto request = request_of_turn(arguments);
    if (!request) co_return request.error();
    auto conversation = find_string(arguments, "conversation_id");
    request->conversation =
        conversation ? *conversation : new_id(kConversationPrefix, unix_ms(means.clock.wall()), means.random);
    request->affinity = request->conversation;
    request->correlation_id = context.correlation_id();
    const auto policy = request->on_disconnect;
    auto submitted =
        co_await means.executor.submit(context.caller(), std::move(*request), context.idempotency_key());
    if (!submitted) co_return submitted.error();
    co_return StartedTask{.id = submitted->id, .policy = policy, .tells_output = true};
}

}  // namespace

std::vector<ToolEntry> chat_tools(const Means& means) {
    return {make_tool(means, kStreamChat, stream_chat)};
}

}  // namespace meshai::doors
