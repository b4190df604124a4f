#include "mesh/library/row.h"

#include <fmt/format.h>

namespace meshai::mesh {
namespace {

Error corrupt(std::string cause) {
    return {Code::Corrupt, "A workflow cannot be read back from the store.", std::move(cause)};
}

}  // namespace

std::string version_key(std::string_view name, int version) {
    return fmt::format("{}@{:06}", name, version);
}

bool is_version_key(std::string_view key) {
    return key.find('@') != std::string_view::npos;
}

std::string encode_head(int newest) {
    return to_text(json::object{{"newest", newest}});
}

Result<int> decode_head(std::string_view bytes) {
    const auto object = parse_json_object(bytes);
    const auto newest = object ? find_int(*object, "newest") : std::nullopt;
    if (!newest || *newest < 0) return corrupt("its newest version is not known");
    return static_cast<int>(*newest);
}

std::string encode_row(const Kept& kept) {
    return to_text(json::object{{"definition", workflow::to_json(kept.definition)},
                                {"by", kept.origin},
                                {"created_at", unix_ms(kept.created_at)}});
}

Result<Kept> decode_row_of_workflow(std::string_view bytes) {
    const auto object = parse_json_object(bytes);
    if (!object) return corrupt(object.error().message);
    const auto* stored = find(*object, "definition");
    if (!stored) return corrupt("there is no definition");
    auto definition = workflow::parse(*stored);
    if (!definition) return corrupt(definition.error().message);
    return Kept{std::move(*definition), WorkflowSource::Tenant, find_string(*object, "by").value_or(""),
                wall_of(find_int(*object, "created_at").value_or(0))};
}

}  // namespace meshai::mesh
