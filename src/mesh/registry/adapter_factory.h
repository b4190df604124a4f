// mesh/registry/adapter_factory.h
//
// How the mesh gets an adapter for an agent: main gives agents::make_adapter,
// tests give their own. Any thread.
#pragma once

#include <functional>
#include <memory>

#include "agents/adapter.h"

namespace meshai::mesh {

using AdapterFactory =
    std::function<Result<std::unique_ptr<agents::Adapter>>(const agents::Spec&, agents::Tools)>;

}  // namespace meshai::mesh
