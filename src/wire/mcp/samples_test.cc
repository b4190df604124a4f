#include "wire/mcp/samples_test.h"

#include <gtest/gtest.h>

namespace meshai::wire::mcp {
namespace {

json::object object(std::string_view text) {
    return parse_json_object(text).value();
}

ServerAbilities everything() {
    ServerAbilities all;
    all.tools_change = all.resources = all.resources_change = all.resources_subscribe = true;
    all.prompts = all.prompts_change = all.completions = all.logging = all.tasks = true;
    return all;
}

Tool list_tool() {
    Tool tool;
    tool.name = "list_words";
    tool.output_schema = object(R"({"type":"array","items":{"type":"string"}})");
    return tool;
}

const Annotations kForPeople{{"user"}, 0.5, "2025-01-12T15:00:58Z"};

ToolResult every_content() {
    ToolResult result;
    result.content = {
        Text{"A poem.", kForPeople},
        Image{"aW1n", "image/png"},
        Audio{"d2F2", "audio/wav"},
        EmbeddedResource{{"test://note", "text/plain", "Buy milk."}},
        EmbeddedResource{{"test://photo", "image/png", "aW1n", true}},
        ResourceLink{"test://poem", "poem", "The poem", "Four lines.", "text/plain"},
    };
    return result;
}

ToolResult structured_object() {
    ToolResult result;
    result.content = {Text{"22 degrees"}};
    result.structured = object(R"({"degrees":22})");
    result.extra = object(R"({"status":"completed"})");
    return result;
}

ToolResult structured_list() {
    ToolResult result;
    result.structured = json::array{"north", "south"};
    return result;
}

ToolResult failure() {
    ToolResult result;
    result.content = {Text{"The city is unknown."}};
    result.is_error = true;
    return result;
}

Resource resource() {
    return {"test://poem", "poem",           "The poem",
            "Four lines.", "text/plain",     {{"https://mesh.example/poem.png", "image/png", {"48x48"}}},
            kForPeople,    std::int64_t{312}};
}

ResourceTemplate resource_template() {
    return {"meshai://tasks/{id}",
            "task",
            "A task",
            "One task as JSON.",
            "application/json",
            {{"https://mesh.example/task.svg"}}};
}

Prompt prompt() {
    return {"review",
            "Code review",
            "Asks for a review.",
            {{"https://mesh.example/review.svg"}},
            {{"code", "The code", "What to look at.", true}, {"tone"}}};
}

PromptResult prompt_result() {
    return {"A review.",
            {{"user", Text{"Please review this."}}, {"assistant", ResourceLink{"test://poem", "poem"}}}};
}

json::value fault(const Codec& codec, jsonrpc::Fault fault) {
    return jsonrpc::error_message(codec.fault(std::move(fault))).at("error");
}

Task with_ending(TaskStatus status, std::expected<ToolResult, jsonrpc::Fault> ending) {
    auto task = sample_task(status);
    task.ending = std::move(ending);
    return task;
}

Task waiting() {
    auto task = sample_task(TaskStatus::InputRequired);
    task.questions["confirm"] =
        FormQuestion{"Delete it?",
                     object(R"({"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"]})")};
    task.questions["sign"] = UrlQuestion{"Please sign.", "https://mesh.example/sign", "e-1"};
    return task;
}

std::vector<Sample> offers() {
    return {
        {"Implementation", [](const Codec& c) { return c.implementation(sample_server()); }},
        {"CapabilitiesOfAll", [](const Codec& c) { return c.capabilities(everything()); }},
        {"CapabilitiesOfToolsOnly", [](const Codec& c) { return c.capabilities({}); }},
        {"Tool", [](const Codec& c) { return c.tool(sample_tool()); }},
        {"ToolThatSaysNothing", [](const Codec& c) { return c.tool({"ping"}); }},
        {"ToolOfAList", [](const Codec& c) { return c.tool(list_tool()); }},
        {"Resource", [](const Codec& c) { return c.resource(resource()); }},
        {"ResourceTemplate", [](const Codec& c) { return c.resource_template(resource_template()); }},
        {"Prompt", [](const Codec& c) { return c.prompt(prompt()); }},
        {"FirstPage",
         [](const Codec& c) {
             return c.list("tools", {c.tool({"ping"})}, {"next", {Millis{60'000}, true}});
         }},
        {"LastPage", [](const Codec& c) { return c.list("prompts", {}, {}); }},
    };
}

std::vector<Sample> results() {
    return {
        {"EveryContent", [](const Codec& c) { return c.tool_result(every_content()); }},
        {"StructuredObject", [](const Codec& c) { return c.tool_result(structured_object()); }},
        {"StructuredList", [](const Codec& c) { return c.tool_result(structured_list()); }},
        {"FailedTool", [](const Codec& c) { return c.tool_result(failure()); }},
        {"TextContents",
         [](const Codec& c) { return c.resource_contents({"test://note", "text/plain", "Buy milk."}); }},
        {"BlobContents",
         [](const Codec& c) { return c.resource_contents({"test://photo", "image/png", "aW1n", true}); }},
        {"PromptResult", [](const Codec& c) { return c.prompt_result(prompt_result()); }},
        {"Completion", [](const Codec& c) { return c.completion({{"paris", "park"}, 7, true}); }},
        {"Complete", [](const Codec& c) { return c.complete({}, {"meshai", {}, "1.0"}); }},
        {"CompleteWithMeta",
         [](const Codec& c) {
             return c.complete(object(R"({"_meta":{"a/b":1},"content":[]})"), {"meshai", {}, "1.0"});
         }},
        {"Progress", [](const Codec& c) { return c.progress("token", 50, 100.0, "Half of it."); }},
        {"ResourceNotFound",
         [](const Codec& c) {
             return fault(c, {kResourceNotFound, "No such resource.", 1, Code::NotFound,
                              object(R"({"uri":"test://x"})")});
         }},
        {"ToolNotFound",
         [](const Codec& c) { return fault(c, {jsonrpc::kInvalidParams, "Unknown tool: x", 1}); }},
    };
}

std::vector<Sample> tasks() {
    const jsonrpc::Fault broken{jsonrpc::kInternalError, "The agent broke.", nullptr, Code::Internal};
    return {
        {"TaskCreated", [](const Codec& c) { return c.task_created(sample_task(TaskStatus::Working)); }},
        {"TaskWorking", [](const Codec& c) { return c.task(sample_task(TaskStatus::Working)); }},
        {"TaskWaiting", [](const Codec& c) { return c.task(waiting()); }},
        {"TaskCompleted",
         [](const Codec& c) { return c.task(with_ending(TaskStatus::Completed, structured_object())); }},
        {"TaskOfAFailedTool",
         [](const Codec& c) { return c.task(with_ending(TaskStatus::Completed, failure())); }},
        {"TaskFailed",
         [broken](const Codec& c) {
             return c.task(with_ending(TaskStatus::Failed, std::unexpected(broken)));
         }},
        {"TaskCancelled", [](const Codec& c) { return c.task(sample_task(TaskStatus::Cancelled)); }},
    };
}

}  // namespace

Implementation sample_server() {
    return {"meshai",
            "MeshAI",
            "1.2.0",
            "Runs tasks on a mesh of agents.",
            "https://mesh.example",
            {{"https://mesh.example/icon.png", "image/png", {"48x48", "any"}}}};
}

Tool sample_tool() {
    Tool tool;
    tool.name = "weather";
    tool.title = "The weather";
    tool.description = "Says how warm it is.";
    tool.icons = {{"https://mesh.example/sun.svg", "image/svg+xml"}};
    tool.input_schema = object(R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
        "properties":{"city":{"type":"string","x-mcp-header":"City"},"anything":true,"nothing":false},
        "required":["city"],"additionalProperties":false})");
    tool.output_schema = object(R"({"type":"object","properties":{"degrees":{"type":"number"}}})");
    tool.hints = {.read_only = true, .destructive = {}, .idempotent = {}, .open_world = false};
    tool.tasks = TaskSupport::Optional;
    return tool;
}

Task sample_task(TaskStatus status) {
    Task task;
    task.id = "t_1";
    task.status = status;
    task.status_message = "Step 1 of 2";
    task.created_at = wall_of(1'764'066'600'000);
    task.updated_at = wall_of(1'764'066'601'250);
    if (status != TaskStatus::Cancelled) task.ttl = Millis{60'000};
    task.poll_interval = Millis{500};
    return task;
}

const std::vector<Sample>& samples() {
    static const std::vector<Sample> all = [] {
        auto list = offers();
        for (auto& more : {results(), tasks()}) list.insert(list.end(), more.begin(), more.end());
        return list;
    }();
    return all;
}

void expect_written(Revision revision, const std::vector<Row>& rows) {
    const auto& codec = codec_of(revision);
    ASSERT_EQ(rows.size(), samples().size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& sample = samples()[i];
        ASSERT_EQ(rows[i].name, sample.name);
        const auto expected = parse_json(rows[i].json);
        ASSERT_TRUE(expected) << sample.name << ": " << expected.error().message;
        const auto written = sample.written(codec);
        EXPECT_EQ(written, *expected) << sample.name << " is written as\n" << to_text(written);
    }
}

}  // namespace meshai::wire::mcp
