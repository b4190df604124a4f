// What docs/events.md shows is what the server says: each of its examples is a
// frame or a line of these stories, word for word. Whoever changes what is said
// finds here what the page has to show instead.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "doors/rest/task_json.h"
#include "tests/world/world.h"
#include "wire/meshai/event_number.h"

namespace meshai::tests {
namespace {

std::string page() {
    std::ifstream file(MESHAI_DOCS "/events.md");
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_FALSE(text.str().empty());
    return text.str();
}

/// Ids, cursors and signatures follow from the seed and from how often somebody
/// drew before. On the page they have short names, so that it is the same then.
class Names {
  public:
    std::string hide(std::string text) {
        static const std::regex kTask("t_[0-9a-z]{26}");
        for (std::smatch found; std::regex_search(text, found, kTask);) {
            const auto id = found.str();
            text = found.prefix().str() + name_of(id) + found.suffix().str();
        }
        for (const auto& [id, name] : names_) {
            const auto digits = wire::guide::event_number(TaskId{id}, 1).substr(0, kTaskDigits);
            for (auto at = text.find(digits); at != std::string::npos; at = text.find(digits))
                text.replace(at, kTaskDigits, "10000000" + name.substr(2));
        }
        static const std::pair<std::regex, std::string> kOthers[] = {
            {std::regex("e_[0-9a-z]{26}"), "e_1"},
            {std::regex("/approve/[^\"]+"), "/approve/…"},
            {std::regex("delegation-[0-9a-f]+"), "delegation-5d1f"},
            {std::regex("\"cursor\":\"[^\"]+\""), R"("cursor":"3Qy1kzW0bq5dGm1Vx2JtRA")"},
            {std::regex("id: [0-9A-Za-z_-]{22}\n"), "id: 3Qy1kzW0bq5dGm1Vx2JtRA\n"},
        };
        for (const auto& [pattern, word] : kOthers) text = std::regex_replace(text, pattern, word);
        return text;
    }

  private:
    static constexpr std::size_t kTaskDigits = 9;

    std::string name_of(const std::string& id) {
        return names_.try_emplace(id, fmt::format("t_{}", names_.size() + 1)).first->second;
    }

    std::map<std::string, std::string> names_{};
};

struct Frame {
    std::string type;  ///< "start", …; "answer" of JSON-RPC, "[DONE]"
    std::string text;
};

/// The frames of a stream as they stand on the wire.
std::vector<Frame> frames_of(const Stream& stream) {
    std::vector<Frame> frames;
    std::string_view rest = stream.bytes();
    for (auto end = rest.find("\n\n"); end != std::string_view::npos; end = rest.find("\n\n")) {
        Frame frame{.type = {}, .text = std::string(rest.substr(0, end + 1))};
        rest.remove_prefix(end + 2);
        constexpr std::string_view kData = "data: ";
        const auto at = frame.text.find(kData);
        if (at == std::string::npos) continue;
        const auto data = std::string_view(frame.text).substr(at + kData.size());
        const auto object = parse_json_object(data.substr(0, data.find('\n')));
        frame.type = object ? find_string(*object, "type").value_or("answer") : "[DONE]";
        frames.push_back(std::move(frame));
    }
    return frames;
}

agents::Spec spec_of(const std::string& name, const std::string& capability) {
    agents::Spec spec;
    spec.id = AgentId{name};
    spec.name = name;
    spec.kind = agents::Kind::OpenAi;
    spec.url = "https://agent.example";
    spec.capabilities = {capability};
    spec.delegates = true;
    return spec;
}

app::Config newsroom() {
    app::Config config;
    config.agents = {spec_of("writer", "text_generation"), spec_of("coder", "code_generation")};
    config.server.public_url = "https://mesh.example";
    return config;
}

class EventsPage : public testing::Test {
  protected:
    /// The page holds this, on lines of its own.
    void shows(const std::string& text) {
        const auto wanted = names.hide(text);
        EXPECT_NE(page_.find("\n" + wanted), std::string::npos) << "docs/events.md has to show\n" << wanted;
    }

    /// The first frame of the type that says this, too. There is one.
    void shows_frame(const Stream& stream, const std::string& type, const std::string& says = {}) {
        (void)names.hide(stream.task_id());  // its name comes before a frame that has its digits only
        for (const auto& frame : frames_of(stream))
            if (frame.type == type && frame.text.find(says) != std::string::npos) return shows(frame.text);
        ADD_FAILURE() << "no " << type << " that says " << says << " in\n" << stream.bytes();
    }

    /// The first event of each kind in the log of a task, of those that no log before had.
    void shows_log(const std::string& task) {
        const auto log = parse_json(world.get("/api/v1/tasks/" + task + "/events").body);
        ASSERT_TRUE(log && log->is_array());
        for (const auto& event : log->get_array()) {
            const auto kind = find_string(event.as_object(), "kind").value_or("");
            if (kinds.insert(kind).second) shows(to_text(event) + "\n");
        }
    }

    /// A writer who has some code written, and a person who has to agree.
    Stream& runs_a_release() {
        const auto definition = parse_json_object(R"({"name": "release", "steps": [
            {"id": "draft", "agent": "writer", "task": "Write about ${input.topic}"},
            {"id": "publish", "type": "approval", "after": ["draft"], "timeout": "1h", "message": "Publish it?"}],
            "result": "${steps.draft.result}"})");
        auto& stream = world.send(
            "POST", "/api/v1/workflows",
            {{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}},
            to_text(json::object{
                {"workflow_type", "graph"}, {"payload", *definition}, {"input", {{"topic", "rivers"}}}}));
        world.loop.settle();
        world.passes(std::chrono::seconds(1));
        writer().says("reading", 40);
        writer().writes("Silver ribbons ");
        world.loop.settle();
        hands_work_on();
        writer().finishes("Silver ribbons wind");
        world.loop.settle();
        return stream;
    }

    void hands_work_on() {
        const auto access = writer().accesses().at(0).value();
        const auto path = access.delegate_url.substr(access.delegate_url.find("/api/"));
        world.send("POST", path,
                   {{"Authorization", "Bearer " + access.key.reveal()}, {"Content-Type", "application/json"}},
                   R"({"task": "Count the syllables", "capability": "code_generation"})");
        world.loop.settle();
        world.passes(std::chrono::seconds(1));
        world.agent("coder").finishes("5");
        world.loop.settle();
    }

    void publishes(const std::string& task) {
        const auto answered = world.post("/api/v1/tasks/" + task + "/input", json::object{{"answer", true}});
        EXPECT_EQ(answered.status, 200) << answered.body;
        world.loop.settle();
    }

    FakeAgent& writer() { return world.agent("writer"); }

    World world{1, newsroom()};
    Names names{};
    std::set<std::string> kinds{};

  private:
    std::string page_ = page();
};

TEST_F(EventsPage, ShowsEveryTypeOfAStream) {
    auto& stream = runs_a_release();
    world.passes(std::chrono::seconds(15));
    publishes(stream.task_id());
    ASSERT_TRUE(stream.is_ended()) << stream.bytes();
    shows_frame(stream, "start");
    shows_frame(stream, "progress", "reading");
    shows_frame(stream, "step", R"("state":"started")");
    shows_frame(stream, "step", R"("state":"executing")");
    shows_frame(stream, "step", R"("state":"completed")");
    shows_frame(stream, "token");
    shows_frame(stream, "agent_message", R"("kind":"handover")");
    shows_frame(stream, "agent_message", R"("kind":"answer")");
    shows_frame(stream, "input_required");
    shows_frame(stream, "keepalive");
    shows_frame(stream, "input_given");
    shows_frame(stream, "result");
    shows_frame(stream, "complete");
    shows_frame(stream, "[DONE]");
    const std::set<std::string> shown{"start",         "progress",       "step",        "token",
                                      "agent_message", "input_required", "input_given", "result",
                                      "[DONE]",        "complete",       "keepalive"};
    for (const auto& frame : frames_of(stream)) EXPECT_TRUE(shown.contains(frame.type)) << frame.text;
}

TEST_F(EventsPage, ShowsAnErrorAndTheAnswerOfJsonRpc) {
    auto& stream =
        world.mesh_execute("Write a poem", {{"max_retries", 0}, {"agents", json::array{"writer"}}});
    writer().fails({.error = {Code::AgentFailed, "The agent has no ink."}});
    world.loop.settle();
    ASSERT_TRUE(stream.is_ended()) << stream.bytes();
    shows_frame(stream, "error");
    shows_frame(stream, "answer");
}

TEST_F(EventsPage, ShowsEveryKindOfALog) {
    auto& stream = runs_a_release();
    publishes(stream.task_id());
    ASSERT_TRUE(stream.is_ended()) << stream.bytes();
    shows_log(stream.task_id());
    const auto children = parse_json(world.get("/api/v1/tasks?parent=" + stream.task_id()).body);
    ASSERT_TRUE(children && children->is_array());
    for (const auto& child : children->get_array())
        shows_log(find_string(child.as_object(), "task_id").value_or(""));

    auto& failed =
        world.mesh_execute("Write a poem", {{"max_retries", 0}, {"agents", json::array{"writer"}}});
    writer().fails({.error = {Code::AgentFailed, "The agent has no ink."}});
    world.loop.settle();
    shows_log(failed.task_id());
    auto& stopped = world.mesh_execute("Write a poem", {{"agents", json::array{"writer"}}});
    world.remove("/api/v1/tasks/" + stopped.task_id());
    world.loop.settle();
    shows_log(stopped.task_id());

    // Only a model that is called several times in one attempt says it, and there is none in this world.
    const task::Event spent{.seq = Seq{4},
                            .id = EventId{"e_1"},
                            .at = world.loop.clock.wall(),
                            .body = task::Spent{.usage = {120, 34, 0.002}}};
    kinds.insert("spent");
    shows(to_text(doors::event_json(TaskId{stopped.task_id()}, spent)) + "\n");
    EXPECT_EQ(kinds.size(), std::variant_size_v<task::Body>);
}

TEST_F(EventsPage, ShowsTheViewsOfATenant) {
    auto& events = world.open_stream("/api/v1/events/stream");
    auto& metrics = world.open_stream("/api/v1/metrics/stream");
    world.mesh_execute("Write a poem", {{"agents", json::array{"writer"}}});
    writer().finishes("Roses are red");
    world.passes(std::chrono::seconds(1));
    shows_frame(events, "completed");
    const auto frames = frames_of(metrics);
    ASSERT_FALSE(frames.empty());
    shows(frames.back().text);
    world.passes(std::chrono::seconds(15));
    shows_frame(events, "keepalive");
    world.drains(std::chrono::seconds(10));
    shows_frame(events, "end");
}

}  // namespace
}  // namespace meshai::tests
