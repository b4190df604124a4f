#include "wire/schema/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace meshai::wire::schema {
namespace {

/// What a value in a schema stands for.
enum class Place {
    Schema,  ///< a schema, a list of schemas, or a keyword's plain value
    Names,   ///< its member names are names of the instance or of definitions; their values are schemas
    Data     ///< a value to compare with or to show, never a schema
};

Place place_under(std::string_view keyword) {
    constexpr std::string_view kNames[] = {"properties",  "patternProperties", "dependentSchemas",
                                           "definitions", "dependencies",      "$defs"};
    constexpr std::string_view kData[] = {"const", "enum", "default", "examples"};
    if (std::ranges::find(kNames, keyword) != std::end(kNames)) return Place::Names;
    if (std::ranges::find(kData, keyword) != std::end(kData)) return Place::Data;
    return Place::Schema;
}

/// What an anchor costs in each schema around it.
constexpr std::size_t kAnchorBytes = 256;

bool is_count(std::string_view keyword) {
    return (keyword.starts_with("max") || keyword.starts_with("min")) &&
           (keyword.ends_with("Length") || keyword.ends_with("Items") || keyword.ends_with("Properties") ||
            keyword.ends_with("Contains"));
}

bool is_reference(std::string_view keyword) {
    constexpr std::string_view kReferences[] = {"$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor"};
    return std::ranges::find(kReferences, keyword) != std::end(kReferences);
}

std::size_t children(const json::value& value) {
    if (const auto* object = value.if_object()) return object->size();
    if (const auto* array = value.if_array()) return array->size();
    return 0;
}

class SchemaWalk {
  public:
    explicit SchemaWalk(std::string_view dialect) : dialect_(dialect) {}

    Result<SchemaSize> walk(const json::value& schema) {
        visit(schema, Place::Schema, {.bytes = 1, .ids = 1});
        if (!problem_.empty()) return Error{Code::InvalidArgument, problem_};
        return size_;
    }

  private:
    /// The address of a subschema under each of the `$id`s around it.
    struct Address {
        std::size_t bytes;
        std::size_t ids;
    };

    void visit(const json::value& value, Place place, Address address);
    void visit_object(const json::object& object, Place place, Address address);
    void look_at_keyword(std::string_view keyword, const json::value& value);
    std::size_t data_bytes(const json::value& value) const;

    void refuse(std::string_view problem) {
        if (!problem_.empty()) return;
        std::string where;
        for (const auto& name : path_) where += "/" + name;
        problem_ = fmt::format("The schema at '{}' {}.", utf8_prefix(where, 200), problem);
    }

    const std::string_view dialect_;
    SchemaSize size_;
    std::vector<std::string> path_;
    std::string problem_;
};

void SchemaWalk::visit(const json::value& value, Place place, Address address) {
    if (!problem_.empty()) return;
    if (path_.size() >= kJsonDepthMax)
        return refuse(fmt::format("is nested more than {} deep", kJsonDepthMax));
    if (++size_.nodes > kSchemaNodesMax)
        return refuse(fmt::format("is where it becomes larger than {} values", kSchemaNodesMax));
    if (const auto* text = value.if_string()) size_.bytes += text->size();
    if (place != Place::Data) size_.address_bytes += address.bytes * address.ids;
    if (size_.bytes > kSchemaBytesMax || size_.address_bytes > kSchemaAddressBytesMax)
        return refuse("is where it becomes too large: shorten or flatten it");

    if (const auto* object = value.if_object()) return visit_object(*object, place, address);
    const auto* array = value.if_array();
    if (array == nullptr) return;
    for (std::size_t i = 0; i < array->size() && problem_.empty(); ++i) {
        path_.push_back(std::to_string(i));
        visit((*array)[i], place, {.bytes = address.bytes + path_.back().size() + 1, .ids = address.ids});
        path_.pop_back();
    }
}

void SchemaWalk::visit_object(const json::object& object, Place place, Address address) {
    if (place == Place::Schema) {
        if (const auto id = find_string(object, "$id"))
            address = {address.bytes + id->size(), address.ids + 1};
        std::size_t width = object.size();
        for (const auto& member : object) width += children(member.value());
        size_.widest = std::max(size_.widest, width);
    }
    for (const auto& member : object) {
        if (!problem_.empty()) return;
        const std::string_view name = member.key();
        size_.bytes += name.size();
        path_.emplace_back(name);
        if (place == Place::Schema) look_at_keyword(name, member.value());
        const auto inner = place == Place::Schema  ? place_under(name)
                           : place == Place::Names ? Place::Schema
                                                   : Place::Data;
        visit(member.value(), inner, {.bytes = address.bytes + name.size() + 1, .ids = address.ids});
        path_.pop_back();
    }
}

void SchemaWalk::look_at_keyword(std::string_view keyword, const json::value& value) {
    if (keyword == "pattern") ++size_.patterns;
    if (keyword == "patternProperties") size_.patterns += children(value);
    if (size_.patterns > kSchemaPatternsMax)
        return refuse(fmt::format("is its pattern number {}, which is too many", size_.patterns));
    if (keyword == "const" || keyword == "enum")
        size_.data_bytes = std::max(size_.data_bytes, data_bytes(value));
    // Every schema around a dynamic anchor keeps a reference to it.
    if (keyword == "$dynamicAnchor") size_.address_bytes += kAnchorBytes * path_.size();
    if (const auto* text = value.if_string()) {
        if (keyword == "$schema" && !is_dialect(*text, dialect_))
            return refuse(fmt::format("changes the dialect; its $schema must be '{}'", dialect_));
        if (is_reference(keyword) && text->size() > kSchemaReferenceBytesMax)
            return refuse(fmt::format("is longer than {} bytes", kSchemaReferenceBytesMax));
    }
    if (is_count(keyword) && value.is_number() && value.to_number<double>() > kSchemaCountMax)
        return refuse("is too large a number");
}

/// A bound of what comparing with the value costs. No deeper than the walk itself will allow.
std::size_t SchemaWalk::data_bytes(const json::value& value) const {
    std::vector<const json::value*> left = {&value};
    std::size_t bytes = 0;
    while (!left.empty() && bytes <= kSchemaBytesMax) {
        const auto* next = left.back();
        left.pop_back();
        bytes += 8;
        if (const auto* text = next->if_string()) bytes += text->size();
        if (const auto* array = next->if_array())
            for (const auto& element : *array) left.push_back(&element);
        if (const auto* object = next->if_object())
            for (const auto& member : *object) bytes += member.key().size(), left.push_back(&member.value());
    }
    return bytes;
}

/// False when a bound is passed.
bool measure(const json::value& value, std::size_t depth, std::size_t path_bytes, InstanceSize& size) {
    if (depth > kJsonDepthMax || ++size.nodes > kInstanceNodesMax) return false;
    size.path_bytes = std::max(size.path_bytes, path_bytes);
    size.widest = std::max(size.widest, children(value));
    constexpr std::size_t kIndexBytes = 8;
    if (const auto* array = value.if_array())
        return std::ranges::all_of(*array, [&](const json::value& element) {
            return measure(element, depth + 1, path_bytes + kIndexBytes, size);
        });
    if (const auto* object = value.if_object())
        return std::ranges::all_of(*object, [&](const json::key_value_pair& member) {
            return measure(member.value(), depth + 1, path_bytes + member.key().size() + 1, size);
        });
    return true;
}

}  // namespace

bool is_dialect(std::string_view uri, std::string_view dialect) {
    const auto bare = [](std::string_view of) {
        return of.ends_with('#') ? of.substr(0, of.size() - 1) : of;
    };
    return bare(uri) == bare(dialect);
}

Result<SchemaSize> measure_schema(const json::value& schema, std::string_view dialect) {
    return SchemaWalk(dialect).walk(schema);
}

Result<InstanceSize> measure_instance(const json::value& instance) {
    InstanceSize size;
    if (measure(instance, 1, 1, size)) return size;
    return Error{Code::InvalidArgument,
                 fmt::format("The value has more than {} members and elements or is nested "
                             "more than {} deep: that is too much to be checked.",
                             kInstanceNodesMax, kJsonDepthMax)};
}

}  // namespace meshai::wire::schema
