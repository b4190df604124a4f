#include "tests/world/toy_toolbox.h"

#include <stdexcept>

#include "doors/house.h"

namespace meshai::tests {
namespace {

using doors::CallOutcome;
using doors::Context;
using Means = ToyToolbox::Means;
using wire::mcp::LogLevel;

using Play = Async<CallOutcome> (*)(Means means, Context& context, json::object arguments);

CallOutcome text(std::string said) {
    return wire::mcp::ToolResult{.content = {wire::mcp::Text{std::move(said)}}};
}

CallOutcome stopped(std::variant<doors::Paused, Error> why) {
    if (auto* error = std::get_if<Error>(&why)) return std::move(*error);
    return doors::Paused{};
}

Async<CallOutcome> echo(Means, Context&, json::object arguments) {
    co_return text(find_string(arguments, "text").value_or(""));
}

Async<CallOutcome> steps(Means means, Context& context, json::object arguments) {
    const auto count = find_int(arguments, "count").value_or(3);
    for (std::int64_t step = 1; step <= count; ++step) {
        if (auto waited = co_await pause(means.clock, 1s); !waited) co_return waited.error();
        auto told = co_await context.progress(double(step), double(count), "step " + std::to_string(step));
        if (!told) co_return told.error();
    }
    co_return text("walked");
}

Async<CallOutcome> log_lines(Means means, Context& context, json::object) {
    for (const auto level : {LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error}) {
        auto told = co_await context.log(level, "toy", json::value(wire::mcp::name_of(level)));
        if (!told) co_return told.error();
        if (auto waited = co_await pause(means.clock, 1s); !waited) co_return waited.error();
    }
    co_return text("logged");
}

Async<CallOutcome> wait_long(Means means, Context&, json::object) {
    if (auto waited = co_await pause(means.clock, std::chrono::hours(1)); !waited) co_return waited.error();
    co_return text("waited");
}

Async<CallOutcome> hang_up(Means means, Context& context, json::object) {
    if (auto done = co_await context.hang_up(); !done) co_return done.error();
    if (auto waited = co_await pause(means.clock, 1s); !waited) co_return waited.error();
    co_return text("worth coming back");
}

wire::mcp::FormQuestion name_form() {
    return {"What is your name?",
            {{"type", "object"},
             {"properties", {{"name", {{"type", "string"}}}}},
             {"required", json::array{"name"}}}};
}

wire::mcp::SamplingQuestion model_question() {
    json::object message{{"role", "user"}, {"content", {{"type", "text"}, {"text", "Say something."}}}};
    return {{{"messages", json::array{std::move(message)}}, {"maxTokens", 100}}};
}

// All answers as they came, so that a story sees what the handler saw.
Async<CallOutcome> ask(Context& context, wire::mcp::Questions questions) {
    auto answers = co_await context.ask(std::move(questions));
    if (!answers) co_return stopped(std::move(answers.error()));
    json::object seen;
    for (auto& [key, answer] : *answers) seen[key] = std::move(answer);
    co_return text(to_text(seen));
}

Async<CallOutcome> ask_name(Means, Context& context, json::object) {
    wire::mcp::Questions questions{{"name", name_form()}};
    co_return co_await ask(context, std::move(questions));
}

Async<CallOutcome> ask_model(Means, Context& context, json::object) {
    wire::mcp::Questions questions{{"model", model_question()}};
    co_return co_await ask(context, std::move(questions));
}

Async<CallOutcome> ask_roots(Means, Context& context, json::object) {
    wire::mcp::Questions questions{{"roots", wire::mcp::RootsQuestion{}}};
    co_return co_await ask(context, std::move(questions));
}

Async<CallOutcome> ask_page(Means, Context& context, json::object) {
    wire::mcp::Questions questions{
        {"page", wire::mcp::UrlQuestion{"Please sign in.", "https://sign.in.example/toy", "e-1"}}};
    auto outcome = co_await ask(context, std::move(questions));
    if (auto told = co_await context.elicitation_completed("e-1"); !told) co_return told.error();
    co_return outcome;
}

Async<CallOutcome> ask_all(Means, Context& context, json::object) {
    wire::mcp::Questions questions{
        {"model", model_question()}, {"name", name_form()}, {"roots", wire::mcp::RootsQuestion{}}};
    co_return co_await ask(context, std::move(questions));
}

Async<CallOutcome> work(Means means, Context& context, json::object arguments) {
    task::Request request;
    request.input = find_string(arguments, "task").value_or("work");
    request.routing_strategy = "capability_match";
    request.correlation_id = context.correlation_id();
    auto made =
        co_await means.executor.submit(context.caller(), std::move(request), context.idempotency_key());
    if (!made) co_return made.error();
    co_return doors::StartedTask{made->id};
}

Async<CallOutcome> change(Means means, Context&, json::object) {
    means.changes.fire_tools();
    means.changes.fire_prompts();
    means.changes.fire_resources();
    means.changes.fire_resource({}, std::string(kWatchedToy));
    co_return text("changed");
}

Async<CallOutcome> break_down(Means, Context&, json::object) {
    throw std::logic_error("the toy is broken");
    co_return text("never said");
}

json::object schema(json::object properties) {
    return {{"type", "object"}, {"properties", std::move(properties)}};
}

const json::object kString{{"type", "string"}};

}  // namespace

ToyToolbox::ToyToolbox(const doors::ToolboxNeeds& needs) {
    const Means means{needs.executor, needs.clock, changes_};
    auto add = [&](std::string name, Play play, json::object properties = {}) {
        doors::ToolEntry entry{.tool = {.name = std::move(name),
                                        .description = "A toy",
                                        .input_schema = schema(std::move(properties))},
                               .scope = auth::kScopeExecute};
        entry.call = [means, play](Context& context, json::object arguments) {
            return play(means, context, std::move(arguments));
        };
        tools_.push_back(std::move(entry));
    };
    add("echo", echo, {{"text", kString}});
    add("steps", steps, {{"count", {{"type", "integer"}}}});
    add("log", log_lines);
    add("wait", wait_long);
    add("hang_up", hang_up);
    add("ask_name", ask_name);
    add("ask_model", ask_model);
    add("ask_roots", ask_roots);
    add("ask_page", ask_page);
    add("ask_all", ask_all);
    add("work", work, {{"task", kString}});
    add("change", change);
    add("throw", break_down);
    tools_.at(10).tool.tasks = wire::mcp::TaskSupport::Optional;
}

wire::mcp::Implementation ToyToolbox::identity() const {
    return {.name = "toys", .title = "Toys", .version = "1"};
}

wire::mcp::ServerAbilities ToyToolbox::abilities() const {
    return {.tools = true,
            .tools_change = true,
            .resources = true,
            .resources_change = true,
            .resources_subscribe = true,
            .prompts = false,
            .prompts_change = false,
            .completions = false,
            .logging = true,
            .tasks = true};
}

Async<Result<std::vector<wire::mcp::Resource>>> ToyToolbox::resources(doors::Context&) {
    std::vector<wire::mcp::Resource> all;
    all.push_back({.uri = std::string(kWatchedToy), .name = "watched"});
    co_return all;
}

Async<doors::ReadOutcome> ToyToolbox::read(doors::Context&, std::string uri) {
    if (uri != kWatchedToy) co_return Error{Code::NotFound, "There is no such toy."};
    doors::ReadResource found;
    found.contents.push_back({.uri = std::move(uri), .mime_type = "text/plain", .text = "a toy"});
    co_return found;
}

Async<Result<wire::mcp::Completion>> ToyToolbox::complete(doors::Context&, wire::mcp::CompletionRequest) {
    co_return wire::mcp::Completion{};
}

std::expected<wire::mcp::ToolResult, wire::jsonrpc::Fault> ToyToolbox::result_of(const TaskId& id,
                                                                                 const task::View& view) {
    wire::mcp::ToolResult result;
    result.is_error = view.state == task::State::Failed || view.state == task::State::Cancelled;
    result.content.push_back(wire::mcp::Text{id.value + " is " + std::string(task::state_name(view.state))});
    return result;
}

}  // namespace meshai::tests
