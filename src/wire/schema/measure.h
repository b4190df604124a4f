// wire/schema/measure.h
//
// Looks at a schema or an instance before the validator does: refuses what is
// over a bound and says how much one step of a check may cost. Pure; any thread.
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace meshai::wire::schema {

inline constexpr std::size_t kSchemaNodesMax = 20'000;         ///< JSON values in a schema
inline constexpr std::size_t kSchemaBytesMax = 512 * 1024;     ///< of all its strings and names
inline constexpr std::size_t kSchemaReferenceBytesMax = 1024;  ///< of one $id, $ref or anchor
/// Of the addresses of all subschemas together: the validator keeps several copies of each.
inline constexpr std::size_t kSchemaAddressBytesMax = 2 * 1024 * 1024;
inline constexpr std::size_t kSchemaPatternsMax = 500;
/// maxLength and its siblings; every whole number up to here is exact in a double.
inline constexpr double kSchemaCountMax = 9'007'199'254'740'992.0;
inline constexpr std::size_t kInstanceNodesMax = 200'000;

struct SchemaSize {
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    std::size_t address_bytes = 0;
    std::size_t patterns = 0;
    std::size_t widest = 0;      ///< values of all the keywords of one schema together
    std::size_t data_bytes = 0;  ///< the largest `const` or `enum`
};

/// True if `uri` names the dialect, with or without the empty fragment that draft-07 writes.
bool is_dialect(std::string_view uri, std::string_view dialect);

/// The error's message starts with the place, as a JSON pointer. A `$schema` within must be `dialect`.
Result<SchemaSize> measure_schema(const json::value& schema, std::string_view dialect);

struct InstanceSize {
    std::size_t nodes = 0;
    std::size_t path_bytes = 0;  ///< the longest JSON pointer
    std::size_t widest = 0;      ///< members or elements of one value
};

Result<InstanceSize> measure_instance(const json::value& instance);

}  // namespace meshai::wire::schema
