#include "doors/stream/encoder.h"

#include <gtest/gtest.h>

#include "net/sse/reader.h"
#include "wire/meshai/event_number.h"

namespace meshai::doors {
namespace {

const TaskId kTask{"t_01jhqz5v7m2x8k4c9r3w6y1b0d"};
const AgentId kWriter{"a_1"};
const wire::jsonrpc::RequestId kRequest{std::string("123")};
constexpr std::int64_t kNoon = 1'737'028'800'000;  // 2025-01-16T12:00:00Z

// The log of a task, as it would be stored.
class Story {
  public:
    Story& says(task::Body body) {
        const Seq seq{events.size() + 1};
        const auto at = wall_of(kNoon + static_cast<std::int64_t>(seq.value) * 1000);
        events.push_back({seq, EventId{"e_" + std::to_string(seq.value)}, at, std::move(body)});
        return *this;
    }

    static Story begun(std::string correlation_id = {}) {
        Story story;
        task::Submitted submitted;
        submitted.request.input = "Write a poem";
        submitted.request.correlation_id = std::move(correlation_id);
        story.says(std::move(submitted));
        story.says(
            task::Routed{kWriter, "writer", "capability_match", {"text_generation"}, false, "fits best", {}});
        story.says(task::Started{1, kWriter, "writer", ""});
        story.says(task::Progress{"thinking", 10.0, "rhymes", kWriter, {}});
        story.says(task::Output{"Roses ", 1});
        story.says(task::Output{"are \"red\"\n", 1});
        story.says(task::Progress{"half way", std::nullopt, "", kWriter, {{"mood", "good"}}});
        return story;
    }
    static Story completed(json::value result = "a poem") {
        auto story = begun();
        story.says(task::Completed{std::move(result), {}, kWriter, 1});
        return story;
    }

    std::vector<task::Event> events;
};

using Frames = std::vector<std::string>;

Frames stream(const Story& story, std::uint64_t after,
              std::optional<wire::jsonrpc::RequestId> request = kRequest) {
    GuideEncoder encoder(kTask, after, std::move(request));
    Frames frames;
    for (const auto& event : story.events) {
        auto more = encoder.encode(event);
        frames.insert(frames.end(), more.begin(), more.end());
    }
    return frames;
}

std::string joined(const Frames& frames, std::size_t from = 0) {
    std::string bytes;
    for (std::size_t i = from; i < frames.size(); ++i) bytes += frames[i];
    return bytes;
}

// The place behind which a client resumes that has read the first `count` frames.
std::uint64_t place_after(const Frames& frames, std::size_t count) {
    net::sse::Reader reader;
    std::uint64_t place = 0;
    for (std::size_t i = 0; i < count; ++i)
        for (const auto& message : reader.feed(frames[i]))
            if (!message.id.empty()) place = wire::guide::place_of(kTask, message.id).value();
    return place;
}

std::vector<std::string> types(const Frames& frames) {
    std::vector<std::string> names;
    for (const auto& frame : frames) {
        const auto line = frame.substr(frame.find("data: ") + 6);
        if (line.starts_with("[DONE]")) {
            names.emplace_back("[DONE]");
            continue;
        }
        const auto data = json::parse(line.substr(0, line.find('\n'))).as_object();
        names.push_back(data.contains("type") ? std::string(data.at("type").as_string()) : "response");
    }
    return names;
}

// A task that asks and is answered.
Story asking() {
    auto story = Story::begun();
    const json::value question{{"method", "elicitation/create"}, {"params", {{"message", "Red?"}}}};
    story.says(task::InputRequired{"colour", question, wall_of(kNoon + 60'000)});
    story.says(task::InputGiven{"colour", json::object{{"action", "accept"}}, Subject{"alice"}});
    story.says(task::InputRequired{"more", "More?", std::nullopt});
    story.says(task::InputGiven{"more", json::object{{"action", "cancel"}}, Subject{"expired"}});
    story.says(task::Completed{"a poem", {}, kWriter, 1});
    return story;
}

TEST(TheGuidesStream, HasTheOrderOfTheGuide) {
    EXPECT_EQ(types(stream(Story::completed(), 0)),
              (Frames{"start", "progress", "progress", "progress", "token", "token", "progress", "result",
                      "complete", "response", "[DONE]"}));
}

TEST(TheGuidesStream, OfAFailedTaskEndsWithTheErrorAndTheResponse) {
    auto story = Story::begun();
    story.says(task::Failed{Code::AgentFailed, "The agent gave up.", {{"tries", 3}}});
    const auto frames = stream(story, 0);
    const auto names = types(frames);
    EXPECT_EQ(Frames(names.end() - 3, names.end()), (Frames{"error", "response", "[DONE]"}));
    EXPECT_NE(frames[frames.size() - 3].find(R"("code":"TASK_EXECUTION_FAILED")"), std::string::npos);
    EXPECT_NE(frames[frames.size() - 2].find(R"("isError":true)"), std::string::npos);
}

TEST(TheGuidesStream, OfACancelledTaskSaysSo) {
    auto story = Story::begun();
    story.says(task::Cancelled{"alice", "changed her mind"});
    const auto bytes = joined(stream(story, 0));
    EXPECT_NE(bytes.find(R"("code":"CANCELLED")"), std::string::npos);
    EXPECT_NE(bytes.find("The task was cancelled: changed her mind"), std::string::npos);
}

TEST(TheGuidesStream, CutAfterAnyFrameAndResumedIsByteForByteTheUncutOne) {
    auto failed = Story::begun();
    failed.says(task::Failed{Code::Timeout, "Too slow.", {}});
    auto by_json_rpc = Story::begun(correlation_of(kRequest));
    by_json_rpc.says(task::Completed{json::object{{"poem", "roses"}}, {}, kWriter, 1});

    for (const auto& story : {Story::completed(), failed, by_json_rpc, asking()}) {
        for (const auto& request : {std::optional(kRequest), std::optional<wire::jsonrpc::RequestId>{}}) {
            const auto whole = stream(story, 0, request);
            for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
                const auto rest = stream(story, place_after(whole, cut), request);
                // After [DONE] nobody comes back; whoever does hears it again.
                const auto expected = cut < whole.size() ? joined(whole, cut) : whole.back();
                EXPECT_EQ(joined(rest), expected) << "cut after frame " << cut;
            }
        }
    }
}

TEST(TheGuidesStream, ResumedByGetStillAnswersTheJsonRpcRequestTheTaskCameBy) {
    auto story = Story::begun(correlation_of(kRequest));
    story.says(task::Completed{"a poem", {}, kWriter, 1});
    EXPECT_EQ(joined(stream(story, 0, std::nullopt)), joined(stream(story, 0, kRequest)));
}

TEST(TheGuidesStream, OfARestTaskHasNoResponse) {
    const auto names = types(stream(Story::completed(), 0, std::nullopt));
    EXPECT_EQ(Frames(names.end() - 3, names.end()), (Frames{"result", "complete", "[DONE]"}));
}

TEST(TheGuidesStream, NumbersItsFramesOneAfterTheOther) {
    const auto frames = stream(Story::completed(), 0);
    for (std::size_t i = 0; i + 1 < frames.size(); ++i) EXPECT_EQ(place_after({frames[i]}, 1), i + 1);
}

TEST(TheGuidesStream, NamesEveryEventOfItsOwnAndLeavesTheResponseUnnamed) {
    net::sse::Reader reader;
    const auto messages = reader.feed(joined(stream(Story::completed(), 0)));
    ASSERT_EQ(messages.size(), 11U);
    EXPECT_EQ(messages[0].event, "start");
    EXPECT_EQ(messages[4].event, "token");
    EXPECT_EQ(messages[8].event, "complete");
    EXPECT_EQ(messages[9].event, "");
    EXPECT_EQ(messages[10].data, "[DONE]");
}

TEST(TheGuidesStream, ProgressNeverFallsBack) {
    auto story = Story::completed();
    double last = 0;
    for (const auto& frame : stream(story, 0)) {
        if (!frame.starts_with("event: progress")) continue;
        const auto line = frame.substr(frame.find("data: ") + 6);
        const auto progress = json::parse(line.substr(0, line.find('\n'))).at("progress").to_number<double>();
        EXPECT_GE(progress, last);
        last = progress;
    }
    EXPECT_EQ(last, 10);
}

TEST(TheGuidesStream, HasNoFrameOverSixtyKibibytesWhateverAnAgentWrote) {
    const std::string nasty(300'000, '\x01');
    auto story = Story::begun();
    story.says(task::Progress{nasty, 20.0, nasty, AgentId{nasty}, {{"x", nasty}}});
    story.says(task::AgentMessage{AgentId{nasty}, AgentId{nasty}, json::value(nasty)});
    story.says(task::Output{nasty, 1});
    story.says(task::StepFinished{nasty, kWriter, nasty});
    auto failed = story;
    failed.says(task::Failed{Code::AgentFailed, nasty, {{"x", nasty}}});
    story.says(task::Completed{json::value(nasty), {}, AgentId{nasty}, 1});
    const wire::jsonrpc::RequestId long_id{std::string(wire::jsonrpc::kIdBytesMax, '\x01')};
    for (const auto& frame : stream(story, 0, long_id)) EXPECT_LE(frame.size(), 60U << 10U);
    for (const auto& frame : stream(failed, 0, long_id)) EXPECT_LE(frame.size(), 60U << 10U);
}

TEST(TheGuidesStream, SaysWhatATaskAsksAndWhoAnswered) {
    const auto names = types(stream(asking(), 7));
    EXPECT_EQ(names, (Frames{"input_required", "input_given", "input_required", "input_given", "result",
                             "complete", "response", "[DONE]"}));
    const auto frames = stream(asking(), 7);
    EXPECT_NE(frames[0].find(R"("message":"Red?")"), std::string::npos);
    EXPECT_NE(frames[0].find(R"("expires_at":"2025-01-16T12:01:00.000Z")"), std::string::npos);
    EXPECT_EQ(frames[0].find("\"link\""), std::string::npos) << "nobody says that this client may answer";
    EXPECT_NE(frames[1].find(R"("by":"alice")"), std::string::npos);
    EXPECT_NE(frames[3].find(R"("by":"expired")"), std::string::npos);
}

TEST(TheGuidesStream, LinksAQuestionUntilItExpiresOrTheTaskIsOver) {
    std::vector<std::int64_t> until;
    GuideEncoder encoder(kTask, 0, kRequest,
                         [&until](const TaskId& task, const std::string& key, WallTime to) {
                             until.push_back(unix_ms(to));
                             return "/approve/" + task.value + "." + key;
                         });
    auto story = asking();
    std::get<task::Submitted>(story.events.front().body).deadline = wall_of(kNoon + 300'000);
    std::string bytes;
    for (const auto& event : story.events)
        for (const auto& frame : encoder.encode(event)) bytes += frame;
    EXPECT_NE(bytes.find("/approve/" + kTask.value + ".colour"), std::string::npos);
    EXPECT_EQ(until, (std::vector<std::int64_t>{kNoon + 60'000, kNoon + 300'000}));
}

TEST(McpProgress, IncreasesWithEachNotificationAndEndsWithTheResponse) {
    ProgressEncoder encoder(kTask, kRequest, "token-7");
    double last = -1;
    std::string bytes;
    for (const auto& event : Story::completed().events)
        for (const auto& frame : encoder.encode(event)) bytes += frame;
    net::sse::Reader reader;
    const auto messages = reader.feed(bytes);
    ASSERT_EQ(messages.size(), 5U);
    for (std::size_t i = 0; i < 4; ++i) {
        const auto note = json::parse(messages[i].data).as_object();
        EXPECT_EQ(note.at("method").as_string(), "notifications/progress");
        EXPECT_EQ(note.at("params").at("progressToken").as_string(), "token-7");
        EXPECT_GT(note.at("params").at("progress").to_number<double>(), last);
        last = note.at("params").at("progress").to_number<double>();
    }
    EXPECT_EQ(json::parse(messages[4].data).at("id").as_string(), "123");
}

TEST(CorrelationId, KeepsTheIdOfTheRequestExactly) {
    for (const auto& id :
         {wire::jsonrpc::RequestId{std::string("7")}, wire::jsonrpc::RequestId{std::int64_t{7}},
          wire::jsonrpc::RequestId{std::uint64_t{18'446'744'073'709'551'615U}}})
        EXPECT_EQ(json::serialize(request_id_of(correlation_of(id))->as_json()),
                  json::serialize(id.as_json()));
    EXPECT_EQ(correlation_of(wire::jsonrpc::RequestId{std::string(kCorrelationBytesMax, 'x')}), "");
    EXPECT_FALSE(request_id_of("my-own-correlation"));
    EXPECT_FALSE(request_id_of("jsonrpc:{}"));
}

}  // namespace
}  // namespace meshai::doors
