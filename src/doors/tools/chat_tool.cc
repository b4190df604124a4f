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
        "Says something to an agent and streams its answer as it is written. With the conversation_id of an "
        "earlier turn the agent knows what was said before.",
    .input = R"({"type": "object", "properties": {
        "message": {"type": "string", "minLength": 1, "maxLength": 1048576},
        "conversation_id": {"type": "string", "minLength": 1, "maxLength": 256,
            "description": "Of an earlier turn, or one of your own; left out, a new conversation begins"},
        "capabilities": {"type": "array", "items": {"type": "string"}, "maxItems": 16},
        "agents": {"type": "array", "items": {"type": "string"}, "maxItems": 16},
        "instructions": {"type": "string", "maxLength": 65536},
        "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 86400}},
        "required": ["message"]})",
    .output = R"({"type": "object", "properties": {"task_id": {"type": "string"},
        "status": {"type": "string"}, "conversation_id": {"type": "string"}},
        "required": ["task_id", "status"]})",
    .hints = {.read_only = false, .destructive = false, .idempotent = false, .open_world = true},
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
    co_return StartedTask{submitted->id, policy};
}

}  // namespace

std::vector<ToolEntry> chat_tools(const Means& means) {
    return {make_tool(means, kStreamChat, stream_chat)};
}

}  // namespace meshai::doors
