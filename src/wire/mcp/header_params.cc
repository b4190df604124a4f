#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "wire/mcp/headers.h"

namespace meshai::wire::mcp {
namespace {

constexpr std::string_view kAnnotation = "x-mcp-header";
constexpr std::size_t kSchemaDepthMax = kJsonDepthMax;

// Keywords of JSON Schema 2020-12 whose value is a schema, a list of schemas, or
// schemas by name. Whatever stands elsewhere (const, enum, default, examples) is
// data, and "x-mcp-header" in it means nothing.
constexpr std::array<std::string_view, 16> kSchemas{"items",
                                                    "additionalItems",
                                                    "additionalProperties",
                                                    "contains",
                                                    "propertyNames",
                                                    "unevaluatedItems",
                                                    "not",
                                                    "unevaluatedProperties",
                                                    "if",
                                                    "then",
                                                    "else",
                                                    "allOf",
                                                    "anyOf",
                                                    "oneOf",
                                                    "prefixItems",
                                                    "contentSchema"};
constexpr std::array<std::string_view, 4> kSchemasByName{"patternProperties", "$defs", "definitions",
                                                         "dependentSchemas"};

bool is_one_of(std::string_view key, auto& keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// RFC 9110, 5.6.2: token = 1*tchar.
bool is_token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kMarks.find(c) != std::string_view::npos;
    });
}

std::string lower(std::string_view text) {
    std::string low(text);
    for (auto& c : low)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return low;
}

// Walks every schema within a schema. Only those that a chain of `properties`
// reaches may carry the annotation.
class Search {
  public:
    Status visit(const json::object& schema, bool is_reachable) {
        if (++depth_ > kSchemaDepthMax)
            return wrong(fmt::format("The input schema is deeper than {} levels", kSchemaDepthMax));
        if (auto taken = take(schema, is_reachable); !taken) return taken;
        for (const auto& [key, value] : schema)
            if (auto below = descend(key, value, is_reachable); !below) return below;
        --depth_;
        return {};
    }

    std::vector<HeaderParam> found() && { return std::move(found_); }

  private:
    static Error wrong(std::string_view sentence) {
        return {Code::InvalidArgument, fmt::format("{}.", sentence)};
    }

    Status take(const json::object& schema, bool is_reachable) {
        const auto* annotation = find(schema, kAnnotation);
        if (!annotation) return {};
        const auto* name = annotation->if_string();
        if (!name || !is_token(*name))
            return wrong("x-mcp-header must be a token that can name a header field");
        const std::string_view header = *name;
        if (!is_reachable || path_.empty())
            return wrong(
                fmt::format("x-mcp-header \"{}\" must stand on a property that a chain of "
                            "`properties` reaches",
                            header));
        const auto type = find_string(schema, "type").value_or("");
        if (type != "string" && type != "integer" && type != "boolean")
            return wrong(
                fmt::format("x-mcp-header \"{}\" must stand on a string, an integer or a boolean", header));
        if (!names_.insert(lower(header)).second)
            return wrong(fmt::format("x-mcp-header \"{}\" stands twice (case does not count)", header));
        found_.push_back({std::string(header), path_, type == "integer"});
        return {};
    }

    Status descend(std::string_view key, const json::value& value, bool is_reachable) {
        if (key == "properties") return by_name(value, is_reachable);
        if (is_one_of(key, kSchemasByName)) return by_name(value, false);
        if (!is_one_of(key, kSchemas)) return {};
        if (const auto* schema = value.if_object()) return visit(*schema, false);
        if (const auto* list = value.if_array())
            for (const auto& one : *list)
                if (const auto* schema = one.if_object())
                    if (auto below = visit(*schema, false); !below) return below;
        return {};
    }

    Status by_name(const json::value& schemas, bool is_reachable) {
        const auto* named = schemas.if_object();
        if (!named) return {};
        for (const auto& [name, value] : *named) {
            const auto* schema = value.if_object();
            if (!schema) continue;
            path_.emplace_back(name);
            if (auto below = visit(*schema, is_reachable); !below) return below;
            path_.pop_back();
        }
        return {};
    }

    std::vector<std::string> path_;
    std::vector<HeaderParam> found_;
    std::set<std::string> names_;
    std::size_t depth_ = 0;
};

}  // namespace

Result<std::vector<HeaderParam>> header_params(const json::object& input_schema) {
    Search search;
    if (auto visited = search.visit(input_schema, true); !visited) return visited.error();
    return std::move(search).found();
}

}  // namespace meshai::wire::mcp
