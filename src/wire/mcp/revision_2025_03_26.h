// wire/mcp/revision_2025_03_26.h
//
// 2025-03-26 is 2024-11-05 and: batches, sound, hints on tools, completions as
// a capability, a message in progress. Private to this folder.
#pragma once

#include "wire/mcp/revision_2024_11_05.h"

namespace meshai::wire::mcp {

class Codec20250326 : public Codec20241105 {
  public:
    Revision revision() const override { return Revision::R2025_03_26; }
    Features features() const override;

    json::object capabilities(const ServerAbilities& abilities) const override;
    json::object tool(const Tool& tool) const override;
    json::object progress(const json::value& token, double done, std::optional<double> total,
                          std::string_view message) const override;

  protected:
    json::object audio(const Audio& audio) const override;
    /// Hints; the title stands among them until tools have one of their own.
    virtual json::object tool_annotations(const Tool& tool) const;
};

}  // namespace meshai::wire::mcp
