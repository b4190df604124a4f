// doors/mcp/tasks/tasks_world_test.h
//
// The mesh in memory with a client of MCP in front of it: a toolbox of a few
// tools, a context whose person does what the test says, and the two codecs that
// have tasks. For the tests of this folder. One thread, no real time.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "doors/mcp/desk.h"
#include "doors/mcp/tasks/tasks.h"
#include "mesh/testing/mesh_world.h"

namespace meshai::doors::mcp {

namespace rpc = wire::jsonrpc;
using wire::mcp::Revision;
using wire::mcp::TaskSupport;

/// A toolbox whose tools never run here: the tests begin where a task has been started.
class FewTools final : public Toolbox {
  public:
    FewTools() {
        add("never", TaskSupport::Forbidden);
        add("maybe", TaskSupport::Optional);
        add("always", TaskSupport::Required);
    }

    wire::mcp::Implementation identity() const override { return {.name = "test"}; }
    std::string instructions() const override { return {}; }
    wire::mcp::ServerAbilities abilities() const override { return abilities_; }
    const std::vector<ToolEntry>& tools() const override { return tools_; }
    const std::vector<PromptEntry>& prompts() const override { return prompts_; }
    const std::vector<wire::mcp::ResourceTemplate>& templates() const override { return templates_; }
    Async<Result<std::vector<wire::mcp::Resource>>> resources(Context&) override {
        co_return std::vector<wire::mcp::Resource>{};
    }
    Async<ReadOutcome> read(Context&, std::string) override {
        co_return Error{Code::NotFound, "There is nothing to read."};
    }
    Async<Result<wire::mcp::Completion>> complete(Context&, wire::mcp::CompletionRequest) override {
        co_return wire::mcp::Completion{};
    }
    wire::mcp::CacheHint list_cache() const override { return {}; }
    Changes& changes() override { return changes_; }

    /// A text is the result; {"is_error":true} is a tool that failed; a failed task
    /// is an error of the protocol; a task that runs is its handle.
    std::expected<wire::mcp::ToolResult, rpc::Fault> result_of(const TaskId& id,
                                                               const task::View& view) override {
        if (view.failed) return std::unexpected(rpc::Fault{rpc::kInternalError, view.failed->message});
        wire::mcp::ToolResult result;
        if (!view.completed) {
            result.content.push_back(wire::mcp::Text{"ask later for " + id.value});
            return result;
        }
        const auto* object = view.completed->result.if_object();
        result.is_error = object && object->contains("is_error");
        result.content.push_back(wire::mcp::Text{object ? std::string("failed")
                                                        : std::string(view.completed->result.as_string())});
        return result;
    }

  private:
    void add(std::string name, TaskSupport support) {
        ToolEntry entry;
        entry.tool.name = std::move(name);
        entry.tool.input_schema["type"] = "object";
        entry.tool.tasks = support;
        tools_.push_back(std::move(entry));
    }

    wire::mcp::ServerAbilities abilities_{.tasks = true};
    std::vector<ToolEntry> tools_{};
    std::vector<PromptEntry> prompts_{};
    std::vector<wire::mcp::ResourceTemplate> templates_{};
    Changes changes_{};
};

/// What the client does when it is asked.
enum class Person { Answers, Thinks, CannotBeAsked, ComesBack };

class FakeContext final : public Context {
  public:
    FakeContext(Executor ex, Clock& clock) : bell_(ex, clock) {}

    const auth::Principal& principal() const override { return principal_; }
    const task::Caller& caller() const override { return caller_; }
    const wire::mcp::ClientAbilities& client() const override { return abilities; }
    bool wants_progress() const override { return has_token; }
    Async<Status> progress(double done, std::optional<double> total, std::string message) override {
        heard.push_back(total ? fmt::format("{}/{} {}", done, *total, message)
                              : fmt::format("{} {}", done, message));
        co_return Status{};
    }
    Async<Status> log(wire::mcp::LogLevel, std::string, json::value) override { co_return Status{}; }
    Async<std::expected<wire::mcp::Answers, std::variant<Paused, Error>>> ask(wire::mcp::Questions) override {
        co_return refuse("only a task asks here");
    }
    Async<std::expected<wire::mcp::Answers, std::variant<Paused, Error>>> ask_for(
        TaskId task, wire::mcp::Questions questions) override {
        asked_for = std::move(task);
        for (const auto& [key, question] : questions) asked.push_back(key);
        if (person == Person::CannotBeAsked) co_return refuse("the client has no person");
        if (person == Person::ComesBack) co_return std::unexpected(std::variant<Paused, Error>(Paused{}));
        while (person == Person::Thinks) {
            if (co_await bell_.wait_until(kNever) != Wake::Cancelled) continue;
            was_taken_back = true;
            co_return std::unexpected(
                std::variant<Paused, Error>(Error{Code::Cancelled, "The request is over."}));
        }
        wire::mcp::Answers answers;
        for (const auto& [key, question] : questions) answers[key] = answer;
        co_return answers;
    }
    void follows(const TaskId& task) override { followed = task; }
    std::optional<std::string> idempotency_key() const override { return std::nullopt; }
    std::string correlation_id() const override { return {}; }
    const std::map<std::string, std::string>& trace() const override { return trace_; }

    void answers_now() {
        person = Person::Answers;
        bell_.notify();
    }

    wire::mcp::ClientAbilities abilities{};
    bool has_token = false;
    Person person = Person::Answers;
    json::object answer{{"action", "accept"}, {"content", json::object{{"name", "Ann"}}}};
    std::vector<std::string> heard{};
    std::vector<std::string> asked{};
    std::optional<TaskId> asked_for{};
    std::optional<TaskId> followed{};
    bool was_taken_back = false;

  private:
    static std::unexpected<std::variant<Paused, Error>> refuse(std::string why) {
        return std::unexpected(std::variant<Paused, Error>(Error{Code::InvalidArgument, std::move(why)}));
    }

    auth::Principal principal_{};
    task::Caller caller_ = mesh::kAlice;
    std::map<std::string, std::string> trace_{};
    Signal bell_;
};

/// A request on its way, and its answer when it has one.
struct Exchange {
    rpc::Request request{};
    std::unique_ptr<FakeContext> context{};
    std::optional<Answer> answer{};
    std::unique_ptr<Scope> scope{};  ///< of the connection

    const json::object& result() const { return std::get<json::object>(answer.value()); }
    const rpc::Fault& fault() const { return std::get<rpc::Fault>(answer.value()); }
    bool is_paused() const { return answer && std::holds_alternative<Paused>(*answer); }
};

class TasksWorld : public mesh::MeshWorld {
  public:
    explicit TasksWorld(Revision revision) : codec(wire::mcp::codec_of(revision)) {
        abilities.tasks_extension = true;
        has_agent("writer");
        opens();
        library = std::make_unique<mesh::WorkflowLibrary>(server().engine, loop.clock, loop.log);
        desk = std::make_unique<Desk>(toolbox, loop.random, server().metrics);
        house.reset(new House{.tasks = server().log,
                              .executor = executor(),
                              .registry = server().registry,
                              .library = *library,
                              .gate = gate,
                              .clock = loop.clock,
                              .random = loop.random,
                              .metrics = server().metrics,
                              .log = loop.log,
                              .toolbox = toolbox,
                              .mcp = *desk,
                              .identity = {},
                              .readiness = nullptr,
                              .tasks_kept = Millis{60'000}});
    }
    ~TasksWorld() {
        for (auto& exchange : exchanges_) hangs_up(*exchange);
    }

    /// A method of tasks, answered at once.
    Exchange& says(std::string method, json::object params) {
        auto& exchange = begin(std::move(method), std::move(params));
        run(exchange, serve_task_method(asked_by(exchange)));
        return exchange;
    }
    Exchange& says(std::string method, const TaskId& id) { return says(std::move(method), about(id)); }

    /// A call of a tool whose handler has started `task`.
    Exchange& calls(std::string tool, StartedTask task, json::object params = {},
                    const std::function<void(FakeContext&)>& client = nullptr) {
        params["name"] = std::move(tool);
        auto& exchange = begin("tools/call", std::move(params));
        if (client) client(*exchange.context);
        run(exchange, finish_call(asked_by(exchange), std::move(task)));
        return exchange;
    }

    std::unique_ptr<TaskWatch> watches(std::vector<std::string> ids, Signal signal) {
        auto& exchange = begin("subscriptions/listen", {});
        auto made = loop.run(watch_tasks(asked_by(exchange), std::move(ids), std::move(signal)));
        return made ? std::move(*made) : nullptr;
    }

    std::optional<rpc::Fault> wish(const std::string& tool, json::object params) {
        params["name"] = tool;
        auto& exchange = begin("tools/call", std::move(params));
        for (const auto& entry : toolbox.tools())
            if (entry.tool.name == tool) return check_task_wish(asked_by(exchange), entry.tool);
        throw std::runtime_error("no such tool");
    }

    void hangs_up(Exchange& exchange) {
        if (exchange.scope) loop.run(exchange.scope->close());
        exchange.scope.reset();
        loop.settle();
    }

    /// The agent of call `i` asks for a name under these keys.
    void agent_asks(std::size_t i, const std::vector<std::string>& keys) {
        agents::Questions questions;
        for (const auto& key : keys) questions[key] = wire::mcp::to_json(name_form());
        call(i).asks(std::move(questions));
        loop.settle();
    }
    void agent_finishes(std::size_t i, json::value result) {
        call(i).finishes(std::move(result));
        loop.settle();
    }

    static json::object about(const TaskId& id) { return {{"taskId", id.value}}; }
    static json::object ann() { return {{"action", "accept"}, {"content", json::object{{"name", "Ann"}}}}; }
    static wire::mcp::Question name_form() {
        json::object schema;
        schema["type"] = "object";
        schema["properties"] = json::object{{"name", json::object{{"type", "string"}}}};
        schema["required"] = json::array{"name"};
        return wire::mcp::FormQuestion{"What is your name?", std::move(schema)};
    }

    const wire::mcp::Codec& codec;
    wire::mcp::ClientAbilities abilities{};
    FewTools toolbox{};
    auth::Gate gate{auth::Principal{}};
    std::unique_ptr<mesh::WorkflowLibrary> library{};
    std::unique_ptr<Desk> desk{};
    std::unique_ptr<House> house{};

  private:
    Asked asked_by(Exchange& exchange) {
        return {*house, toolbox, codec, *exchange.context, exchange.request};
    }

    Exchange& begin(std::string method, json::object params) {
        auto& exchange = *exchanges_.emplace_back(std::make_unique<Exchange>());
        exchange.request = {rpc::RequestId{std::int64_t{7}}, std::move(method), std::move(params)};
        exchange.context = std::make_unique<FakeContext>(loop.ex(), loop.clock);
        exchange.context->abilities = abilities;
        exchange.scope = std::make_unique<Scope>(loop.ex(), loop.clock, loop.log);
        return exchange;
    }

    static Async<void> keep(Async<Answer> work, Exchange& exchange) {
        exchange.answer.emplace(co_await std::move(work));
    }

    void run(Exchange& exchange, Async<Answer> work) {
        exchange.scope->spawn("request", keep(std::move(work), exchange));
        loop.settle();
    }

    std::vector<std::unique_ptr<Exchange>> exchanges_{};
};

/// A text member of an answer; the empty text where it is not there.
inline std::string text_of(const json::object& from, std::string_view member) {
    return find_string(from, member).value_or("");
}

inline std::string first_text(const json::object& result) {
    const auto* content = find_array(result, "content");
    return content && !content->empty() ? text_of(content->at(0).as_object(), "text") : "";
}

}  // namespace meshai::doors::mcp
