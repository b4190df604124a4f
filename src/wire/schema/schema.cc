#include "wire/schema/schema.h"

#include <fmt/format.h>

#include "wire/schema/engine.h"
#include "wire/schema/measure.h"

namespace meshai::wire::schema {
namespace {

using Built = Result<std::shared_ptr<const Engine>>;

/// A document handed in may be a dialect of its own: 2020-12 with fewer vocabularies.
bool is_own_dialect(std::string_view uri, const Documents& known) {
    const auto found = known.find(uri);
    if (found == known.end() || !found->second.is_object()) return false;
    return is_dialect(find_string(found->second.get_object(), "$schema").value_or(""), kDialect202012);
}

/// The dialect that the schema says it is written in.
Result<std::string_view> dialect_of(const json::value& schema, const Documents& known) {
    const auto* object = schema.if_object();
    const auto* said = object == nullptr ? nullptr : find(*object, "$schema");
    if (said == nullptr) return kDialect202012;
    const std::string_view uri = said->is_string() ? std::string_view(said->get_string()) : "";
    if (is_dialect(uri, kDialect202012)) return kDialect202012;
    if (is_dialect(uri, kDialectDraft07)) return kDialectDraft07;
    if (is_own_dialect(uri, known)) return uri;
    return Error{Code::InvalidArgument,
                 fmt::format("The schema's $schema is not known; use '{}' or leave it out.", kDialect202012)};
}

/// The schema of schemas. It is a constant of the language, made at its first use.
const Built& meta_schema(std::string_view dialect) {
    const auto build = [](std::string_view of) {
        return Engine::build(json::object{{"$ref", of}}, of, SchemaSize{.widest = 128}, {});
    };
    static const Built modern = build(kDialect202012);
    static const Built draft07 = build(kDialectDraft07);
    return dialect == kDialectDraft07 ? draft07 : modern;
}

std::string text(const Complaint& complaint) {
    return complaint.where.empty() ? complaint.what
                                   : fmt::format("'{}': {}", complaint.where, complaint.what);
}

std::string joined(const std::vector<Complaint>& complaints) {
    std::string all;
    for (const auto& complaint : complaints) all += (all.empty() ? "" : "; ") + text(complaint);
    return all;
}

/// The validator trusts its schema; so a schema is first checked against the schema of schemas.
Status is_well_formed(const json::value& schema, std::string_view dialect) {
    const auto& meta = meta_schema(dialect);
    if (!meta) return meta.error();
    const auto size = measure_instance(schema);
    if (!size) return size.error();
    const auto complaints = (*meta)->complaints(schema, *size);
    if (!complaints) return complaints.error();
    if (complaints->empty()) return {};
    return Error{Code::InvalidArgument,
                 fmt::format("The schema is not a valid schema: {}.", joined(*complaints))};
}

}  // namespace

Result<Schema> Schema::compile(const json::value& schema, const Documents& known) {
    const auto dialect = dialect_of(schema, known);
    if (!dialect) return dialect.error();
    const auto size = measure_schema(schema, *dialect);
    if (!size) return size.error();
    auto plain = schema;
    if (auto* object = plain.if_object(); object != nullptr && object->contains("$schema"))
        (*object)["$schema"] = *dialect;  // the validator knows one spelling
    if (const auto formed = is_well_formed(plain, *dialect); !formed) return formed.error();
    auto engine = Engine::build(plain, *dialect, *size, known);
    if (!engine) return engine.error();
    return Schema(std::move(*engine));
}

Status Schema::check(const json::value& instance) const {
    const auto size = measure_instance(instance);
    if (!size) return size.error();
    const auto complaints = engine_->complaints(instance, *size);
    if (!complaints) return complaints.error();
    if (complaints->empty()) return {};
    return Error{Code::InvalidArgument, joined(*complaints) + "."};
}

}  // namespace meshai::wire::schema
