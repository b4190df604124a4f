// The simulation: a workflow whose agents hand work on and ask a person, on a
// server that is killed at every commit, and at commits that a seed chooses. The
// same seed tells the same story again.

#include <gtest/gtest.h>

#include "agents/delegation/delegation.h"
#include "mesh/conductor/workflow_world_test.h"

namespace meshai::mesh {
namespace {

constexpr auto kReport = R"({"name":"report","steps":[
    {"id":"outline","task":"outline","agent":"writer","retry":{"attempts":2,"backoff":"5ms"}},
    {"id":"pause","type":"wait","for":"20ms","after":["outline"]},
    {"id":"write","task":"write ${steps.outline.result}","agent":"writer","after":["outline"]},
    {"id":"ok","type":"approval","message":"Print it?","after":["write","pause"]},
    {"id":"print","task":"print ${steps.write.result}","agent":"editor","after":["ok"]}]})";
constexpr std::int64_t kPlenty = 60;
constexpr auto kReportResult =
    R"("print Rome: facts checked with dates by editor; text by editor by editor")";
constexpr std::uint64_t kSeeds = 30;

std::string report(std::int64_t calls) {
    auto definition = parse_json_object(kReport).value();
    definition["budget"] = json::object{{"calls", calls}};
    return to_text(definition);
}

/// The workflow and its agents: the writer has facts collected, asks for a title and has
/// the text written by others; whoever collects the facts has the dates checked.
struct Simulation {
    explicit Simulation(std::int64_t calls = kPlenty) : budget(calls), story(report(calls), json::object()) {
        story.world.agents.on_call = [this](const std::string& name, FakeCall& call) { called(name, call); };
        story.answers = [](const std::string& key) {
            json::object content;
            if (key != "ok") content["answer"] = "Rome";
            return json::object{{"action", "accept"}, {"content", std::move(content)}};
        };
    }

    void called(const std::string& name, FakeCall& call);

    std::int64_t budget;
    WatchedWorkflow story;
    std::map<std::string, std::set<TaskId>> tasks{};  ///< by what was asked
    std::set<std::pair<int, TaskId>> calls{};         ///< with the number of kills before
    std::int64_t completions = 0;                     ///< of all models
    TaskId first_outline{};
};

Status gives_up(FakeCall& call, const Error& error) {
    call.fails(failure(error.code, true, false));
    return error;
}

Async<Result<std::string>> hand(agents::Sink& sink, std::string self, std::string which, std::string task,
                                std::string to) {
    agents::Delegation work;
    work.step = agents::step_for(which, task);
    work.task = json::string(task);
    work.agents.push_back(std::move(to));
    AgentId from{std::move(self)};
    auto ending = co_await agents::hand_over(sink, std::move(from), std::move(work));
    if (!ending) co_return ending.error();
    if (!ending->result) co_return Error{ending->result.error().code, ending->result.error().message};
    co_return std::string(ending->result->get_string());
}

Async<Result<std::string>> ask_for_title(Simulation& simulation, agents::Sink& sink) {
    agents::PersonQuestion question{.key = agents::key_for("2", "title"), .question = "Which title?"};
    AgentId self{"writer"};
    auto answer = co_await agents::ask_person(sink, simulation.story.world.loop.clock, std::move(self),
                                              std::move(question));
    if (!answer) co_return answer.error();
    const auto* content = find_object(*answer, "content");
    co_return content ? find_string(*content, "answer").value_or("") : std::string();
}

/// Between two completions of a model, as the adapter of models does it.
Async<Status> think(Simulation& simulation, agents::Sink& sink, double percent) {
    task::Progress progress;
    progress.message = "thinking";
    progress.percent = percent;
    if (auto told = co_await sink.progress(std::move(progress)); !told) co_return told;
    const task::Usage usage{10, 2, 0};
    auto more = co_await sink.spend(usage);
    if (more) ++simulation.completions;
    co_return more;
}

Async<Status> write_report(Simulation& simulation, FakeCall& call, agents::Sink& sink) {
    auto facts = co_await hand(sink, "writer", "1", "facts", "critic");
    if (!facts) co_return gives_up(call, facts.error());
    if (auto more = co_await think(simulation, sink, 30); !more) co_return gives_up(call, more.error());
    auto title = co_await ask_for_title(simulation, sink);
    if (!title) co_return gives_up(call, title.error());
    if (auto more = co_await think(simulation, sink, 60); !more) co_return gives_up(call, more.error());
    auto text = co_await hand(sink, "writer", "3", "text", "editor");
    if (!text) co_return gives_up(call, text.error());
    call.finishes(json::string(*title + ": " + *facts + "; " + *text));
    co_return Status{};
}

Async<Status> collect_facts(FakeCall& call, agents::Sink& sink) {
    auto dates = co_await hand(sink, "critic", "1", "dates", "editor");
    if (!dates) co_return gives_up(call, dates.error());
    call.finishes(json::string("facts checked with " + *dates));
    co_return Status{};
}

void Simulation::called(const std::string& name, FakeCall& call) {
    const auto& task = call.call.task;
    const auto text = std::string(call.call.request.input.get_string());
    EXPECT_FALSE(story.ended.contains(task)) << "\"" << text << "\" had ended and was run again";
    EXPECT_TRUE(calls.emplace(story.kills, task).second) << "\"" << text << "\" was asked for twice";
    tasks[text].insert(task);
    ++completions;
    if (text == "outline" && first_outline.empty()) first_outline = task;
    if (task == first_outline) return call.fails(failure(Code::AgentFailed, true, false));
    if (text.starts_with("write"))
        return call.to_say.push_back(
            [this, &call](agents::Sink& sink) { return write_report(*this, call, sink); });
    if (text == "facts")
        return call.to_say.push_back([&call](agents::Sink& sink) { return collect_facts(call, sink); });
    call.says(text);
    call.finishes(json::string(text + " by " + name));
}

/// What holds however the story ends.
void check_all(Simulation& simulation) {
    auto& world = simulation.story.world;
    ASSERT_FALSE(simulation.story.id.empty());
    const bool is_done = world.view(simulation.story.id).state == task::State::Completed;
    for (const auto& id : simulation.story.tree()) {
        const auto events = world.events(id);
        // A child that was announced when the whole ended was perhaps never begun.
        EXPECT_TRUE(!events.empty() || !is_done) << id.value;
        check_log(events);
        if (events.empty()) continue;
        EXPECT_TRUE(task::is_last(events.back().body)) << world.story(id);
    }
    const auto open = world.loop.run(world.server().log.unfinished());
    ASSERT_TRUE(open);
    EXPECT_TRUE(open->empty());
    for (const auto& [text, ids] : simulation.tasks)
        EXPECT_LE(ids.size(), text == "outline" ? 2U : 1U) << text << " became several tasks";
    EXPECT_LE(static_cast<std::int64_t>(simulation.calls.size()), simulation.budget);
    // Of one agent's completions one may be lost in each crash, before the log has it.
    EXPECT_LE(simulation.completions, simulation.budget + simulation.story.kills);
}

/// Each hand-over and each answer to it stands in the log once.
void check_messages(const std::vector<task::Event>& events) {
    std::map<std::string, std::map<std::string, int>> said;
    std::set<std::string> steps;
    for (const auto& event : events) {
        if (const auto* message = std::get_if<task::AgentMessage>(&event.body))
            if (const auto step = find_string(message->content.as_object(), "step"))
                ++said[*step][message->kind];
        if (const auto* step = std::get_if<task::StepStarted>(&event.body);
            step && step->type == agents::kDelegationStep)
            steps.insert(step->step);
    }
    EXPECT_EQ(said.size(), steps.size());
    for (const auto& step : steps) {
        EXPECT_EQ(said[step]["handover"], 1) << step;
        EXPECT_EQ(said[step]["answer"], 1) << step;
    }
}

void check_done(Simulation& simulation) {
    check_all(simulation);
    auto& world = simulation.story.world;
    const auto& id = simulation.story.id;
    EXPECT_EQ(world.result(id), kReportResult);
    const auto facts = "write/" + agents::step_for("1", "facts");
    EXPECT_EQ(world.steps(id), (Words{"ok completed", "outline completed #2", "pause completed",
                                      "print completed", "write completed", facts + " completed",
                                      facts + "/" + agents::step_for("1", "dates") + " completed",
                                      "write/" + agents::step_for("3", "text") + " completed"}));
    EXPECT_EQ(world.view(id).percent, 100);
    const auto tree = simulation.story.tree();
    EXPECT_EQ(tree.size(), 8U);
    for (const auto& task : tree) check_messages(world.events(task));
    EXPECT_EQ(simulation.tasks.size(), 6U);
}

/// Two to four times, each time a few commits later, also while the next one is on its way.
void kill_at_random(WatchedWorkflow& story, std::uint64_t seed) {
    constexpr std::uint64_t kCommitsMax = 20;
    SeededRandom random(seed);
    for (auto left = 2 + random.number(3); left > 0; --left) {
        if (!story.reaches(story.world.disk->commits() + 1 + random.number(kCommitsMax))) return;
        story.world.passes(WatchedWorkflow::kStep * static_cast<int>(random.number(6)));
        story.is_killed();
    }
}

TEST(Simulation, NothingGoesWrongWhereNothingHappens) {
    Simulation simulation;
    simulation.story.comes_to_rest();
    check_done(simulation);
    EXPECT_EQ(simulation.calls.size(), 7U);
    EXPECT_EQ(simulation.completions, 9);
}

TEST(Simulation, AServerKilledAfterAnyCommitGoesOnWhereItWas) {
    bool was_killed = true;
    std::uint64_t commits = 0;
    for (; was_killed && commits < 300 && !testing::Test::HasFailure(); ++commits) {
        SCOPED_TRACE(fmt::format("killed after {} commits", commits));
        Simulation simulation;
        was_killed = simulation.story.reaches(commits);
        if (was_killed) simulation.story.is_killed();
        simulation.story.comes_to_rest();
        check_done(simulation);
    }
    EXPECT_GT(commits, 30U) << "the story has many moments";
    EXPECT_FALSE(was_killed) << "and all of them were tried";
}

TEST(Simulation, AServerKilledAgainAndAgainDoesNothingTwice) {
    int kills = 0;
    for (std::uint64_t seed = 1; seed <= kSeeds && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        Simulation simulation;
        kill_at_random(simulation.story, seed);
        simulation.story.comes_to_rest();
        check_done(simulation);
        kills += simulation.story.kills;
    }
    EXPECT_GE(kills, 2 * static_cast<int>(kSeeds));
}

TEST(Simulation, ABudgetHoldsHoweverOftenTheServerIsKilled) {
    int broke = 0;
    int done = 0;
    for (std::uint64_t seed = 1; seed <= kSeeds && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        Simulation simulation(1 + static_cast<std::int64_t>(seed % 15));
        kill_at_random(simulation.story, seed);
        simulation.story.comes_to_rest();
        check_all(simulation);
        const auto view = simulation.story.world.view(simulation.story.id);
        ASSERT_TRUE(view.completed || view.failed) << simulation.story.world.story(simulation.story.id);
        if (view.failed) EXPECT_EQ(view.failed->code, Code::BudgetExhausted) << view.failed->message;
        ++(view.failed ? broke : done);
    }
    EXPECT_GT(broke, 0);
    EXPECT_GT(done, 0);
}

}  // namespace
}  // namespace meshai::mesh
