// mesh/conductor/workflow_world_test.h
//
// The mesh in memory with a few agents, for stories of workflows: what agents
// were asked, what the log of a workflow says of its steps. For stories of
// crashes also a client that watches a workflow on a server that is killed, and
// what must hold of every log afterwards. For tests of this folder.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mesh/testing/mesh_world.h"

namespace meshai::mesh {

using Words = std::vector<std::string>;

class WorkflowWorld : public MeshWorld {
  public:
    explicit WorkflowWorld(ExecutorLimits limits = {}) : MeshWorld(limits) {
        has_agent("writer", true, 100);
        has_agent("critic", true, 100);
        has_agent("editor", true, 100);
        opens();
    }

    TaskId conducts(std::string_view definition, json::value input = json::object()) {
        return submits(workflow_request(definition, std::move(input)));
    }

    /// What was asked of whom, in order: "writer: Write about Rome".
    Words tasks() const {
        Words all;
        for (const auto& [name, call] : agents.calls) {
            const auto& input = call->call.request.input;
            all.push_back(name + ": " +
                          (input.is_string() ? std::string(input.get_string()) : to_text(input)));
        }
        return all;
    }

    /// The call that asked for this; the newest one.
    FakeCall& asked(std::string_view task) {
        for (auto at = agents.calls.rbegin(); at != agents.calls.rend(); ++at)
            if (at->second->call.request.input == json::value(json::string(task))) return *at->second;
        throw std::runtime_error("nobody was asked: " + std::string(task));
    }

    /// "draft completed", "check running #2" … in the order of the paths.
    Words steps(const TaskId& id) {
        Words all;
        for (const auto& [path, step] : view(id).steps) {
            auto line = path + " " + (step.finished ? step.finished->status : "running");
            if (step.started.attempt > 1) line += fmt::format(" #{}", step.started.attempt);
            all.push_back(std::move(line));
        }
        return all;
    }

    /// What the workflow itself says of its progress.
    Words lines(const TaskId& id) {
        Words all;
        for (const auto& event : events(id))
            if (const auto* progress = std::get_if<task::Progress>(&event.body))
                all.push_back(fmt::format("{}% {}", progress->percent.value_or(-1), progress->message));
        return all;
    }

    /// Why a task failed: "TIMEOUT: Nobody answered in time."
    std::string failure(const TaskId& id) {
        const auto view = this->view(id);
        if (!view.failed) return "it did not fail: " + story(id);
        return fmt::format("{}: {}", code_name(view.failed->code), view.failed->message);
    }

    std::string result(const TaskId& id) {
        const auto view = this->view(id);
        return view.completed ? to_text(view.completed->result) : failure(id);
    }
};

/// All that stands in one log; nothing where there is none.
inline std::vector<task::Event> events_in(TestLoop& loop, task::TaskLog& log, const TaskId& id) {
    std::vector<task::Event> all;
    for (;;) {
        auto page = loop.run(log.read(kAcme, id, all.empty() ? Seq{} : all.back().seq, 1000));
        if (!page || page->empty()) return all;
        all.insert(all.end(), page->begin(), page->end());
    }
}

/// A workflow, a client that watches it and answers, and a server that may be killed
/// at any commit. What got no reply the client says again, under the same key.
class WatchedWorkflow {
  public:
    WatchedWorkflow(std::string definition, json::value input)
        : definition_(std::move(definition)), input_(std::move(input)) {
        world.disk->set_delay(kCommitTime);
    }

    /// Goes on until so many commits have happened; false when the workflow is over before.
    bool reaches(std::uint64_t commits) {
        for (int step = 0; step < kStepsMax; ++step) {
            if (world.disk->commits() >= commits) return true;
            if (is_over()) return false;
            moves(kStep);
        }
        return false;
    }

    /// Goes on to the end, and lets all come to rest.
    void comes_to_rest() {
        (void)reaches(std::numeric_limits<std::uint64_t>::max());
        for (int second = 0; second < 100 && !is_over(); ++second) moves(std::chrono::seconds(1));
        world.passes(std::chrono::minutes(1));
    }

    /// kill -9, a look at what is on the disk, and a new start.
    void is_killed() {
        world.disk->pull_plug();
        world.ends();
        world.disk->set_delay(Duration::zero());
        // Nothing runs yet: what is on the disk is what had ended.
        auto reader = world.another("reader");
        for (const auto& task : tree(reader->log)) {
            const auto events = events_in(world.loop, reader->log, task);
            if (!events.empty() && task::is_last(events.back().body)) ended.insert(task);
        }
        world.loop.run(reader->executor->drain(Duration::zero()));
        reader.reset();
        world.disk->set_delay(kCommitTime);
        ++kills;
        is_submitting_ = false;
        is_answering_ = false;
        seen_ = 0;
        world.opens();
    }

    /// The workflow, its children, and theirs.
    std::vector<TaskId> tree() { return tree(world.server().log); }

    static constexpr Duration kStep = std::chrono::microseconds(200);

    WorkflowWorld world{};
    TaskId id{};  ///< once the client has heard it
    std::function<json::object(const std::string& key)> answers = [](const std::string&) {
        return json::object{{"action", "accept"}, {"content", json::object()}};
    };
    std::set<TaskId> ended{};  ///< tasks that had ended when the server was killed
    int kills = 0;

  private:
    static constexpr Duration kCommitTime = std::chrono::milliseconds(1);
    static constexpr int kStepsMax = 3'000;

    static Async<void> submit(WatchedWorkflow& self) {
        auto request = MeshWorld::workflow_request(self.definition_, self.input_);
        auto done = co_await self.world.executor().submit(kAlice, std::move(request), "once");
        if (done) self.id = done->id;
        self.is_submitting_ = false;
    }

    static Async<void> answer(WatchedWorkflow& self, std::string key) {
        agents::Answers given;
        given[key] = self.answers(key);
        (void)co_await self.world.executor().answer(kAlice, self.id, std::move(given));
        self.is_answering_ = false;
    }

    void moves(Duration span) {
        if (id.empty() && !std::exchange(is_submitting_, true))
            world.loop.scope.spawn("submit", submit(*this));
        world.passes(span);
        if (!id.empty() && std::exchange(seen_, world.disk->commits()) != seen_) look();
    }

    /// The client reads what is new, and answers what it is asked.
    void look() {
        for (bool is_more = true; is_more;) {
            const auto news = world.loop.run(world.server().log.read(kAcme, id, view_.last, 1000));
            is_more = news && !news->empty();
            if (!is_more) break;
            for (const auto& event : *news) view_ = task::apply(std::move(view_), event);
        }
        for (const auto& [key, inquiry] : view_.inquiries) {
            if (!inquiry.is_open || is_over() || std::exchange(is_answering_, true)) continue;
            world.loop.scope.spawn("answer", answer(*this, key));
        }
    }

    bool is_over() const { return task::is_final(view_.state); }

    std::vector<TaskId> tree(task::TaskLog& log) {
        std::vector<TaskId> found;
        if (!id.empty()) found.push_back(id);
        for (std::size_t i = 0; i < found.size(); ++i)
            for (const auto& event : events_in(world.loop, log, found[i]))
                if (const auto* step = std::get_if<task::StepStarted>(&event.body);
                    step && !step->child.empty())
                    found.push_back(step->child);
        return found;
    }

    std::string definition_;
    json::value input_;
    std::uint64_t seen_ = 0;
    task::View view_{};  ///< what the client has read
    bool is_submitting_ = false;
    bool is_answering_ = false;
};

/// What holds of every log, however often the server was killed: numbers without a gap,
/// one ending, a percentage that never falls, no step and no word of a child told twice.
inline void check_log(const std::vector<task::Event>& events) {
    std::uint64_t seq = 0;
    double percent = 0;
    std::map<TaskId, Seq> heard;
    std::set<std::pair<std::string, int>> begun;
    std::set<std::pair<std::string, int>> finished;
    for (const auto& event : events) {
        EXPECT_EQ(event.seq.value, ++seq);
        EXPECT_EQ(task::is_last(event.body), &event == &events.back());
        if (const auto* progress = std::get_if<task::Progress>(&event.body)) {
            EXPECT_GE(progress->percent.value_or(percent), percent);
            percent = progress->percent.value_or(percent);
        }
        if (const auto* relayed = std::get_if<task::Relayed>(&event.body)) {
            EXPECT_GT(relayed->seq, heard[relayed->child]) << relayed->step << " said something twice";
            heard[relayed->child] = relayed->seq;
        }
        if (const auto* step = std::get_if<task::StepStarted>(&event.body))
            EXPECT_TRUE(begun.emplace(step->step, step->attempt).second) << step->step;
        if (const auto* step = std::get_if<task::StepFinished>(&event.body))
            EXPECT_TRUE(finished.emplace(step->step, step->attempt).second) << step->step;
    }
}

}  // namespace meshai::mesh
