// wire/mcp/content.h
//
// What tools, prompts and resources are made of: blocks of content, in the
// newest shape. A revision that does not know a kind writes it as the nearest
// one it knows (codec.h). Pure values.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"

namespace meshai::wire::mcp {

/// A picture for a list (2025-11-25 and later).
struct Icon {
    std::string src;  ///< https: or data: URI
    std::string mime_type{};
    std::vector<std::string> sizes{};  ///< "48x48", "any"
};

/// Hints on who content is for.
struct Annotations {
    std::vector<std::string> audience{};  ///< "user", "assistant"
    std::optional<double> priority{};     ///< 0..1
    std::string last_modified{};          ///< ISO 8601; empty: not said
};

struct Text {
    std::string text;
    std::optional<Annotations> annotations{};
};
struct Image {
    std::string base64;
    std::string mime_type;
    std::optional<Annotations> annotations{};
};
struct Audio {
    std::string base64;
    std::string mime_type;
    std::optional<Annotations> annotations{};
};

/// What stands in a resource: text, or bytes in base64.
struct ResourceContents {
    std::string uri;
    std::string mime_type{};
    std::string text{};
    bool is_blob = false;  ///< `text` is base64 then
};
struct EmbeddedResource {
    ResourceContents contents;
    std::optional<Annotations> annotations{};
};

/// A resource that can be read later (2025-06-18 and later).
struct ResourceLink {
    std::string uri;
    std::string name;
    std::string title{};
    std::string description{};
    std::string mime_type{};
};

using Content = std::variant<Text, Image, Audio, EmbeddedResource, ResourceLink>;

}  // namespace meshai::wire::mcp
