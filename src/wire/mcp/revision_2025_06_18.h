// wire/mcp/revision_2025_06_18.h
//
// 2025-06-18 is 2025-03-26 without batches and: titles everywhere, structured
// results (objects) with their schema, links to resources, elicitation by form,
// the version in a header. Private to this folder.
#pragma once

#include "wire/mcp/revision_2025_03_26.h"

namespace meshai::wire::mcp {

class Codec20250618 : public Codec20250326 {
  public:
    Revision revision() const override { return Revision::R2025_06_18; }
    Features features() const override;

    json::object implementation(const Implementation& server) const override;
    json::object tool(const Tool& tool) const override;
    json::object resource(const Resource& resource) const override;
    json::object resource_template(const ResourceTemplate& one) const override;
    json::object prompt(const Prompt& prompt) const override;

  protected:
    json::object tool_annotations(const Tool& tool) const override;
    json::object resource_link(const ResourceLink& link) const override;
    json::object annotations(const Annotations& annotations) const override;
    json::object prompt_argument(const PromptArgument& argument) const override;
    std::optional<json::value> structured(const json::value& value) const override;
    /// The schema as the revision can write it; nothing where it cannot.
    virtual std::optional<json::object> output_schema(const json::object& schema) const;
};

}  // namespace meshai::wire::mcp
