#include "wire/mcp/revision_2024_11_05.h"

#include <fmt/format.h>

#include "wire/mcp/members.h"

namespace meshai::wire::mcp {
namespace {

// An embedded resource needs a URI; this one only says what kind of thing it is.
constexpr std::string_view kAudioUri = "meshai://content/audio";

json::object list_changes(bool changes) {
    json::object member;
    if (changes) member["listChanged"] = true;
    return member;
}

// A resource that is not there, whoever noticed it: numbered by the old
// revisions' own code, or as the domain says it with the URI beside it.
bool is_resource_not_found(const jsonrpc::Fault& fault) {
    return fault.number == kResourceNotFound ||
           (fault.code == Code::NotFound && fault.details.contains("uri"));
}

}  // namespace

json::object Codec20241105::capabilities(const ServerAbilities& abilities) const {
    json::object written;
    if (abilities.tools) written["tools"] = list_changes(abilities.tools_change);
    if (abilities.resources) {
        auto resources = list_changes(abilities.resources_change);
        if (abilities.resources_subscribe) resources["subscribe"] = true;
        written["resources"] = std::move(resources);
    }
    if (abilities.prompts) written["prompts"] = list_changes(abilities.prompts_change);
    if (abilities.logging) written["logging"] = json::object{};
    return written;
}

json::object Codec20241105::implementation(const Implementation& server) const {
    json::object written;
    written["name"] = server.name;
    written["version"] = server.version;
    return written;
}

json::object Codec20241105::tool(const Tool& tool) const {
    json::object written;
    written["name"] = tool.name;
    put(written, "description", tool.description);
    written["inputSchema"] = input_schema(tool.input_schema);
    return written;
}

json::object Codec20241105::tool_result(const ToolResult& result) const {
    json::array blocks;
    for (const auto& block : result.content) blocks.push_back(content(block));
    // MCP 2025-06-18, tools, Structured Content: "For backwards compatibility, a
    // tool that returns structured content SHOULD also return the serialized JSON
    // in a TextContent block." A tool that wrote blocks itself has done so.
    if (blocks.empty() && result.structured) blocks.push_back(text_block(to_text(*result.structured)));

    json::object written;
    written["content"] = std::move(blocks);
    if (result.structured)
        if (auto value = structured(*result.structured)) written["structuredContent"] = std::move(*value);
    if (result.is_error) written["isError"] = true;
    for (const auto& [key, value] : result.extra) written.emplace(key, value);
    return written;
}

json::object Codec20241105::resource(const Resource& resource) const {
    json::object written;
    written["uri"] = resource.uri;
    written["name"] = resource.name;
    put(written, "description", resource.description);
    put(written, "mimeType", resource.mime_type);
    annotate(written, resource.annotations);
    if (resource.size) written["size"] = *resource.size;
    return written;
}

json::object Codec20241105::resource_template(const ResourceTemplate& one) const {
    json::object written;
    written["uriTemplate"] = one.uri_template;
    written["name"] = one.name;
    put(written, "description", one.description);
    put(written, "mimeType", one.mime_type);
    return written;
}

json::object Codec20241105::resource_contents(const ResourceContents& contents) const {
    return contents_of(contents);
}

json::object Codec20241105::prompt(const Prompt& prompt) const {
    json::object written;
    written["name"] = prompt.name;
    put(written, "description", prompt.description);
    json::array arguments;
    for (const auto& argument : prompt.arguments) arguments.push_back(prompt_argument(argument));
    if (!arguments.empty()) written["arguments"] = std::move(arguments);
    return written;
}

json::object Codec20241105::prompt_argument(const PromptArgument& argument) const {
    json::object written;
    written["name"] = argument.name;
    put(written, "description", argument.description);
    written["required"] = argument.required;
    return written;
}

json::object Codec20241105::prompt_result(const PromptResult& result) const {
    json::object written;
    put(written, "description", result.description);
    json::array messages;
    for (const auto& message : result.messages) {
        json::object one;
        one["role"] = message.role;
        one["content"] = content(message.content);
        messages.push_back(std::move(one));
    }
    written["messages"] = std::move(messages);
    return written;
}

// MCP, completion: "Maximum 100 items per response" (F13). What is over is not
// sent, but counted.
json::object Codec20241105::completion(const Completion& completion) const {
    const auto count = std::min(completion.values.size(), kCompletionValuesMax);
    const bool cut = count < completion.values.size();
    json::object values;
    values["values"] =
        to_array({completion.values.begin(), completion.values.begin() + static_cast<long>(count)});
    if (completion.total)
        values["total"] = *completion.total;
    else if (cut)
        values["total"] = completion.values.size();
    if (completion.has_more || cut) values["hasMore"] = true;

    json::object written;
    written["completion"] = std::move(values);
    return written;
}

json::object Codec20241105::content(const Content& content) const {
    json::object written;
    if (const auto* text = std::get_if<Text>(&content)) {
        written = text_block(text->text);
        annotate(written, text->annotations);
    } else if (const auto* image = std::get_if<Image>(&content)) {
        written["type"] = "image";
        written["data"] = image->base64;
        written["mimeType"] = image->mime_type;
        annotate(written, image->annotations);
    } else if (const auto* resource = std::get_if<EmbeddedResource>(&content)) {
        written["type"] = "resource";
        written["resource"] = contents_of(resource->contents);
        annotate(written, resource->annotations);
    } else if (const auto* sound = std::get_if<Audio>(&content)) {
        written = audio(*sound);
        annotate(written, sound->annotations);
    } else if (const auto* link = std::get_if<ResourceLink>(&content)) {
        written = resource_link(*link);
    }
    return written;
}

// Audio came with 2025-03-26. A client of before can still store the bytes.
json::object Codec20241105::audio(const Audio& audio) const {
    json::object written;
    written["type"] = "resource";
    written["resource"] = contents_of({std::string(kAudioUri), audio.mime_type, audio.base64, true});
    return written;
}

// Links came with 2025-06-18. The URI in a text is what a model can still use.
json::object Codec20241105::resource_link(const ResourceLink& link) const {
    const auto& name = link.title.empty() ? link.name : link.title;
    auto text = fmt::format("{}: {}", name, link.uri);
    if (!link.description.empty()) text += "\n" + link.description;
    return text_block(text);
}

json::object Codec20241105::annotations(const Annotations& annotations) const {
    json::object written;
    if (!annotations.audience.empty()) written["audience"] = to_array(annotations.audience);
    if (annotations.priority) written["priority"] = json_number(*annotations.priority);
    return written;
}

void Codec20241105::annotate(json::object& object, const std::optional<Annotations>& hints) const {
    if (hints) put(object, "annotations", annotations(*hints));
}

json::object Codec20241105::input_schema(const json::object& schema) const {
    return object_schema_without_booleans(schema);
}

std::optional<json::value> Codec20241105::structured(const json::value&) const {
    return std::nullopt;
}

json::object Codec20241105::complete(json::object result, const Implementation&) const {
    return result;
}

json::object Codec20241105::cacheable(json::object result, const CacheHint&) const {
    return result;
}

json::object Codec20241105::progress(const json::value& token, double done, std::optional<double> total,
                                     std::string_view) const {
    json::object params;
    params["progressToken"] = token;
    params["progress"] = json_number(done);
    if (total) params["total"] = json_number(*total);
    return params;
}

json::object Codec20241105::task(const Task&) const {
    return {};
}

json::object Codec20241105::task_created(const Task&) const {
    return {};
}

jsonrpc::Fault Codec20241105::fault(jsonrpc::Fault fault) const {
    if (is_resource_not_found(fault))
        fault.number =
            features().resource_not_found_is_invalid_params ? jsonrpc::kInvalidParams : kResourceNotFound;
    return fault;
}

}  // namespace meshai::wire::mcp
