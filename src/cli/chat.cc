// meshai chat: a conversation at the terminal, line by line.
#include <fmt/format.h>

#include "base/id.h"
#include "base/signal.h"
#include "cli/commands.h"

namespace meshai::cli {
namespace {

constexpr std::string_view kAsk = "> ";
constexpr std::string_view kQuit = "/quit";
constexpr std::string_view kConversations = "/api/v1/conversations";

using Line = std::optional<std::string>;

struct Typed {
    explicit Typed(Signal the_signal) : changed(std::move(the_signal)) {}
    Signal changed;
    std::optional<Line> line{};
};

Async<void> ask(Prompt& prompt, Typed& typed) {
    typed.line.emplace(co_await prompt.line(std::string(kAsk)));
    typed.changed.notify();
}

/// The next line; nothing at the end of input, or when ^C was pressed instead.
Async<Line> next_line(Session& session, const ChatWish& wish) {
    if (session.prompt == nullptr) co_return wish.next_line ? wish.next_line() : std::nullopt;
    const auto ex = co_await this_executor();
    Typed typed(Signal(ex, session.api.clock()));
    Scope scope(ex, session.api.clock(), session.log);
    scope.spawn("ask", ask(*session.prompt, typed));
    session.interrupt.then([changed = typed.changed] { changed.notify(); });
    while (!typed.line && !session.interrupt.is_set())
        if (co_await typed.changed.wait_until(kNever) != Wake::Notified) break;
    session.interrupt.then({});
    co_await scope.close();
    co_return typed.line ? std::move(*typed.line) : std::nullopt;
}

std::string new_key(Session& session) {
    return new_id("chat_", unix_ms(session.api.clock().wall()), session.random);
}

/// The member that the answer must have; the server is something else otherwise.
Reply<std::string> member_of(const Reply<json::value>& reply, std::string_view name) {
    if (!reply) return std::unexpected(reply.error());
    const auto* object = reply->if_object();
    auto text = object ? find_string(*object, name) : std::nullopt;
    if (text) return std::move(*text);
    return std::unexpected(Trouble{
        {Code::Internal, fmt::format("The server's answer has no {}; is it a MeshAI server?", name)}, 200});
}

/// The conversation that is talked in: the one that was named, or a new one.
Async<Reply<std::string>> open_conversation(Session& session, ChatWish wish) {
    ApiCall wanted{.path = fmt::format("{}/{}", kConversations, percent_encoded(wish.conversation))};
    if (wish.conversation.empty()) {
        json::object body;
        if (!wish.title.empty()) body["title"] = wish.title;
        wanted = {.method = "POST", .path = std::string(kConversations), .body = std::move(body)};
        wanted.idempotency_key = new_key(session);
    }
    co_return member_of(co_await session.api.call(std::move(wanted)), "conversation_id");
}

Async<Reply<std::string>> say(Session& session, std::string conversation, std::string agent,
                              std::string text) {
    json::object body{{"message", std::move(text)}, {"wait", false}};
    if (!agent.empty()) body["agent"] = std::move(agent);
    ApiCall wanted{.method = "POST",
                   .path = fmt::format("{}/{}/turns", kConversations, percent_encoded(conversation)),
                   .body = std::move(body)};
    wanted.idempotency_key = new_key(session);
    // The key makes sure that it is said once, however often the call is repeated.
    const auto give_up = session.api.clock().in(kPatience);
    co_return member_of(co_await session.api.call_patiently(std::move(wanted), give_up), "task_id");
}

bool is_blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

}  // namespace

Async<int> chat(Session& session, ChatWish wish) {
    auto conversation = co_await open_conversation(session, wish);
    if (!conversation) co_return report(session, conversation.error());
    session.screen.note(fmt::format("conversation {}", *conversation));
    for (;;) {
        auto line = co_await next_line(session, wish);
        if (session.interrupt.is_set()) co_return kCancelled;
        if (!line || *line == kQuit) co_return kOk;
        if (is_blank(*line)) continue;
        auto turn = co_await say(session, *conversation, wish.agent, std::move(*line));
        // What was refused may be said otherwise; the conversation goes on.
        if (!turn) report(session, turn.error());
        if (turn)
            co_await follow_and_show(session, std::move(*turn), std::nullopt, Form::Table,
                                     OnInterrupt::CancelTask);
    }
}

}  // namespace meshai::cli
