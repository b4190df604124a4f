// An agent hands part of its work on, or asks the person whose task it is, by
// requests of its own: with a key that is good for that and for nothing else.

#include <gtest/gtest.h>

#include "doors/front/front.h"
#include "tests/world/world.h"

namespace meshai::tests {
namespace {

app::Config two_agents() {
    app::Config config;
    for (const auto& [name, capability] :
         {std::pair{"writer", "text_generation"}, {"coder", "code_generation"}}) {
        agents::Spec spec;
        spec.name = name;
        spec.kind = agents::Kind::OpenAi;
        spec.url = "https://agent.example";
        spec.capabilities = {capability};
        spec.delegates = true;
        config.agents.push_back(std::move(spec));
    }
    return config;
}

std::string path_of(const std::string& url) {
    return url.substr(url.find('/', url.find("://") + 3));
}

json::object body_of(const Stream& answered) {
    return parse_json_object(answered.bytes()).value();
}

/// A writer in the middle of its task, with what it was given for it.
class Writing : public World {
  public:
    Writing() : World(1, two_agents()) { begin(); }

    void begin() {
        stream = &mesh_execute("Tell me a story", {{"timeout_seconds", 3600}});
        loop.settle();
        access = agent().accesses().at(0).value();
    }

    Stream& call(const std::string& method, const std::string& url, const json::object& body,
                 net::http::Headers more = {}) {
        more.set("Authorization", "Bearer " + access.key.reveal());
        more.set("Content-Type", "application/json");
        auto& sent = send(method, path_of(url), std::move(more), method == "GET" ? "" : to_text(body));
        loop.settle();
        return sent;
    }
    Stream& delegates(const json::object& body, net::http::Headers more = {}) {
        return call("POST", access.delegate_url, body, std::move(more));
    }
    void coder_finishes(json::value result) {
        agent("coder").finishes(std::move(result));
        loop.settle();
    }
    std::string task() const { return stream->task_id(); }

    Stream* stream = nullptr;
    agents::DelegateAccess access{};
};

const json::object kWork{{"task", "Write the code"}, {"capability", "code_generation"}};

TEST(Delegation, ByARequestIsDoneByAnotherAgentAndSeenByTheClient) {
    Writing world;
    auto& asked = world.delegates(kWork);
    ASSERT_EQ(world.agent("coder").calls().size(), 1U);
    EXPECT_FALSE(asked.is_ended());
    world.coder_finishes("int main() {}");
    ASSERT_TRUE(asked.is_ended());
    EXPECT_EQ(asked.status(), 200) << asked.bytes();
    const auto said = body_of(asked);
    EXPECT_EQ(said.at("status"), "completed");
    EXPECT_EQ(said.at("result"), "int main() {}");
    EXPECT_EQ(said.at("usage").at("output_tokens"), 11);
    EXPECT_NE(world.stream->bytes().find("agent_message"), std::string::npos);
    EXPECT_NE(world.stream->bytes().find("int main() {}"), std::string::npos);
    world.agent_finishes("a story");
    EXPECT_TRUE(world.stream->is_ended());
}

TEST(Delegation, SaidTwiceIsDoneOnce) {
    Writing world;
    auto& first = world.delegates(kWork, {{"Idempotency-Key", "k1"}});
    auto& second = world.delegates(kWork, {{"Idempotency-Key", "k1"}});
    world.coder_finishes("once");
    auto& third = world.delegates(kWork, {{"Idempotency-Key", "k1"}});
    for (const auto* answered : {&first, &second, &third}) {
        EXPECT_EQ(answered->status(), 200) << answered->bytes();
        EXPECT_EQ(body_of(*answered).at("task_id"), body_of(first).at("task_id"));
    }
    EXPECT_EQ(world.agent("coder").calls().size(), 1U);
    world.delegates(kWork, {{"Idempotency-Key", "k2"}});
    EXPECT_EQ(world.agent("coder").calls().size(), 2U);
}

TEST(Delegation, ThatTakesLongIsAskedForAgain) {
    Writing world;
    auto work = kWork;
    work["wait_seconds"] = 0;
    auto& begun = world.delegates(work);
    EXPECT_EQ(begun.status(), 202) << begun.bytes();
    const auto url = world.access.delegate_url + "/" + std::string(body_of(begun).at("step").as_string());
    auto& running = world.call("GET", url + "?wait_seconds=0", {});
    EXPECT_EQ(running.status(), 202) << running.bytes();
    auto& waits = world.call("GET", url, {});
    EXPECT_FALSE(waits.is_ended());
    world.coder_finishes("late");
    EXPECT_EQ(waits.status(), 200) << waits.bytes();
    EXPECT_EQ(body_of(waits).at("result"), "late");

    auto other = kWork;
    other["task"] = "Something slow";
    auto& slow = world.delegates(other);
    world.passes(std::chrono::seconds(51));
    EXPECT_EQ(slow.status(), 202) << slow.bytes();
    EXPECT_EQ(slow.headers().get("Retry-After"), "1");
}

TEST(Delegation, ThatFailsSaysWhy) {
    Writing world;
    auto& nobody = world.delegates({{"task", "Paint"}, {"capability", "painting"}});
    EXPECT_EQ(nobody.status(), 200) << nobody.bytes();
    EXPECT_EQ(body_of(nobody).at("status"), "failed");
    EXPECT_EQ(body_of(nobody).at("code"), json::value(code_name(Code::NoAgent)));
    EXPECT_EQ(world.delegates({{"capability", "x"}}).status(), 422);
    EXPECT_EQ(world.delegates({{"task", "x"}, {"agent", "writer"}}).status(), 422);
    EXPECT_EQ(world.delegates({{"task", "x"}, {"wait_seconds", 51}}).status(), 422);
}

TEST(Delegation, AsksThePersonWhoseTaskItIs) {
    Writing world;
    auto& asked = world.call("POST", world.access.ask_url, {{"question", "Red or blue?"}});
    EXPECT_FALSE(asked.is_ended());
    const auto answered =
        world.post("/api/v1/tasks/" + world.task() + "/input", json::object{{"answer", {{"answer", "red"}}}});
    EXPECT_EQ(answered.status, 200) << answered.body;
    world.loop.settle();
    EXPECT_EQ(asked.status(), 200) << asked.bytes();
    EXPECT_EQ(body_of(asked).at("status"), "answered");
    EXPECT_EQ(body_of(asked).at("content").at("answer"), "red");
}

TEST(Delegation, ItsKeyEndsWithTheTask) {
    Writing world;
    world.agent_finishes("a story");
    auto& late = world.delegates(kWork);
    EXPECT_EQ(late.status(), 410) << late.bytes();
}

TEST(Delegation, ItsKeyEndsWithTheAttempt) {
    Writing world;
    world.crash();
    world.starts();
    world.loop.settle();
    ASSERT_EQ(world.agent().accesses().size(), 2U);
    EXPECT_EQ(world.delegates(kWork).status(), 410);
    world.access = *world.agent().accesses()[1];
    auto& asked = world.delegates(kWork);
    world.coder_finishes("fine");
    EXPECT_EQ(asked.status(), 200) << asked.bytes();
}

TEST(Delegation, ItsKeyIsForOneTask) {
    Writing world;
    const auto first = world.access;
    world.mesh_execute("Tell me another story", {{"timeout_seconds", 3600}});
    world.loop.settle();
    const auto second = world.agent().accesses().at(1).value();
    world.access.delegate_url = second.delegate_url;
    EXPECT_EQ(world.delegates(kWork).status(), 403);
    world.access = first;
    world.access.key = agents::Secret(first.key.reveal() + "A");
    EXPECT_EQ(world.delegates(kWork).status(), 401);
    auto& without = world.send("POST", path_of(first.delegate_url), {{"Authorization", "none"}}, "{}");
    world.loop.settle();
    EXPECT_EQ(without.status(), 401);
}

TEST(Delegation, ItsKeyOpensNothingElse) {
    const auto table = doors::all_routes();
    for (const auto& route : table.routes()) {
        if (route.scope == doors::kOpen) continue;
        Writing world;
        std::string path(route.pattern);
        for (auto open = path.find('{'); open != std::string::npos; open = path.find('{'))
            path.replace(open, path.find('}') - open + 1, world.task());
        auto& answered = world.call(std::string(route.method), "https://mesh" + path, {});
        EXPECT_EQ(answered.status(), 401) << route.method << " " << path;
    }
}

}  // namespace
}  // namespace meshai::tests
