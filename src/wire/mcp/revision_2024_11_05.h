// wire/mcp/revision_2024_11_05.h
//
// The first revision, and the base of all later ones: what it writes is what
// every revision knows. It has text, images and embedded resources; a sound
// becomes an embedded resource, a link becomes a line of text. Private to this
// folder; doors take codecs from codec.h.
#pragma once

#include "wire/mcp/codec.h"

namespace meshai::wire::mcp {

class Codec20241105 : public Codec {
  public:
    Revision revision() const override { return Revision::R2024_11_05; }
    Features features() const override { return {}; }

    json::object capabilities(const ServerAbilities& abilities) const override;
    json::object implementation(const Implementation& server) const override;
    json::object tool(const Tool& tool) const override;
    json::object tool_result(const ToolResult& result) const override;
    json::object resource(const Resource& resource) const override;
    json::object resource_template(const ResourceTemplate& one) const override;
    json::object resource_contents(const ResourceContents& contents) const override;
    json::object prompt(const Prompt& prompt) const override;
    json::object prompt_result(const PromptResult& result) const override;
    json::object completion(const Completion& completion) const override;
    json::object content(const Content& content) const override;
    json::object complete(json::object result, const Implementation& server) const override;
    json::object cacheable(json::object result, const CacheHint& cache) const override;
    json::object progress(const json::value& token, double done, std::optional<double> total,
                          std::string_view message) const override;
    json::object task(const Task& task) const override;
    json::object task_created(const Task& task) const override;
    jsonrpc::Fault fault(jsonrpc::Fault fault) const override;

  protected:
    // What later revisions write differently within an object that stays.
    virtual json::object audio(const Audio& audio) const;
    virtual json::object resource_link(const ResourceLink& link) const;
    virtual json::object annotations(const Annotations& annotations) const;
    virtual json::object prompt_argument(const PromptArgument& argument) const;
    virtual json::object input_schema(const json::object& schema) const;
    /// The member `structuredContent`, where the revision has it and the value fits.
    virtual std::optional<json::value> structured(const json::value& value) const;

    /// Adds "annotations" to a block or a resource where there are any.
    void annotate(json::object& object, const std::optional<Annotations>& hints) const;
};

}  // namespace meshai::wire::mcp
