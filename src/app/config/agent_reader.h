// app/config/agent_reader.h
//
// The [[agents]] of the configuration: each entry checked, its secret fetched
// from its file or variable, and put together as an agents::Spec.
#pragma once

#include "app/config/reader.h"

namespace meshai::app {

/// Adds the good entries to reading.config.agents and says what is wrong with the others.
void read_agents(const std::vector<const DocumentTable*>& tables, const Source& source, Reading& reading);

}  // namespace meshai::app
