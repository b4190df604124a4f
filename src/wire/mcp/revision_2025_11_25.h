// wire/mcp/revision_2025_11_25.h
//
// 2025-11-25 is 2025-06-18 and: icons, what a server says of itself, tasks as
// part of the core, elicitation by URL, streams that begin with an empty event.
// The newest revision with sessions. Private to this folder.
#pragma once

#include "wire/mcp/revision_2025_06_18.h"

namespace meshai::wire::mcp {

class Codec20251125 : public Codec20250618 {
  public:
    Revision revision() const override { return Revision::R2025_11_25; }
    Features features() const override;

    json::object capabilities(const ServerAbilities& abilities) const override;
    json::object implementation(const Implementation& server) const override;
    json::object tool(const Tool& tool) const override;
    json::object resource(const Resource& resource) const override;
    json::object resource_template(const ResourceTemplate& one) const override;
    json::object prompt(const Prompt& prompt) const override;
    json::object task(const Task& task) const override;
    json::object task_created(const Task& task) const override;

  protected:
    /// How a server says that it has tasks.
    virtual void put_tasks(json::object& capabilities) const;
    /// Whether a call of the tool may become a task; empty where nothing is to be said.
    virtual json::object execution(const Tool& tool) const;
};

}  // namespace meshai::wire::mcp
