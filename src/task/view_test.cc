#include "task/view.h"

#include <gtest/gtest.h>

#include "task/track.h"

namespace meshai::task {
namespace {

std::vector<Event> events(std::vector<Body> bodies) {
    std::vector<Event> made;
    for (auto& body : bodies) {
        const auto number = made.size() + 1;
        made.push_back({Seq{number}, EventId{"e_" + std::to_string(number)},
                        wall_of(static_cast<std::int64_t>(number) * 1000), std::move(body)});
    }
    return made;
}

View fold(const std::vector<Event>& log) {
    View view;
    for (const auto& event : log) view = apply(std::move(view), event);
    return view;
}

Submitted poem() {
    Submitted body;
    body.request.input = "a poem";
    body.request.task_type = "creative";
    body.subject = Subject{"key_1"};
    return body;
}

TEST(View, ATaskIsPendingThenRoutingThenExecutingThenCompleted) {
    const auto log =
        events({poem(), Routed{AgentId{"a_1"}}, Started{1, AgentId{"a_1"}, "writer", ""}, Output{"roses ", 1},
                Output{"are red", 1}, Completed{"roses are red", {}, AgentId{"a_1"}, 1}});
    std::vector<State> states;
    View view;
    for (const auto& event : log) {
        view = apply(std::move(view), event);
        if (states.empty() || states.back() != view.state) states.push_back(view.state);
    }
    EXPECT_EQ(states, (std::vector{State::Pending, State::Routing, State::Executing, State::Completed}));
    EXPECT_EQ(view.text, "roses are red");
    EXPECT_EQ(view.last, Seq{6});
    EXPECT_EQ(view.submitted_at, wall_of(1000));
    EXPECT_EQ(view.started_at, wall_of(3000));
    EXPECT_EQ(view.finished_at, wall_of(6000));
}

TEST(View, ANewAttemptForgetsTheOutputOfTheOldOne) {
    const auto view = fold(events({poem(), Started{1, AgentId{"a_1"}, "one", ""}, Output{"half a po", 1},
                                   Started{2, AgentId{"a_2"}, "two", "the server was restarted"},
                                   Output{"late", 1}, Output{"a poem", 2}}));
    EXPECT_EQ(view.text, "a poem");
    EXPECT_EQ(view.attempt, 2);
    EXPECT_EQ(view.agent, AgentId{"a_2"});
    EXPECT_EQ(view.output_bytes, 6U);
    EXPECT_EQ(view.started_at, wall_of(2000));
}

TEST(View, ThePercentageNeverFalls) {
    const auto view =
        fold(events({poem(), Progress{"a", 60.0, "", AgentId{}, {}}, Progress{"b", 40.0, "", AgentId{}, {}},
                     Progress{"", std::nullopt, "", AgentId{}, {}}}));
    EXPECT_EQ(view.percent, 60);
    EXPECT_EQ(view.message, "b");
}

TEST(View, ATaskThatWaitsForAnAnswerGoesOnWhenItHasOne) {
    auto log =
        events({poem(), Started{}, InputRequired{"k", "Sure?"}, InputGiven{"k", true, Subject{"key_1"}}});
    EXPECT_EQ(fold(log).state, State::Executing);
    log.pop_back();
    EXPECT_EQ(fold(log).state, State::InputRequired);
}

TEST(View, ATaskWaitsUntilItsLastQuestionIsAnswered) {
    auto log = events({poem(), Started{}, InputRequired{"a", "Sure?"}, InputRequired{"b", "Really?"},
                       InputGiven{"a", true, Subject{"key_1"}}});
    const auto waiting = fold(log);
    EXPECT_EQ(waiting.state, State::InputRequired);
    EXPECT_EQ(waiting.inquiries.at("a").answer, json::value(true));
    EXPECT_FALSE(waiting.inquiries.at("a").is_open);
    EXPECT_TRUE(waiting.inquiries.at("b").is_open);
    EXPECT_EQ(waiting.inquiries.at("b").question, json::value("Really?"));
}

TEST(View, AQuestionOfAnAttemptThatIsOverWaitsForNobodyAndStillTakesItsAnswer) {
    auto log = events({poem(), Started{}, InputRequired{"a", "Sure?"},
                       Started{2, AgentId{"a_2"}, "", "again"}, InputGiven{"a", true, Subject{"key_1"}}});
    const auto view = fold(log);
    EXPECT_EQ(view.state, State::Executing);
    EXPECT_EQ(view.inquiries.at("a").answer, json::value(true));
    log.pop_back();
    EXPECT_EQ(fold(log).state, State::Executing);
    EXPECT_FALSE(has_open(fold(log).inquiries));
}

TEST(View, NothingChangesATaskThatHasEnded) {
    const auto view =
        fold(events({poem(), Cancelled{"key_1", "changed my mind"}, Completed{"late", {}, AgentId{}, 1}}));
    EXPECT_EQ(view.state, State::Cancelled);
    EXPECT_FALSE(view.completed);
    EXPECT_EQ(view.last, Seq{2});
}

TEST(View, EveryStateHasANameThatLeadsBack) {
    for (const auto state : {State::Pending, State::Routing, State::Executing, State::InputRequired,
                             State::Completed, State::Failed, State::Cancelled})
        EXPECT_EQ(state_of(state_name(state)), state);
    EXPECT_FALSE(state_of("submitted"));
}

TEST(View, TheIndexRowSaysWhatTheFoldSays) {
    const std::vector<Body> endings = {Completed{"x", {}, AgentId{}, 2}, Failed{Code::Timeout, "late", {}},
                                       Cancelled{"key_1", ""}, InputRequired{"k", nullptr},
                                       Routed{AgentId{"a_3"}}};
    for (const auto& ending : endings) {
        View view;
        Track track;
        for (const auto& event : events({poem(),
                                         Routed{},
                                         Started{1, AgentId{"a_1"}, "", ""},
                                         Progress{"", 12.0, "", AgentId{}, {}},
                                         Output{"x", 1},
                                         StepStarted{},
                                         StepFinished{},
                                         AgentMessage{},
                                         Output{"old", 0},
                                         InputRequired{"a", 1},
                                         InputRequired{"b", 2},
                                         InputGiven{"a", 1, {}},
                                         InputGiven{"b", 2, {}},
                                         InputRequired{"c", 3},
                                         Routed{},
                                         InputGiven{"c", 1, {}},
                                         InputRequired{"d", 3},
                                         Started{1, AgentId{"a_1"}, "", "again"},
                                         InputRequired{"a", 1},
                                         Started{2, AgentId{"a_2"}, "", "again"},
                                         Output{"yz", 2},
                                         ending})) {
            view = apply(std::move(view), event);
            track = follow(std::move(track), event);
            EXPECT_EQ(track.last, view.last);
            EXPECT_EQ(track.summary.state, view.state);
            EXPECT_EQ(track.summary.attempt, view.attempt);
            EXPECT_EQ(track.summary.agent, view.agent);
            EXPECT_EQ(track.summary.subject, view.submitted.subject);
            EXPECT_EQ(track.summary.submitted_at, view.submitted_at);
            EXPECT_EQ(track.summary.started_at, view.started_at);
            EXPECT_EQ(track.summary.finished_at, view.finished_at);
            EXPECT_EQ(track.output_bytes, view.output_bytes);
            if (!view.completed) EXPECT_EQ(track.percent, view.percent);
        }
    }
}

}  // namespace
}  // namespace meshai::task
