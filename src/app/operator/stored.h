// app/operator/stored.h
//
// Opens the store that a configuration names, for a server or beside one. The
// only place that knows which engines there are.
#pragma once

#include <memory>

#include "app/config/config.h"
#include "base/log.h"
#include "store/engine.h"

namespace meshai::app {

enum class Use {
    Serve,  ///< the one server of this store; fails when there is another
    Visit   ///< a command that reads or changes a row, with the server running or not
};

/// The store of `settings`. For Use::Visit, ":memory:" is an error: nobody
/// could ever see what such a command did.
Result<std::unique_ptr<store::Engine>> open_store(const StoreSettings& settings, Use use, Clock& clock,
                                                  Log& log);

}  // namespace meshai::app
