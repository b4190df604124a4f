// app/house/sealing_key.h
//
// The key that seals what clients carry for us. It is made at the first start
// and kept in the store, so that whatever one server sealed, the next run and
// every other server on the store can open.
#pragma once

#include "base/seal.h"
#include "store/engine.h"

namespace meshai::app {

Async<Result<Seal::Key>> sealing_key(store::Engine& engine, Clock& clock, Random& random);

}  // namespace meshai::app
