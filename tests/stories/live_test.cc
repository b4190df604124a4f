// Stories of clients that watch a tenant live: what happens in it, and how it is doing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace meshai::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr auto kEvents = "/api/v1/events/stream";
constexpr auto kMetrics = "/api/v1/metrics/stream";

json::object data_of(const net::sse::Message& message) {
    return parse_json_object(message.data).value();
}

json::object newest(const Stream& stream) {
    return data_of(stream.messages().back());
}

/// The events of the tenant as `stream` has read them, word for word and in order.
std::vector<std::string> told(const Stream& stream) {
    std::vector<std::string> events;
    for (const auto& message : stream.messages())
        if (message.event == "mesh") events.push_back(message.data);
    return events;
}

net::http::Headers as(const std::string& key) {
    return {{"Authorization", "Bearer " + key}};
}

std::int64_t number(const json::object& object, std::string_view group, std::string_view key) {
    const auto* found = find_object(object, group);
    return found ? find_int(*found, key).value_or(-1) : -1;
}

void runs_a_poem(World& world) {
    world.mesh_execute("Write a poem");
    world.agent_says("thinking");
    world.agent_writes("Roses are red");
    world.agent_finishes("Roses are red");
}

TEST(LiveEvents, TellEverythingThatHappensInTheTenant) {
    World world;
    auto& live = world.open_stream(kEvents);
    EXPECT_EQ(live.status(), 200);
    EXPECT_EQ(live.headers().get("Content-Type").value(), "text/event-stream");
    EXPECT_EQ(take(live), (Frames{}));
    auto& task = world.mesh_execute("Write a poem");
    world.agent_says("thinking");
    world.agent_finishes("a poem");
    EXPECT_EQ(take(live), (Frames{"submitted", "routed", "started", "progress thinking", "completed"}));

    const auto first = data_of(live.messages().front());
    EXPECT_EQ(live.messages().front().event, "mesh");
    EXPECT_EQ(find_string(first, "task_id"), task.task_id());
    EXPECT_EQ(find_int(first, "seq"), 1);
    EXPECT_EQ(find_string(first, "input_preview"), "Write a poem");
    const auto last = newest(live);
    EXPECT_EQ(to_text(last.at("data")), R"({"text":"a poem"})");
    EXPECT_EQ(find_int(last, "seq"), 5);
    EXPECT_FALSE(live.is_ended());
}

TEST(LiveEvents, CutAfterAnyEventAndResumedAreByteForByteTheUncutOnes) {
    World world;
    auto& whole = world.open_stream(kEvents);
    runs_a_poem(world);
    runs_a_poem(world);
    ASSERT_EQ(told(whole).size(), 10U);
    for (std::size_t cut = 0; cut < whole.messages().size(); ++cut) {
        auto& rest = world.open_stream(kEvents, {{"Last-Event-ID", whole.messages()[cut].id}});
        auto expected = told(whole);
        expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(cut) + 1);
        EXPECT_EQ(told(rest), expected) << "cut behind event " << cut;
        if (cut + 1 < whole.messages().size())
            EXPECT_EQ(rest.messages().front().id, whole.messages()[cut + 1].id);
        rest.close();
    }
    auto& by_query = world.open_stream(std::string(kEvents) + "?after=" + whole.messages()[8].id);
    EXPECT_EQ(take(by_query), (Frames{"completed"}));
}

TEST(LiveEvents, AreThereAgainAfterACrashBehindTheLastIdWithoutAGap) {
    World world;
    auto& before = world.open_stream(kEvents);
    world.mesh_execute("Write a poem");
    world.agent_says("thinking");
    const auto id = before.last_id();
    take(before);
    world.crash();
    world.starts();
    world.agent_finishes("a poem");
    auto& after = world.open_stream(kEvents, {{"Last-Event-ID", id}});
    EXPECT_EQ(take(after), (Frames{"routed", "started", "completed"}));
}

TEST(LiveEvents, BeginNowUnlessTheStartIsAskedFor) {
    World world;
    runs_a_poem(world);
    auto& now = world.open_stream(kEvents);
    auto& all = world.open_stream(std::string(kEvents) + "?from=start");
    EXPECT_EQ(take(now), (Frames{}));
    EXPECT_EQ(take(all).size(), 5U);
    runs_a_poem(world);
    EXPECT_EQ(take(now).size(), 5U);
    EXPECT_EQ(take(all).size(), 5U);
}

TEST(LiveEvents, LeaveOutThePiecesOfAnswersUnlessTheyAreNamed) {
    World world;
    auto& usual = world.open_stream(kEvents);
    auto& pieces = world.open_stream(std::string(kEvents) + "?kind=output&kind=completed");
    runs_a_poem(world);
    EXPECT_THAT(take(usual), Not(Contains("output")));
    EXPECT_EQ(take(pieces), (Frames{"output", "completed"}));
    // Those that came before anybody wanted them are read from the store.
    auto& later =
        world.open_stream(std::string(kEvents) + "?kind=output", {{"Last-Event-ID", usual.messages()[0].id}});
    EXPECT_EQ(take(later), (Frames{"output"}));
    EXPECT_EQ(find_string(newest(later), "text"), "Roses are red");
}

TEST(LiveEvents, AreFilteredByTaskAgentAndKind) {
    app::Config config;
    for (const auto* name : {"writer", "reader"}) {
        agents::Spec spec;
        spec.id = AgentId{name};
        spec.name = name;
        spec.kind = agents::Kind::OpenAi;
        spec.url = std::string("http://") + name + ".test/v1";
        spec.model = "story";
        spec.capabilities = {"text_generation"};
        config.agents.push_back(spec);
    }
    World world(1, config);
    auto& first = world.mesh_execute("Write a poem", {{"agents", json::array{"writer"}}});
    auto& second = world.mesh_execute("Read a poem", {{"agents", json::array{"reader"}}});
    world.agent("writer").finishes("written");
    world.agent("reader").finishes("read");
    world.loop.settle();
    const std::string from = std::string(kEvents) + "?from=start&";
    const auto tasks_of = [](Stream& stream) {
        std::set<std::string> ids;
        for (const auto& message : stream.messages()) ids.insert(*find_string(data_of(message), "task_id"));
        return ids;
    };
    EXPECT_THAT(tasks_of(world.open_stream(from + "task=" + first.task_id())), ElementsAre(first.task_id()));
    EXPECT_THAT(tasks_of(world.open_stream(from + "agent=reader")), ElementsAre(second.task_id()));
    EXPECT_EQ(tasks_of(world.open_stream(from + "agent=reader&agent=writer")).size(), 2U);
    EXPECT_EQ(take(world.open_stream(from + "kind=started&task=" + second.task_id())), (Frames{"started"}));
    EXPECT_EQ(take(world.open_stream(from + "workflow=review")), (Frames{}));
}

TEST(LiveEvents, OfOthersAreNotSeen) {
    World world;
    auto& foreign =
        world.open_stream(std::string(kEvents) + "?from=start", as(world.make_key("other", "eve")));
    auto& colleague = world.open_stream(std::string(kEvents) + "?from=start",
                                        as(world.make_key("acme", "bob", {"mcp:read"})));
    auto& manager = world.open_stream(std::string(kEvents) + "?from=start",
                                      as(world.make_key("acme", "eva", {"mcp:manage"})));
    runs_a_poem(world);
    EXPECT_EQ(take(foreign), (Frames{}));
    EXPECT_EQ(take(colleague), (Frames{}));
    EXPECT_EQ(take(manager).size(), 5U);
    // Nor with an id that somebody else was given.
    auto& stolen =
        world.open_stream(kEvents, {{"Authorization", "Bearer " + world.make_key("third", "mallory")},
                                    {"Last-Event-ID", manager.last_id()}});
    EXPECT_EQ(stolen.status(), 400);
    auto& blind = world.open_stream(kEvents, as(world.make_key("acme", "ben", {"mcp:execute"})));
    EXPECT_EQ(blind.status(), 403);
}

TEST(LiveEvents, RefuseWhatTheyDoNotUnderstandAndSayWhat) {
    World world;
    const std::pair<std::string, std::string> cases[] = {
        {"?kind=poem", "There is no kind of event"},
        {"?task=7", "is not the id of a task"},
        {"?kind=", "must have 1 to 256 bytes"},
        {"?from=yesterday", "must be \\\"now\\\" or \\\"start\\\""},
        {"?after=7", "is no place in this event stream"},
    };
    for (const auto& [query, says] : cases) {
        const auto answer = world.get(kEvents + query);
        EXPECT_EQ(answer.status, 400) << query;
        EXPECT_THAT(answer.body, HasSubstr(says)) << query;
    }
    std::string many = "?kind=output";
    for (int i = 0; i < 64; ++i) many += "&kind=output";
    EXPECT_EQ(world.get(kEvents + many).status, 400);
}

TEST(LiveEvents, AreKeptAliveWithTheIdToComeBackBy) {
    World world;
    auto& live = world.open_stream(std::string(kEvents) + "?kind=failed");
    runs_a_poem(world);
    world.passes(14s);
    EXPECT_EQ(take(live), (Frames{}));
    world.passes(1s);
    EXPECT_EQ(take(live), (Frames{"keepalive"}));
    auto& again = world.open_stream(kEvents, {{"Last-Event-ID", live.last_id()}});
    EXPECT_EQ(take(again), (Frames{})) << "what the filter left out was passed";
    world.passes(45s);
    EXPECT_EQ(take(live), (Frames{"keepalive", "keepalive", "keepalive"}));
}

TEST(LiveEvents, EndWithAnIdWhenTheServerDrainsAndGoOnBehindIt) {
    World world;
    auto& live = world.open_stream(kEvents);
    auto& numbers = world.open_stream(kMetrics);
    runs_a_poem(world);
    take(live);
    world.drains(10s);
    EXPECT_EQ(take(live), (Frames{"end"}));
    EXPECT_EQ(find_string(newest(live), "cursor"), live.last_id());
    EXPECT_TRUE(live.is_ended());
    EXPECT_THAT(take(numbers), Contains("end"));
    world.starts();
    auto& again = world.open_stream(kEvents, {{"Last-Event-ID", live.last_id()}});
    runs_a_poem(world);
    EXPECT_EQ(take(again).size(), 5U);
}

TEST(LiveEvents, ReachAReaderWhoWasAwayForLongerThanLinesAreKept) {
    World world;
    auto& steady = world.open_stream(kEvents);
    auto& away = world.open_stream(kEvents);
    world.mesh_execute("Think aloud");
    const auto id = away.last_id();
    const auto seen = told(away);
    away.close();
    for (int i = 0; i < 2500; ++i) world.agent().says("thought " + std::to_string(i));
    world.loop.settle();
    auto& back = world.open_stream(kEvents, {{"Last-Event-ID", id}});
    world.agent_finishes("enough");
    auto all = seen;
    for (const auto& one : told(back)) all.push_back(one);
    EXPECT_EQ(all.size(), 2504U);
    EXPECT_EQ(all, told(steady));
}

TEST(LiveMetrics, ComeOnceASecondAtOnceTheFirstTime) {
    World world;
    auto& numbers = world.open_stream(kMetrics);
    EXPECT_EQ(take(numbers), (Frames{"metrics"}));
    EXPECT_EQ(numbers.messages().front().event, "metrics");
    for (int i = 0; i < 3; ++i) {
        world.passes(999ms);
        EXPECT_EQ(take(numbers), (Frames{}));
        world.passes(1ms);
        EXPECT_EQ(take(numbers), (Frames{"metrics"}));
    }
}

TEST(LiveMetrics, CountWhatRunsAndWhatHasEnded) {
    World world;
    world.mesh_execute("An old task");
    auto& numbers = world.open_stream(kMetrics);
    EXPECT_EQ(number(newest(numbers), "tasks", "running"), 1);
    EXPECT_EQ(number(newest(numbers), "totals", "submitted"), 0);

    world.passes(2s);
    world.agent_finishes("done");
    world.mesh_execute("A new task", {{"max_retries", 0}});
    world.passes(1s);
    const auto now = newest(numbers);
    EXPECT_EQ(number(now, "tasks", "running"), 1);
    EXPECT_EQ(number(now, "totals", "submitted"), 1);
    EXPECT_EQ(number(now, "totals", "completed"), 1);
    EXPECT_EQ(number(now, "execution_ms", "count"), 1);
    EXPECT_EQ(number(now, "execution_ms", "p50"), 2000);

    world.agent_fails({.error = {Code::AgentFailed, "no ink"}});
    world.passes(1s);
    EXPECT_EQ(number(newest(numbers), "totals", "failed"), 1);
    EXPECT_EQ(number(newest(numbers), "tasks", "running"), 0);
    const auto agents = newest(numbers).at("agents").as_array();
    ASSERT_EQ(agents.size(), 1U);
    EXPECT_EQ(find_string(agents[0].as_object(), "name"), "writer");
    EXPECT_THAT(to_text(agents[0]), HasSubstr("\"health\":"));
}

TEST(LiveMetrics, SpeakOfRatesInTheirWindow) {
    World world;
    auto& numbers = world.open_stream(kMetrics);
    world.passes(10s);
    for (int i = 0; i < 5; ++i) runs_a_poem(world);
    world.passes(1s);
    const auto rate = [&] { return find_number(*find_object(newest(numbers), "rates"), "completed"); };
    EXPECT_EQ(rate(), 0.5);
    world.passes(10s);
    EXPECT_EQ(rate(), 0);
    EXPECT_EQ(number(newest(numbers), "totals", "completed"), 5);
    EXPECT_EQ(number(newest(numbers), "execution_ms", "count"), 5);
    world.passes(50s);
    EXPECT_EQ(number(newest(numbers), "execution_ms", "count"), 0);
    EXPECT_TRUE(newest(numbers).at("execution_ms").as_object().at("p99").is_null());
}

TEST(LiveMetrics, AreTheSameBytesForAllWhoWatchTheTenantAndOthersHaveTheirOwn) {
    World world;
    auto& one = world.open_stream(kMetrics);
    auto& two = world.open_stream(kMetrics);
    auto& other = world.open_stream(kMetrics, as(world.make_key("other", "eve")));
    runs_a_poem(world);
    world.passes(1s);
    EXPECT_EQ(one.messages().back().data, two.messages().back().data);
    EXPECT_EQ(number(newest(one), "totals", "completed"), 1);
    EXPECT_EQ(number(newest(other), "totals", "completed"), 0);
    EXPECT_EQ(number(newest(other), "totals", "submitted"), 0);
}

TEST(LiveMetrics, GoOnWhereTheyWereForWhoComesBackWithinAMinute) {
    World world;
    auto& first = world.open_stream(kMetrics);
    runs_a_poem(world);
    world.passes(1s);
    first.close();
    world.passes(50s);
    auto& second = world.open_stream(kMetrics);
    EXPECT_EQ(number(newest(second), "totals", "completed"), 1);
    EXPECT_EQ(newest(second).at("since"), newest(first).at("since"));
    second.close();
    world.passes(70s);
    auto& third = world.open_stream(kMetrics);
    EXPECT_EQ(number(newest(third), "totals", "completed"), 0);
}

}  // namespace
}  // namespace meshai::tests
