// mesh/conductor/workflow_world_test.h
//
// The mesh in memory with a few agents, for stories of workflows: what agents
// were asked, what the log of a workflow says of its steps. For tests of this
// folder.
#pragma once

#include <fmt/format.h>

#include <algorithm>
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

}  // namespace meshai::mesh
