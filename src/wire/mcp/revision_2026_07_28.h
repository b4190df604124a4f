// wire/mcp/revision_2026_07_28.h
//
// 2026-07-28 has no sessions: every result says what it is (resultType), who
// made it (serverInfo) and, for lists, how long it may be kept. Structured
// results are any JSON value. Tasks have left the core and are an extension,
// written flat. Private to this folder.
#pragma once

#include "wire/mcp/revision_2025_11_25.h"

namespace meshai::wire::mcp {

class Codec20260728 : public Codec20251125 {
  public:
    Revision revision() const override { return Revision::R2026_07_28; }
    Features features() const override;

    json::object complete(json::object result, const Implementation& server) const override;
    json::object cacheable(json::object result, const CacheHint& cache) const override;
    json::object task(const Task& task) const override;
    json::object task_created(const Task& task) const override;
    jsonrpc::Fault fault(jsonrpc::Fault fault) const override;

  protected:
    void put_tasks(json::object& capabilities) const override;
    json::object execution(const Tool& tool) const override;
    json::object input_schema(const json::object& schema) const override;
    std::optional<json::object> output_schema(const json::object& schema) const override;
    std::optional<json::value> structured(const json::value& value) const override;
};

}  // namespace meshai::wire::mcp
