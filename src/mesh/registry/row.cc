#include "mesh/registry/row.h"

namespace meshai::mesh {
namespace {

/// What a client nested as deep as it may lies two levels deeper in a row.
constexpr std::size_t kRowDepthMax = kJsonDepthMax + 4;

void put_optional(json::object& object, std::string_view key, const std::optional<double>& number) {
    if (number) object[key] = *number;
}

json::object encode_spec(const agents::Spec& spec) {
    json::object object{
        {"id", spec.id.value},
        {"name", spec.name},
        {"kind", agents::kind_name(spec.kind)},
        {"framework", spec.framework},
        {"capabilities", to_array(spec.capabilities)},
        {"url", spec.url},
        {"health_url", spec.health_url},
        {"model", spec.model},
        {"instructions", spec.instructions},
        {"max_concurrent_tasks", spec.max_concurrent_tasks},
        {"cost", {spec.cost.per_call, spec.cost.per_1k_input_tokens, spec.cost.per_1k_output_tokens}},
        {"description", spec.description},
        {"version", spec.version},
        {"tags", to_array(spec.tags)},
        {"metadata", spec.metadata},
        {"input_schema", spec.input_schema},
        {"output_schema", spec.output_schema},
    };
    if (spec.idempotent) object["idempotent"] = *spec.idempotent;
    if (spec.delegates) object["delegates"] = true;
    if (!spec.api_key.empty()) object["api_key"] = spec.api_key.reveal();
    return object;
}

json::value value_of(const json::object& object, std::string_view key) {
    const auto* value = find(object, key);
    return value ? *value : json::value{};
}

std::string string_of(const json::object& object, std::string_view key) {
    return find_string(object, key).value_or(std::string{});
}

Error corrupt(std::string_view what) {
    return Error{Code::Corrupt, "A registered agent cannot be read from the store.", std::string(what)};
}

agents::Cost cost_of(const json::object& object) {
    const auto* numbers = find_array(object, "cost");
    if (!numbers || numbers->size() != 3) return {};
    const auto number = [numbers](std::size_t i) {
        boost::system::error_code none;
        const auto value = (*numbers)[i].to_number<double>(none);
        return none ? 0 : value;
    };
    return {number(0), number(1), number(2)};
}

Result<agents::Spec> decode_spec(const json::object& object) {
    agents::Spec spec;
    spec.id.value = string_of(object, "id");
    spec.name = string_of(object, "name");
    const auto kind = agents::kind_of(string_of(object, "kind"));
    auto capabilities = find_strings(object, "capabilities");
    auto tags = find_strings(object, "tags");
    if (spec.id.empty() || !kind || !capabilities || !tags) return corrupt("id, kind, capabilities or tags");
    spec.kind = *kind;
    spec.framework = string_of(object, "framework");
    spec.capabilities = std::move(*capabilities);
    spec.url = string_of(object, "url");
    spec.health_url = string_of(object, "health_url");
    spec.model = string_of(object, "model");
    spec.api_key = agents::Secret(string_of(object, "api_key"));
    spec.instructions = value_of(object, "instructions");
    spec.max_concurrent_tasks = static_cast<int>(find_int(object, "max_concurrent_tasks").value_or(1));
    spec.idempotent = find_bool(object, "idempotent");
    spec.delegates = find_bool(object, "delegates").value_or(false);
    spec.cost = cost_of(object);
    spec.description = string_of(object, "description");
    spec.version = string_of(object, "version");
    spec.tags = std::move(*tags);
    if (const auto* metadata = find_object(object, "metadata")) spec.metadata = *metadata;
    spec.input_schema = value_of(object, "input_schema");
    spec.output_schema = value_of(object, "output_schema");
    return spec;
}

}  // namespace

std::string encode_row(const Entry& entry) {
    json::object row{{"spec", encode_spec(entry.spec)},
                     {"created_at", unix_ms(entry.created_at)},
                     {"updated_at", unix_ms(entry.updated_at)}};
    put_optional(row, "health_score", entry.reported.health_score);
    put_optional(row, "avg_response_time_ms", entry.reported.avg_response_time_ms);
    put_optional(row, "success_rate", entry.reported.success_rate);
    put_optional(row, "current_load", entry.reported.current_load);
    return to_text(row);
}

Result<Entry> decode_row(std::string_view bytes) {
    const auto parsed = parse_json(bytes, kRowDepthMax);
    if (!parsed) return corrupt(parsed.error().message);
    const auto* row = parsed->if_object();
    const auto* object = row ? find_object(*row, "spec") : nullptr;
    if (!object) return corrupt("no spec");
    auto spec = decode_spec(*object);
    if (!spec) return spec.error();

    Entry entry;
    entry.spec = std::move(*spec);
    entry.created_at = wall_of(find_int(*row, "created_at").value_or(0));
    entry.updated_at = wall_of(find_int(*row, "updated_at").value_or(0));
    entry.reported.health_score = find_number(*row, "health_score");
    entry.reported.avg_response_time_ms = find_number(*row, "avg_response_time_ms");
    entry.reported.success_rate = find_number(*row, "success_rate");
    entry.reported.current_load = find_number(*row, "current_load");
    return entry;
}

}  // namespace meshai::mesh
