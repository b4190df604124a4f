#include "tests/stories/tools_user.h"

#include <gtest/gtest.h>

namespace meshai::tests {
namespace {

// Their text is the agent's answer; that of the others is their data.
bool is_answer_of_agent(const std::string& tool) {
    return tool == "mesh_execute" || tool == "stream_chat";
}

}  // namespace

ToolsUser::ToolsUser(World& world, std::string key, std::string revision)
    : client_(world, std::move(revision), {}, std::move(key)) {
    const auto listed = messages_of(client_.request("tools/list")).back().at("result").as_object();
    for (const auto& tool : listed.at("tools").as_array()) {
        const auto& entry = tool.as_object();
        const auto* output = find_object(entry, "outputSchema");
        if (!output) continue;  // revisions before 2025-06-18 have none
        auto schema = wire::schema::Schema::compile(*output);
        const auto name = find_string(entry, "name").value_or("");
        EXPECT_TRUE(schema.has_value()) << name << ": " << schema.error().message;
        outputs_.emplace(name, std::move(*schema));
    }
}

Stream& ToolsUser::note(const std::string& tool, Stream& stream) {
    calls_[&stream] = tool;
    return stream;
}

Stream& ToolsUser::start(const std::string& tool, json::object arguments) {
    return note(tool, client_.request("tools/call", {{"name", tool}, {"arguments", std::move(arguments)}}));
}

Stream& ToolsUser::start_with_progress(const std::string& tool, json::object arguments) {
    return note(tool, client_.call(tool, std::move(arguments)));
}

json::object ToolsUser::call(const std::string& tool, json::object arguments) {
    return result(start(tool, std::move(arguments)));
}

json::object ToolsUser::result(const Stream& stream) const {
    const auto messages = messages_of(stream);
    const auto* result = messages.empty() ? nullptr : find_object(messages.back(), "result");
    if (!result) {
        ADD_FAILURE() << calls_.at(&stream) << " came to no result: " << stream.bytes();
        return {};
    }
    check(calls_.at(&stream), *result);
    return *result;
}

void ToolsUser::check(const std::string& tool, const json::object& result) const {
    EXPECT_FALSE(text_of(result).empty()) << tool;
    const bool is_failure = find_bool(result, "isError").value_or(false);
    const auto* structured = find(result, "structuredContent");
    const auto schema = outputs_.find(tool);
    if (schema == outputs_.end()) return;
    // MCP 2025-06-18, tools, Output Schema: "Servers MUST provide structured results that conform
    // to this schema." Client libraries throw where one does not, or where there is none.
    EXPECT_TRUE(structured || is_failure) << tool << ": " << to_text(result);
    if (!structured) return;
    const auto fits = schema->second.check(*structured);
    EXPECT_TRUE(fits.has_value()) << tool << ": " << (fits ? "" : fits.error().message)
                                  << to_text(*structured);
    // F6: "SHOULD also return the serialized JSON in a TextContent block".
    if (!is_answer_of_agent(tool)) EXPECT_EQ(text_of(result), to_text(*structured)) << tool;
}

json::object data_of(const json::object& result) {
    const auto* data = find_object(result, "structuredContent");
    return data ? *data : json::object{};
}

std::string code_of_failure(const json::object& result) {
    if (!find_bool(result, "isError").value_or(false)) return {};
    const auto data = data_of(result);
    const auto* error = find_object(result, "error");
    if (!error) error = find_object(data, "error");
    if (error) return find_string(*error, "code").value_or("");
    return find_string(data, "error_code").value_or("");
}

std::string text_of(const json::object& result) {
    const auto* content = find_array(result, "content");
    if (!content || content->empty()) return {};
    return find_string(content->front().as_object(), "text").value_or("");
}

}  // namespace meshai::tests
