#include <gmock/gmock.h>

#include "cli/scripted_server_test.h"

namespace meshai::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kBegin = "POST /api/v1/conversations";
constexpr const char* kSay = "POST /api/v1/conversations/c_1/turns";

class ChatTest : public testing::Test {
  protected:
    ChatTest() {
        server.on(kBegin, 201, R"({"conversation_id":"c_1"})");
        server.on("GET /api/v1/conversations/c_1", 200, R"({"conversation_id":"c_1"})");
        for (const std::string id : {"t_1", "t_2"}) {
            server.on(kSay, 201, R"({"task_id":")" + id + R"("})");
            server.on("GET /api/v1/tasks/" + id + "/stream",
                      stream_of({{"1", R"({"type":"start","task_id":")" + id + R"("})"},
                                 {"2", R"({"type":"token","text":"Hello","attempt":1})"},
                                 {"3", R"({"type":"complete","status":"completed","duration_ms":7})"}}));
            server.on("GET /api/v1/tasks/" + id + "/result", 200,
                      R"({"task_id":")" + id + R"(","status":"completed","result":"Hello"})");
        }
    }

    /// A chat in which these lines are typed.
    ChatWish lines(std::deque<std::string> typed) {
        ChatWish wish;
        auto left = std::make_shared<std::deque<std::string>>(std::move(typed));
        wish.next_line = [left]() -> std::optional<std::string> {
            if (left->empty()) return std::nullopt;
            auto line = left->front();
            left->pop_front();
            return line;
        };
        return wish;
    }
    int run(Desk& desk, ChatWish wish) { return server.loop.run(chat(desk.session, std::move(wish))); }

    ScriptedServer server;
};

TEST_F(ChatTest, EachLineIsATurnOfOneConversationAndStdoutHoldsTheAnswers) {
    Desk desk(server);
    EXPECT_EQ(run(desk, lines({"Hi", "  ", "Again"})), kOk);
    EXPECT_EQ(desk.out, "Hello\nHello\n");
    EXPECT_THAT(desk.err, HasSubstr("conversation c_1"));
    EXPECT_THAT(server.bodies.at(1), HasSubstr(R"("message":"Hi")"));
    EXPECT_EQ(std::ranges::count(server.asked, kSay), 2);
    EXPECT_NE(server.idempotency_keys.at(1), server.idempotency_keys.at(2));
}

TEST_F(ChatTest, OnATerminalEachAnswerIsWrittenOnceAsItComes) {
    Desk desk(server, {.is_terminal = true});
    EXPECT_EQ(run(desk, lines({"Hi", "Again"})), kOk);
    EXPECT_EQ(desk.out, "Hello\nHello\n");
}

TEST_F(ChatTest, GoesOnWithAConversationThatIsNamedAndAsksTheAgentThatIsWanted) {
    Desk desk(server);
    auto wish = lines({"Hi", "/quit", "Never said"});
    wish.conversation = "c_1";
    wish.agent = "critic";
    EXPECT_EQ(run(desk, std::move(wish)), kOk);
    EXPECT_EQ(server.asked.at(0), "GET /api/v1/conversations/c_1");
    EXPECT_THAT(server.bodies.at(1), HasSubstr(R"("agent":"critic")"));
    EXPECT_EQ(desk.out, "Hello\n");
}

TEST_F(ChatTest, AnUnknownConversationEndsItAtOnce) {
    Desk desk(server);
    auto wish = lines({"Hi"});
    wish.conversation = "c_9";
    EXPECT_NE(run(desk, std::move(wish)), kOk);
    EXPECT_THAT(server.asked, ElementsAre("GET /api/v1/conversations/c_9"));
}

TEST(ChatRefused, ATurnThatIsRefusedIsToldAndTheChatGoesOn) {
    ScriptedServer server;
    server.on(kBegin, 201, R"({"conversation_id":"c_1"})");
    server.on(kSay, 409, R"({"code":"CONFLICT","detail":"Turn t_1 of this conversation still runs."})");
    Desk desk(server);
    ChatWish wish;
    auto said = std::make_shared<int>(0);
    wish.next_line = [said]() -> std::optional<std::string> {
        if (++*said > 2) return std::nullopt;
        return "Hi";
    };
    EXPECT_EQ(server.loop.run(chat(desk.session, std::move(wish))), kOk);
    EXPECT_THAT(desk.err, HasSubstr("still runs"));
    EXPECT_EQ(std::ranges::count(server.asked, kSay), 2);
}

}  // namespace
}  // namespace meshai::cli
