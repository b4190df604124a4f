// mesh/conductor/adapter.h
//
// The conductor as the executor sees it: an adapter like that of an agent, whose
// call is a workflow. One is made for each run.
#pragma once

#include "agents/adapter.h"

namespace meshai::mesh {

class ConductorAdapter final : public agents::Adapter {
  public:
    explicit ConductorAdapter(agents::Tools tools) : tools_(tools) {}

    Async<agents::Ending> run(agents::Call call, agents::Sink& sink) override;
    Async<Status> probe(MonoTime deadline) override;

  private:
    agents::Tools tools_;
};

}  // namespace meshai::mesh
