// wire/schema/engine.h
//
// The validator behind Schema: jsoncons, whose headers are seen by engine.cc
// alone. Here are no bounds of size; Schema looks at those before. Immutable
// once built; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "wire/schema/measure.h"
#include "wire/schema/schema.h"

namespace meshai::wire::schema {

/// One thing that is wrong with an instance.
struct Complaint {
    std::string where;  ///< a JSON pointer; empty for the instance itself
    std::string what;   ///< "expected string, found integer"

    friend bool operator==(const Complaint&, const Complaint&) = default;
};

class Engine {
  public:
    virtual ~Engine() = default;

    /// `size` is what measure_schema said of the schema.
    static Result<std::shared_ptr<const Engine>> build(const json::value& schema, std::string_view dialect,
                                                       const SchemaSize& size, const Documents& known);

    /// At most kComplaintsMax complaints; an error if it is too much work.
    virtual Result<std::vector<Complaint>> complaints(const json::value& instance,
                                                      const InstanceSize& size) const = 0;
};

}  // namespace meshai::wire::schema
