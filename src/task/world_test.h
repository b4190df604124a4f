// task/world_test.h
//
// What the tests of this room share: a log of tasks on a memory disk, under the
// manual clock, with short words for what people and agents do.
#pragma once

#include <gtest/gtest.h>

#include "base/test_loop.h"
#include "store/memory/engine.h"
#include "task/log.h"

namespace meshai::task {

struct TaskWorld {
    TestLoop loop;
    std::shared_ptr<store::MemoryDisk> disk = std::make_shared<store::MemoryDisk>();
    std::unique_ptr<store::MemoryEngine> engine = std::make_unique<store::MemoryEngine>(loop.clock, disk);
    std::unique_ptr<TaskLog> log = std::make_unique<TaskLog>(*engine, loop.clock, loop.random, loop.log);
    TenantId tenant{"acme"};
    Caller alice{tenant, Subject{"alice"}, false};
    Caller bob{tenant, Subject{"bob"}, false};
    Caller boss{tenant, Subject{"boss"}, true};

    static Request request(std::string_view input) {
        Request made;
        made.input = json::string(input);
        made.task_type = "chat";
        return made;
    }

    Result<Submission> tries_to_submit(std::string input, std::optional<std::string> key, const Caller& who) {
        return loop.run(log->submit(who, request(input), loop.clock.wall() + Millis{60'000}, std::move(key)));
    }
    TaskId submits(std::string input) {
        return tries_to_submit(std::move(input), std::nullopt, alice).value().id;
    }

    Result<std::vector<Event>> appends(const TaskId& id, std::uint64_t after, std::vector<Body> bodies) {
        return loop.run(log->append(tenant, id, Seq{after}, std::move(bodies)));
    }
    /// A task with a run and an ending: events 1 to 3.
    TaskId finished_task(std::string input) {
        auto id = submits(std::move(input));
        EXPECT_TRUE(appends(
            id, 1, {Started{1, AgentId{"a_1"}, "writer", ""}, Completed{"done", {}, AgentId{"a_1"}, 1}}));
        return id;
    }
    View view(const TaskId& id) { return loop.run(log->view(tenant, id)).value(); }
    Code summary_code(const Caller& who, const TaskId& id) {
        const auto found = loop.run(log->summary(who, id));
        return found ? Code::Internal : found.error().code;
    }

    /// The process is killed and starts again on the same data.
    void restarts() {
        disk->pull_plug();
        log.reset();
        engine = std::make_unique<store::MemoryEngine>(loop.clock, disk);
        log = std::make_unique<TaskLog>(*engine, loop.clock, loop.random, loop.log);
    }
};

inline std::vector<std::string> kinds(const std::vector<Event>& events) {
    std::vector<std::string> names;
    for (const auto& event : events) names.emplace_back(kind(event.body));
    return names;
}

}  // namespace meshai::task
