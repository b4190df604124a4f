#include "wire/mcp/members.h"

namespace meshai::wire::mcp {

void put(json::object& object, std::string_view key, std::string_view text) {
    if (!text.empty()) object[key] = text;
}

void put(json::object& object, std::string_view key, json::object value) {
    if (!value.empty()) object[key] = std::move(value);
}

void put_icons(json::object& object, const std::vector<Icon>& icons) {
    if (icons.empty()) return;
    json::array list;
    for (const auto& icon : icons) {
        json::object one;
        one["src"] = icon.src;
        put(one, "mimeType", icon.mime_type);
        if (!icon.sizes.empty()) one["sizes"] = to_array(icon.sizes);
        list.push_back(std::move(one));
    }
    object["icons"] = std::move(list);
}

json::object contents_of(const ResourceContents& contents) {
    json::object object;
    object["uri"] = contents.uri;
    put(object, "mimeType", contents.mime_type);
    object[contents.is_blob ? "blob" : "text"] = contents.text;
    return object;
}

json::object hints_of(const ToolHints& hints) {
    json::object object;
    if (hints.read_only) object["readOnlyHint"] = *hints.read_only;
    if (hints.destructive) object["destructiveHint"] = *hints.destructive;
    if (hints.idempotent) object["idempotentHint"] = *hints.idempotent;
    if (hints.open_world) object["openWorldHint"] = *hints.open_world;
    return object;
}

json::object text_block(std::string_view text) {
    json::object block;
    block["type"] = "text";
    block["text"] = text;
    return block;
}

json::object object_schema(const json::object& schema) {
    if (schema.contains("type")) return schema;
    json::object typed;
    typed["type"] = "object";
    for (const auto& [key, value] : schema) typed[key] = value;
    return typed;
}

json::object object_schema_without_booleans(const json::object& schema) {
    auto typed = object_schema(schema);
    auto* properties = typed.if_contains("properties");
    if (!properties || !properties->is_object()) return typed;
    for (auto& member : properties->get_object()) {
        const auto* truth = member.value().if_bool();
        if (!truth) continue;
        json::object equivalent;
        if (!*truth) equivalent["not"] = json::object{};
        member.value() = std::move(equivalent);
    }
    return typed;
}

}  // namespace meshai::wire::mcp
