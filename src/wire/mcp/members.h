// wire/mcp/members.h
//
// Single members of MCP's objects, as every revision that knows them writes
// them: optional strings, icons, hints, contents of a resource. The codecs put
// them together. Private to this folder. Pure.
#pragma once

#include <string_view>

#include "wire/mcp/offers.h"

namespace meshai::wire::mcp {

/// Sets the member unless `text` is empty: an empty string says nothing that absence does not.
void put(json::object& object, std::string_view key, std::string_view text);

/// Sets the member unless the object is empty.
void put(json::object& object, std::string_view key, json::object value);

/// Sets "icons" unless there are none.
void put_icons(json::object& object, const std::vector<Icon>& icons);

/// {"uri":…,"mimeType":…,"text":…}, or "blob" for bytes.
json::object contents_of(const ResourceContents& contents);

/// {"readOnlyHint":…} and its kind, what was said only.
json::object hints_of(const ToolHints& hints);

/// {"type":"text","text":…}
json::object text_block(std::string_view text);

/// A schema whose root says that it is of an object, as every revision demands
/// of an input schema; otherwise unchanged (F6).
json::object object_schema(const json::object& schema);

/// The same for revisions before 2026-07-28, whose `properties` hold objects
/// only: the schemas `true` and `false` become `{}` and `{"not":{}}`, which mean
/// the same.
json::object object_schema_without_booleans(const json::object& schema);

}  // namespace meshai::wire::mcp
