#include "wire/mcp/revision_2025_06_18.h"

#include "wire/mcp/members.h"

namespace meshai::wire::mcp {

Features Codec20250618::features() const {
    Features features;
    features.version_header = true;
    features.elicitation = true;
    features.progress_message = true;
    return features;
}

json::object Codec20250618::implementation(const Implementation& server) const {
    auto written = Codec20250326::implementation(server);
    put(written, "title", server.title);
    return written;
}

json::object Codec20250618::tool(const Tool& tool) const {
    auto written = Codec20250326::tool(tool);
    put(written, "title", tool.title);
    if (tool.output_schema)
        if (auto schema = output_schema(*tool.output_schema)) written["outputSchema"] = std::move(*schema);
    return written;
}

json::object Codec20250618::tool_annotations(const Tool& tool) const {
    return hints_of(tool.hints);
}

// Until 2025-11-25 a structured result is an object and its schema says so. A
// schema of anything else is left out together with the result it describes.
std::optional<json::object> Codec20250618::output_schema(const json::object& schema) const {
    if (find_string(schema, "type") != "object") return std::nullopt;
    return object_schema_without_booleans(schema);
}

std::optional<json::value> Codec20250618::structured(const json::value& value) const {
    if (!value.is_object()) return std::nullopt;
    return value;
}

json::object Codec20250618::resource(const Resource& resource) const {
    auto written = Codec20250326::resource(resource);
    put(written, "title", resource.title);
    return written;
}

json::object Codec20250618::resource_template(const ResourceTemplate& one) const {
    auto written = Codec20250326::resource_template(one);
    put(written, "title", one.title);
    return written;
}

json::object Codec20250618::prompt(const Prompt& prompt) const {
    auto written = Codec20250326::prompt(prompt);
    put(written, "title", prompt.title);
    return written;
}

json::object Codec20250618::prompt_argument(const PromptArgument& argument) const {
    auto written = Codec20250326::prompt_argument(argument);
    put(written, "title", argument.title);
    return written;
}

json::object Codec20250618::resource_link(const ResourceLink& link) const {
    json::object written;
    written["type"] = "resource_link";
    written["uri"] = link.uri;
    written["name"] = link.name;
    put(written, "title", link.title);
    put(written, "description", link.description);
    put(written, "mimeType", link.mime_type);
    return written;
}

json::object Codec20250618::annotations(const Annotations& annotations) const {
    auto written = Codec20250326::annotations(annotations);
    put(written, "lastModified", annotations.last_modified);
    return written;
}

}  // namespace meshai::wire::mcp
