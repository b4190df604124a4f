#include "app/telemetry/spans.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/telemetry/attributes.h"
#include "wire/otlp/encode.h"

namespace meshai::app {
namespace {

namespace otlp = wire::otlp;
namespace trace = wire::trace;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const TenantId kAcme{"acme"};
const TaskId kTask{"t_1"};
const trace::Tracing kOn{.is_on = true};
const std::string kClients = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// A log that is written by hand: each line a second after the one before.
class LogOf {
  public:
    explicit LogOf(task::Request request = {}) { says(task::Submitted{std::move(request), {}, {}}); }

    LogOf& says(task::Body body, Millis after = Millis{1'000}) {
        if (!events_.empty()) now_ += after;
        events_.push_back({Seq{events_.size() + 1}, {}, now_, std::move(body)});
        return *this;
    }
    LogOf& starts(int attempt, const std::string& agent, std::string reason = "") {
        return says(task::Started{attempt, AgentId{agent}, agent, std::move(reason)});
    }
    LogOf& completes(int attempt, task::Usage usage = {}) {
        return says(task::Completed{"the secret answer", usage, AgentId{"a"}, attempt});
    }
    const std::vector<task::Event>& events() const { return events_; }

  private:
    WallTime now_ = wall_of(1'737'028'800'000);
    std::vector<task::Event> events_{};
};

std::optional<AgentFacts> facts(const AgentId& id) {
    if (id.value == "writer") return AgentFacts{agents::Kind::OpenAi, "small", "1.0.0", "model.test", 443};
    if (id.value == "worker") return AgentFacts{agents::Kind::Http, "", "2.1.0", "worker.test", 8080};
    if (id.value == "program") return AgentFacts{agents::Kind::Command, "", "1.0.0", "", 0};
    return std::nullopt;
}

std::vector<otlp::Span> fold(const LogOf& log, trace::Tracing tracing = kOn) {
    return spans_of(kAcme, kTask, log.events(), tracing, facts);
}

std::string value_text(const otlp::Value& value) {
    return std::visit([](const auto& held) { return fmt::format("{}", held); }, value);
}

std::string attribute_of(const otlp::Span& span, std::string_view key) {
    for (const auto& [name, value] : span.attributes)
        if (name == key) return value_text(value);
    return "-";
}

/// "invoke_agent writer [1..3 s] below meshai.task: OK"
std::string line(const otlp::Span& span, const std::vector<otlp::Span>& all) {
    const auto start = all.front().start;
    const auto seconds = [&](WallTime at) { return static_cast<double>((at - start).count()) / 1000; };
    std::string above;
    for (const auto& other : all)
        if (other.id == span.parent) above = " below " + other.name;
    constexpr const char* kStatus[] = {"unset", "ok", "error"};
    auto text = fmt::format("{} [{}..{} s]{}: {}", span.name, seconds(span.start), seconds(span.end), above,
                            kStatus[static_cast<int>(span.status)]);
    return span.status_message.empty() ? text : text + " " + span.status_message;
}

std::vector<std::string> lines(const std::vector<otlp::Span>& spans) {
    std::vector<std::string> all;
    for (const auto& span : spans) all.push_back(line(span, spans));
    return all;
}

std::vector<std::string> event_names(const otlp::Span& span) {
    std::vector<std::string> names;
    for (const auto& event : span.events) names.push_back(event.name);
    return names;
}

TEST(TraceOfATask, HasASpanForTheTaskTheAttemptAndTheCallOfTheModel) {
    LogOf log;
    log.says(task::Routed{.agent = {"writer"}, .agent_name = "writer", .strategy = "performance"})
        .starts(1, "writer")
        .says(task::Output{"Roses", 1})
        .says(task::Output{" are red", 1})
        .completes(1, {7, 11, 0.25});
    const auto spans = fold(log);
    EXPECT_THAT(lines(spans),
                ElementsAre("meshai.task [0..5 s]: ok", "invoke_agent writer [2..5 s] below meshai.task: ok",
                            "chat small [2..5 s] below invoke_agent writer: ok"));
    EXPECT_THAT(event_names(spans[0]), ElementsAre("meshai.routed"));
    EXPECT_THAT(event_names(spans[1]), ElementsAre("meshai.first_output"));
    EXPECT_EQ(spans[0].kind, otlp::SpanKind::Server);
    EXPECT_EQ(spans[1].kind, otlp::SpanKind::Internal);
    EXPECT_EQ(spans[2].kind, otlp::SpanKind::Client);
}

TEST(TraceOfATask, SpeaksTheConventionsOfGenerativeAi) {
    task::Request request;
    request.task_type = "chat";
    request.conversation = "c_1";
    LogOf log(request);
    const auto spans = fold(log.starts(1, "writer").completes(1, {7, 11, 0.25}));
    ASSERT_EQ(spans.size(), 3U);
    EXPECT_EQ(attribute_of(spans[0], "meshai.tenant"), "acme");
    EXPECT_EQ(attribute_of(spans[0], "meshai.task.id"), "t_1");
    EXPECT_EQ(attribute_of(spans[0], "meshai.task.type"), "chat");
    EXPECT_EQ(attribute_of(spans[0], "meshai.task.state"), "completed");
    EXPECT_EQ(attribute_of(spans[0], "meshai.task.attempts"), "1");
    EXPECT_EQ(attribute_of(spans[1], "gen_ai.operation.name"), "invoke_agent");
    EXPECT_EQ(attribute_of(spans[1], "gen_ai.agent.id"), "writer");
    EXPECT_EQ(attribute_of(spans[1], "gen_ai.agent.name"), "writer");
    EXPECT_EQ(attribute_of(spans[2], "gen_ai.operation.name"), "chat");
    for (const auto* span : {&spans[1], &spans[2]}) {
        EXPECT_EQ(attribute_of(*span, "gen_ai.provider.name"), "openai");
        EXPECT_EQ(attribute_of(*span, "gen_ai.request.model"), "small");
        EXPECT_EQ(attribute_of(*span, "gen_ai.conversation.id"), "c_1");
        EXPECT_EQ(attribute_of(*span, "gen_ai.usage.input_tokens"), "7");
        EXPECT_EQ(attribute_of(*span, "gen_ai.usage.output_tokens"), "11");
        EXPECT_EQ(attribute_of(*span, "server.address"), "model.test");
        EXPECT_EQ(attribute_of(*span, "server.port"), "443");
        EXPECT_EQ(attribute_of(*span, "meshai.cost"), "0.25");
    }
}

TEST(TraceOfATask, AnEndpointIsCalledAndAProgramRunsHere) {
    const auto worker = fold(LogOf().starts(1, "worker").completes(1));
    ASSERT_EQ(worker.size(), 2U);
    EXPECT_EQ(worker[1].kind, otlp::SpanKind::Client);
    EXPECT_EQ(attribute_of(worker[1], "server.address"), "worker.test");
    const auto program = fold(LogOf().starts(1, "program").completes(1));
    ASSERT_EQ(program.size(), 2U);
    EXPECT_EQ(program[1].kind, otlp::SpanKind::Internal);
    EXPECT_EQ(attribute_of(program[1], "server.address"), "-");
    const auto gone = fold(LogOf().starts(1, "nobody").completes(1));
    EXPECT_THAT(lines(gone), ElementsAre("meshai.task [0..2 s]: ok",
                                         "invoke_agent nobody [1..2 s] below meshai.task: ok"));
}

TEST(TraceOfATask, HasASpanForEachAttemptAndAnEventForEachRetry) {
    const std::string failed = "Agent \"worker\" failed: no ink.";
    LogOf log;
    log.starts(1, "worker")
        .says(task::Progress{.message = failed + " (trying again in 1.0 s)"})
        .says(task::Progress{.message = "Waiting"}, Millis{10'000})
        .starts(2, "worker", failed)
        .says(task::Failed{Code::AgentFailed, failed, {}});
    const auto spans = fold(log);
    EXPECT_THAT(lines(spans),
                ElementsAre("meshai.task [0..14 s]: error TASK_EXECUTION_FAILED",
                            "invoke_agent worker [1..2 s] below meshai.task: error _OTHER",
                            "invoke_agent worker [13..14 s] below meshai.task: error TASK_EXECUTION_FAILED"));
    EXPECT_THAT(event_names(spans[0]), ElementsAre("meshai.retry"));
    EXPECT_EQ(attribute_of(spans[0], "meshai.task.attempts"), "2");
    EXPECT_EQ(attribute_of(spans[0], "error.type"), "TASK_EXECUTION_FAILED");
    EXPECT_EQ(attribute_of(spans[1], "meshai.attempt"), "1");
    EXPECT_EQ(attribute_of(spans[2], "meshai.attempt"), "2");
}

TEST(TraceOfATask, AnAttemptThatEndedWithItsServerSaysSo) {
    LogOf log;
    log.starts(1, "worker")
        .says(task::Output{"half", 1})
        .says(task::Routed{.agent = {"worker"}, .agent_name = "worker"}, Millis{60'000})
        .starts(2, "worker", "The server was restarted.")
        .completes(2);
    EXPECT_THAT(lines(fold(log)),
                testing::Contains("invoke_agent worker [1..2 s] below meshai.task: error INTERRUPTED"));
}

TEST(TraceOfATask, OneThatIsCancelledIsNobodysError) {
    const auto spans = fold(LogOf().starts(1, "worker").says(task::Cancelled{"ann", "no time"}));
    EXPECT_THAT(lines(spans), ElementsAre("meshai.task [0..2 s]: unset",
                                          "invoke_agent worker [1..2 s] below meshai.task: unset"));
    EXPECT_EQ(attribute_of(spans[0], "meshai.task.state"), "cancelled");
}

TEST(TraceOfATask, OneThatFoundNoAgentHasNoAttempt) {
    const auto spans = fold(LogOf().says(task::Failed{Code::NoAgent, "Nobody can.", {}}));
    EXPECT_THAT(lines(spans), ElementsAre("meshai.task [0..1 s]: error ROUTING_FAILED"));
}

TEST(TraceOfATask, CallsOfAModelInOneAttemptAreSpansOfTheirOwn) {
    LogOf log;
    log.starts(1, "writer")
        .says(task::Spent{{10, 1, 0}, 1})
        .says(task::StepStarted{.step = "delegate-1", .type = "delegation", .child = {"t_2"}})
        .says(task::StepFinished{.step = "delegate-1", .status = "completed", .child = {"t_2"}})
        .completes(1, {30, 4, 0});
    const auto spans = fold(log);
    EXPECT_THAT(lines(spans),
                ElementsAre("meshai.task [0..5 s]: ok", "invoke_agent writer [1..5 s] below meshai.task: ok",
                            "chat small [1..2 s] below invoke_agent writer: ok",
                            "delegation delegate-1 [3..4 s] below invoke_agent writer: ok",
                            "chat small [4..5 s] below invoke_agent writer: ok"));
    EXPECT_EQ(attribute_of(spans[1], "gen_ai.usage.input_tokens"), "30");
    EXPECT_EQ(attribute_of(spans[2], "gen_ai.usage.input_tokens"), "10");
    EXPECT_EQ(attribute_of(spans[4], "gen_ai.usage.input_tokens"), "20");
    EXPECT_EQ(attribute_of(spans[3], "meshai.step.task_id"), "t_2");
}

task::Request workflow_request() {
    task::Request request;
    request.workflow = json::object{{"name", "review"}, {"steps", json::array{}}};
    request.trace = kClients;
    return request;
}

TEST(TraceOfAWorkflow, HasASpanForEachStepAndTheChildIsBelowIt) {
    LogOf log(workflow_request());
    log.says(task::Started{1, {}, "", ""})
        .says(task::StepStarted{.step = "both", .type = "parallel"})
        .says(task::StepStarted{.step = "both/draft", .type = "agent", .child = {"t_2"}})
        .says(task::StepFinished{.step = "both/draft", .status = "completed", .child = {"t_2"}})
        .says(task::StepStarted{.step = "both/check", .type = "agent", .child = {"t_3"}})
        .says(task::StepFinished{
            .step = "both/check", .status = "failed", .child = {"t_3"}, .error = "TIMEOUT"})
        .says(task::StepFinished{.step = "both", .status = "failed", .error = "TIMEOUT"})
        .says(task::StepFinished{.step = "publish", .status = "skipped"})
        .says(task::Failed{Code::Timeout, "The step failed.", {}});
    const auto spans = fold(log);
    EXPECT_THAT(lines(spans),
                ElementsAre("meshai.task [0..9 s]: error TIMEOUT",
                            "invoke_workflow review [1..9 s] below meshai.task: error TIMEOUT",
                            "parallel both [2..7 s] below invoke_workflow review: error TIMEOUT",
                            "agent both/draft [3..4 s] below parallel both: ok",
                            "agent both/check [5..6 s] below parallel both: error TIMEOUT",
                            "step publish [8..8 s] below invoke_workflow review: unset"));
    EXPECT_EQ(attribute_of(spans[1], "gen_ai.operation.name"), "invoke_workflow");
    EXPECT_EQ(attribute_of(spans[1], "gen_ai.workflow.name"), "review");
    EXPECT_EQ(attribute_of(spans[5], "meshai.step.status"), "skipped");

    task::Request child;
    child.lineage = {.parent = kTask, .root = kTask, .step = "both/draft", .depth = 1};
    child.trace = kClients;
    LogOf child_log(child);
    child_log.starts(1, "worker").completes(1);
    const auto below = spans_of(kAcme, TaskId{"t_2"}, child_log.events(), kOn, facts);
    EXPECT_EQ(below.front().trace, spans.front().trace);
    EXPECT_EQ(below.front().parent, spans[3].id);
    EXPECT_FALSE(below.front().is_parent_remote);
    EXPECT_EQ(below.front().kind, otlp::SpanKind::Internal);
    EXPECT_EQ(attribute_of(below.front(), "meshai.task.root_id"), "t_1");
}

TEST(TraceOfAWorkflow, AStepThatGoesOnAfterACrashIsOneSpan) {
    LogOf log(workflow_request());
    log.says(task::Started{1, {}, "", ""})
        .says(task::StepStarted{.step = "draft", .type = "agent", .child = {"t_2"}})
        .says(task::Started{2, {}, "", "The server was restarted."})
        .says(task::StepFinished{.step = "draft", .status = "completed", .child = {"t_2"}})
        .completes(2);
    EXPECT_THAT(lines(fold(log)),
                ElementsAre("meshai.task [0..5 s]: ok",
                            "invoke_workflow review [1..2 s] below meshai.task: error INTERRUPTED",
                            "agent draft [2..4 s] below invoke_workflow review: ok",
                            "invoke_workflow review [3..5 s] below meshai.task: ok"));
}

TEST(TraceOfAWorkflow, AStepThatIsOpenAtTheEndEndsWithTheTask) {
    LogOf log(workflow_request());
    log.says(task::Started{1, {}, "", ""})
        .says(task::StepStarted{.step = "wait", .type = "wait"})
        .says(task::Cancelled{"ann", ""});
    const auto spans = fold(log);
    EXPECT_EQ(lines(spans).back(), "wait wait [2..3 s] below invoke_workflow review: unset");
    EXPECT_EQ(attribute_of(spans.back(), "meshai.step.status"), "cancelled");
}

TEST(TraceOfATask, GoesOnWithTheTraceOfItsClient) {
    task::Request request;
    request.trace = kClients;
    LogOf log(request);
    const auto spans = fold(log.starts(1, "worker").completes(1));
    for (const auto& span : spans) {
        EXPECT_EQ(span.trace.hex, "0af7651916cd43dd8448eb211c80319c");
        EXPECT_EQ(span.flags, 1);
    }
    EXPECT_EQ(spans[0].parent.hex, "b7ad6b7169203331");
    EXPECT_TRUE(spans[0].is_parent_remote);
    EXPECT_EQ(spans[1].id, trace::span_of_attempt(kTask, 1));
}

TEST(TraceOfATask, IsNotMadeForAClientThatDoesNotRecord) {
    task::Request request;
    request.trace = kClients;
    request.trace.back() = '0';
    LogOf log(request);
    EXPECT_TRUE(fold(log.completes(1)).empty());
    EXPECT_TRUE(fold(LogOf().completes(1), {.is_on = true, .sample_percent = 0}).empty());
}

TEST(TraceOfATask, IsTheSameHoweverOftenItIsFolded) {
    LogOf log(workflow_request());
    log.starts(1, "writer")
        .says(task::StepStarted{.step = "a", .type = "wait"})
        .says(task::StepFinished{.step = "a", .status = "completed"})
        .completes(1);
    EXPECT_EQ(fold(log), fold(log));
}

TEST(TraceOfATask, SaysNoWordOfAnybody) {
    const std::string secret = "the secret";
    const json::string said = json::string(secret);
    task::Request request;
    request.input = said;
    request.context["note"] = said;
    request.instructions = said;
    request.parameters["note"] = said;
    LogOf log(request);
    log.says(task::Routed{.agent = {"writer"}, .agent_name = "writer", .reason = secret})
        .starts(1, "writer")
        .says(task::Progress{.message = secret})
        .says(task::Output{secret, 1})
        .says(task::AgentMessage{{"a"}, {"b"}, said, "question"})
        .says(task::InputRequired{.key = "approve", .question = said})
        .says(task::InputGiven{"approve", said, Subject{secret}})
        .says(task::StepStarted{.step = "s", .type = "wait"})
        .says(task::StepFinished{.step = "s", .status = "failed", .error = "TIMEOUT", .reason = secret})
        .starts(2, "writer", secret)
        .says(task::Failed{Code::AgentFailed, secret, json::object{{"why", said}}});
    const auto spans = fold(log);
    EXPECT_THAT(event_names(spans[1]), ElementsAre("meshai.first_output", "meshai.agent_message",
                                                   "meshai.input_required", "meshai.input_given"));
    EXPECT_THAT(to_text(otlp::export_request({"mesh", "1"}, spans)), Not(HasSubstr(secret)));
}

TEST(TraceOfATask, IsBoundedWhateverItsLogHolds) {
    LogOf log(workflow_request());
    log.says(task::Started{1, {}, std::string(10'000, 'n'), ""});
    for (int i = 0; i < 2'000; ++i) {
        log.says(task::StepStarted{.step = std::to_string(i), .agent = {std::string(10'000, 'a')}});
        log.says(task::StepFinished{.step = std::to_string(i), .status = "completed"});
        log.says(task::AgentMessage{{"a"}, {"b"}, {}, ""});
    }
    const auto spans = fold(log.completes(1));
    ASSERT_EQ(spans.size(), kSpansPerTaskMax);
    EXPECT_EQ(attribute_of(spans[0], "meshai.spans_dropped"), std::to_string(2'002 - kSpansPerTaskMax));
    EXPECT_EQ(spans[1].events.size(), kEventsPerSpanMax);
    EXPECT_EQ(spans[1].events_dropped, 2'000 - kEventsPerSpanMax);
    for (const auto& span : spans) {
        EXPECT_LE(span.name.size(), kAttributeBytesMax);
        for (const auto& [key, value] : span.attributes)
            EXPECT_LE(value_text(value).size(), kAttributeBytesMax) << key;
    }
}

TEST(TraceOfATask, OfALogThatDoesNotBeginWithItsTaskIsNone) {
    SpanFold fold(kAcme, kTask, kOn, facts);
    fold.take({Seq{2}, {}, {}, task::Completed{}});
    EXPECT_FALSE(fold.is_sampled());
    EXPECT_TRUE(std::move(fold).spans().empty());
}

}  // namespace
}  // namespace meshai::app
