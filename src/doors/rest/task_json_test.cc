#include "doors/rest/task_json.h"

#include <gtest/gtest.h>

namespace meshai::doors {
namespace {

const TaskId kTask{"t_1"};
const AgentId kWriter{"a_1"};
constexpr std::int64_t kNoon = 1'737'028'800'000;  // 2025-01-16T12:00:00Z

task::View after(std::vector<task::Body> bodies) {
    task::Submitted submitted;
    submitted.request.input = "Write a poem";
    submitted.request.task_type = "creative";
    submitted.request.routing_strategy = "capability_match";
    bodies.insert(bodies.begin(), submitted);
    task::View view;
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        const auto at = wall_of(kNoon + static_cast<std::int64_t>(i) * 1500);
        view = task::apply(std::move(view), {Seq{i + 1}, EventId{"e"}, at, std::move(bodies[i])});
    }
    return view;
}

TEST(TaskJson, OfACompletedTaskHasEveryFieldOfTheWire) {
    const auto view =
        after({task::Started{1, kWriter, "writer", ""}, task::Started{2, kWriter, "writer", "lost"},
               task::Completed{"a poem", {3, 4, 0.5}, kWriter, 2}});
    const auto body = status_json(kTask, view);
    EXPECT_EQ(body.at("task_id").as_string(), "t_1");
    EXPECT_EQ(body.at("status").as_string(), "completed");
    EXPECT_EQ(body.at("result").as_string(), "a poem");
    EXPECT_TRUE(body.at("error").is_null());
    EXPECT_EQ(body.at("agent_id").as_string(), "a_1");
    EXPECT_EQ(body.at("retry_count").as_int64(), 1);
    EXPECT_EQ(body.at("started_at").as_string(), "2025-01-16T12:00:01.500Z");
    EXPECT_EQ(body.at("completed_at").as_string(), "2025-01-16T12:00:04.500Z");
    EXPECT_EQ(body.at("execution_time_seconds").as_int64(), 3);
    EXPECT_EQ(body.at("routing_strategy_used").as_string(), "capability_match");
    EXPECT_EQ(body.at("usage").at("output_tokens").as_int64(), 4);
    EXPECT_EQ(body.at("progress").as_int64(), 100);
}

TEST(TaskJson, OfAFailedTaskSaysWhy) {
    const auto body =
        status_json(kTask, after({task::Failed{Code::NoAgent, "No suitable agent found for task", {}}}));
    EXPECT_EQ(body.at("status").as_string(), "failed");
    EXPECT_EQ(body.at("error").as_string(), "No suitable agent found for task");
    EXPECT_EQ(body.at("error_code").as_string(), "ROUTING_FAILED");
    EXPECT_TRUE(body.at("result").is_null());
}

TEST(TaskJson, OfACancelledTaskSaysByWhom) {
    const auto body = status_json(kTask, after({task::Cancelled{"client disconnected", ""}}));
    EXPECT_EQ(body.at("status").as_string(), "cancelled");
    EXPECT_EQ(body.at("error_details").at("cancelled_by").as_string(), "client disconnected");
}

TEST(TaskJson, OfATaskThatWaitsHoldsNoTimesYet) {
    const auto body = status_json(kTask, after({}));
    EXPECT_EQ(body.at("status").as_string(), "pending");
    EXPECT_TRUE(body.at("started_at").is_null());
    EXPECT_TRUE(body.at("execution_time_seconds").is_null());
    EXPECT_FALSE(result_json(kTask, after({})).contains("result"));
}

TEST(EventJson, StandsFlatBesideItsPlace) {
    const task::Event event{Seq{3}, EventId{"e_7"}, wall_of(kNoon),
                            task::Started{2, kWriter, "writer", "lost"}};
    const auto body = event_json(kTask, event);
    EXPECT_EQ(body.at("seq").to_number<int>(), 3);
    EXPECT_EQ(body.at("kind").as_string(), "started");
    EXPECT_EQ(body.at("attempt").as_int64(), 2);
    EXPECT_EQ(body.at("reason").as_string(), "lost");
    EXPECT_TRUE(body.at("id").as_string().ends_with("0000003"));
}

}  // namespace
}  // namespace meshai::doors
